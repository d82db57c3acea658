#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What a document names in backquotes is there: a `function()` is a word of the sources, a file with a path or an
# ending is a file of the project, and in "`f()`, `g()` in `path`" both are words of that file. Names of other
# projects (Linux, libc, QEMU) and names made up for an example are in names-of-others.txt. Code in fences is not
# looked at, nor is a placeholder in capitals (SOC, NAME), nor what lies in build/ or a lab's dumps/.
. "$(dirname "$0")/common.sh"

others=tests/checks/names-of-others.txt
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
project_files >"$work/files"
# word<TAB>file of all that is code, once each
grep -E '\.(c|h|S|cpp|sh|cmake|in|ld|awk|dts|dtsi|txt)$|(^|/)Makefile$|^kernel/initramfs/' "$work/files" |
	xargs -r grep -oHE '[A-Za-z_][A-Za-z0-9_]*' 2>/dev/null | LC_ALL=C sort -u | sed 's/:/\t/' >"$work/words"
sed -n 's/^\([^#[:space:]][^[:space:]]*\).*/\1/p' "$others" 2>/dev/null >"$work/others" || :

grep '\.md$' "$work/files" | xargs -r awk -F '\t' -v words="$work/words" -v files="$work/files" -v others="$work/others" '
	BEGIN {
		while ((getline line < words) > 0) {
			split(line, part, "\t")
			word[part[2]] = 1
			there[part[1], part[2]] = 1
		}
		while ((getline line < files) > 0) {
			file[line] = 1
			n = split(line, part, "/")
			for (name = part[n]; n > 0; n--) {
				tail[name] = tail[name] line "\n" # every way to name it from its end
				if (n > 1)
					name = part[n - 1] "/" name
			}
		}
		while ((getline line < others) > 0)
			foreign[line] = 1
	}
	function finding(text) {
		printf "%s:%d: %s\n", FILENAME, FNR, text
	}
	function is_file(name) {
		return name ~ /^[A-Za-z0-9_.\/-]+\.(c|h|S|sh|md|dts|dtsi|txt|json|jq|cmake|ld|config|yaml)$|^(amprelay|rpmsg)\.1$/ && name !~ /^build\/|dumps\/|-[0-9]+\.txt$|(^|[\/._-])[A-Z]+[\/.-]/
	}
	# The names before "in `path`", which end at position "end" of the line: each must be in one of the files of
	# that name.
	function check_inside(before, path,   n, name, list, i, found) {
		while (match(before, /`[A-Za-z_][A-Za-z0-9_]*\(\)`(, | and | → )?$/)) {
			name = substr(before, RSTART + 1, RLENGTH - 1)
			before = substr(before, 1, RSTART - 1)
			sub(/\(\)`.*/, "", name)
			if (foreign[name "()"])
				continue
			found = 0
			n = split(tail[path], list, "\n")
			for (i = 1; i < n; i++)
				found = found || there[list[i], name]
			if (!found)
				finding(name "() is not in " path "; name the file that it is in")
		}
	}
	FNR == 1 { fenced = 0 }
	/^[ \t]*(```|~~~)/ { fenced = !fenced; next }
	fenced { next }
	{
		whole = $0
		for (rest = whole; match(rest, /`[^`]+`/); rest = substr(rest, RSTART + RLENGTH)) {
			name = substr(rest, RSTART + 1, RLENGTH - 2)
			if (name ~ /^[A-Za-z_][A-Za-z0-9_]*\(\)$/) {
				sub(/\(\)$/, "", name)
				if (!word[name] && !foreign[name "()"])
					finding("no function " name "() is in the sources; correct the name, or if it is not ours, add it to tests/checks/names-of-others.txt")
			} else if (is_file(name) && !file[name] && !tail[name] && !foreign[name]) {
				finding("no file " name " is in the project; correct the name, or if it is not ours, add it to tests/checks/names-of-others.txt")
			}
		}
		for (rest = whole; match(rest, / in `[A-Za-z0-9_.\/-]+`/); rest = after) {
			after = substr(rest, RSTART + RLENGTH)
			path = substr(rest, RSTART + 5, RLENGTH - 6)
			if (tail[path])
				check_inside(substr(rest, 1, RSTART - 1), path)
		}
	}
' | report
