#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Relative links in Markdown lead to files of the project. Code, in fences or between backquotes, holds no links.
. "$(dirname "$0")/common.sh"

project_files | grep '\.md$' | while IFS= read -r file; do
	awk '
		/^[ \t]*(```|~~~)/ { fenced = !fenced; next }
		fenced || /^(    |\t)/ { next }
		{
			gsub(/`[^`]*`/, "")
			while (match($0, /\]\([^) \t]+/)) {
				print NR " " substr($0, RSTART + 2, RLENGTH - 2)
				$0 = substr($0, RSTART + RLENGTH)
			}
			if (match($0, /^\[[^]]+\]:[ \t]+[^ \t]+/)) {
				sub(/^\[[^]]+\]:[ \t]+/, "")
				print NR " " $1
			}
		}
	' "$file" | while read -r line target; do
		case $target in
		http:* | https:* | mailto:* | '#'*) continue ;;
		/*) path=.$target ;;
		*) path=$(dirname "$file")/$target ;;
		esac
		if [ ! -e "${path%%#*}" ]; then
			printf '%s:%s: link to %s, which does not exist; correct the path\n' "$file" "$line" "$target"
		fi
	done
done | report
