#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# AmpRelay's version, as CMakeLists.txt says: its only place.
sed -n 's/^project(amprelay VERSION \([0-9.]*\).*/\1/p' "$(dirname "$0")/../CMakeLists.txt"
