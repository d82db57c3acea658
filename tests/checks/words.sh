#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Words that this project does not use for roles: what the standards say now is host and remote, driver and device,
# controller and target. Names that Linux gave to its functions, and OpenAMP's old names for the roles, have to stay as
# they are.
. "$(dirname "$0")/common.sh"

kept='pci_(set|clear)_mast[e]r|(RPMSG|VIRTIO_DEV)_(MAST[E]R|SLAV[E])'

project_files | grep -v '^LICENSES/' | xargs -r grep -HnIiE 'mast[e]r|slav[e]' |
	awk -v kept="$kept" '{
		text = $0
		sub(/^[^:]*:[^:]*:/, "", text)
		gsub(kept, "", text)
		if (tolower(text) ~ /mast[e]r|slav[e]/) {
			split($0, part, ":")
			printf "%s:%s: old word for a role; say host/remote, driver/device or controller/target\n", part[1], part[2]
		}
	}' | report
