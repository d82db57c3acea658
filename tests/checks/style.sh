#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The conventions of CONTRIBUTING.md that clang-format does not know. kernel/ follows Linux where that differs.
. "$(dirname "$0")/common.sh"

code() {
	c_files | xargs -r awk '
		function finding(text) {
			printf "%s:%d: %s\n", FILENAME, FNR, text
		}
		FNR == 1 {
			linux = FILENAME ~ /^kernel\//
			start = FILENAME ~ /\.h$/ ? "/* SPDX" : "// SPDX"
			if (index($0, "SPDX") && index($0, start) != 1)
				finding("begin this file with " start)
			opened = 0
		}
		/\/\* -+ / && !/\/\* ------------------------------------------------------------------ / {
			finding("a rule between sections has 66 dashes")
		}
		/@file/ && FILENAME !~ /^include\// { finding("@file is for public headers; one comment says what this file is for") }
		/^[ \t]*\*\/$/ && opened == FNR - 1 {
			finding("this end of a comment stands alone; break the line where the sentence allows it")
		}
		/^[ \t]*\/\*\*? [^ ]/ && !/\*\// { opened = FNR }
		!linux && /!(str|mem)n?(case)?cmp\(/ { finding("compare with == 0") }
		!linux && /for \([ijk] = / { finding("declare the counter in the for; one that is used behind it has a name that says what for") }
		/cmocka_run_group_tests/ && FILENAME ~ /^tests\/unit\// && FILENAME !~ /\/test_[a-z0-9_]*\.c$/ {
			finding("a program of unit tests is called test_TOPIC.c")
		}'
}

# At most 120 columns. Tables, code, headings and the targets of links may be longer; the Chinese page is not counted.
prose() {
	project_files | grep -E '\.(md|sh|cmake)$|(^|/)(CMakeLists\.txt|Makefile)$' | grep -v 'zh-CN' | xargs -r awk '
		FNR == 1 { fenced = 0; page = FILENAME ~ /\.md$/ }
		page && /^[ \t]*(```|~~~)/ { fenced = !fenced; next }
		page ? fenced || /^[ \t]*\|/ || /^    / || /^#/ || /^\[/ : !/^[ \t]*#/ { next }
		{
			text = $0
			gsub(/\]\([^)]*\)/, "]", text)
			gsub(/\t/, "        ", text)
			gsub(/[\200-\277]/, "", text) # the bytes of a letter behind its first
			if (length(text) > 120)
				printf "%s:%d: %d columns; prose has at most 120\n", FILENAME, FNR, length(text)
		}'
}

{
	code
	prose
} | report
