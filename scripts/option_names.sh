#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# option_names.sh: what the library can be built without, one name a line.
sed -n 's/^amp_option(\([A-Z0-9_]*\) .*/\1/p' "$(dirname "$0")/../lib/options.cmake"
