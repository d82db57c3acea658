#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What CI runs: the scenarios, on the firmware $FIRMWARE (default: the one that AmpRelay comes with). Leaves results.xml
# (JUnit) and artifacts/ (logs, events, dumps of each run).
set -eu
cd "$(dirname "$0")"

# Build your firmware here, and set FIRMWARE to it.
rm -rf firmware.elf results.xml artifacts
cp "${FIRMWARE:-$(dirname "$(command -v amprelay)")/../share/amprelay/firmware/amprelay-m3.elf}" firmware.elf
exec amprelay scenario run scenarios --junit results.xml --artifacts artifacts
