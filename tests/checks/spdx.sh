#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Every file starts with the SPDX line of its directory's licence (DESIGN.md). Exempt: formats without comments
# (JSON), texts and pictures for people (Markdown, SVG, WebP, patches for others), the licences themselves, Debian's
# own formats, lists of ignored files, the expected outputs of generators, and inputs of fuzzers.
. "$(dirname "$0")/common.sh"

project_files | awk '
	function licence_of(file) {
		if (file ~ /^include\/uapi\//)
			return "(GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause"
		if (file ~ /^(include|lib|ports|firmware|tests\/applications)\//)
			return "BSD-3-Clause"
		return "GPL-2.0-only"
	}

	/\.(md|json|svg|webp|patch)$/ || /^(LICENSES\/|LICENSE$|COPYRIGHT$)/ || /^packaging\/debian\/(copyright$|source\/|[^\/]*\.install$)/ || /^\.containerignore$/ || /(^|\/)\.gitignore$/ || /\/golden\// || /^tests\/fuzz\/corpus\// { next }

	{
		file = $0
		line = ""
		number = 1
		getline line < file
		# what has to come first in scripts, XML and manual pages
		if (line ~ /^(#!|<\?xml|\047\\")/) {
			line = ""
			number = 2
			getline line < file
		}
		close(file)
		found = ""
		if (match(line, /SPDX-License-Identifier: /)) {
			found = substr(line, RSTART + RLENGTH)
			sub(/[ \t]*(\*\/|-->)?[ \t\r]*$/, "", found)
		}
		if (found == "")
			printf "%s:%d: no SPDX line; write SPDX-License-Identifier: %s here\n", file, number, licence_of(file)
		else if (found != licence_of(file))
			printf "%s:%d: SPDX line says %s; files of this directory are %s\n", file, number, found, licence_of(file)
	}
' | report
