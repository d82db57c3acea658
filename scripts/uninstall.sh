#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: uninstall.sh PREFIX: remove the files that share/amprelay/installed there lists, and the folders that are
# empty then.
set -eu
prefix=$1
list=$prefix/share/amprelay/installed

[ -f "$list" ] || {
	echo "uninstall: $list is not there: nothing of AmpRelay is installed below $prefix, or an older version of it" >&2
	exit 1
}
cd "$prefix"
while IFS= read -r file; do
	case /$file/ in
	*/../* | //*)
		echo "uninstall: $list names $file, which is not below $prefix: left alone" >&2
		continue
		;;
	esac
	rm -f -- "$file"
done <"$list"
# Only folders that carry our name: others may be empty for reasons of their own.
sed 's|/[^/]*$||' "$list" | sort -ru | while IFS= read -r dir; do
	while [ "$dir" != . ] && [ -n "$dir" ]; do
		case $dir in
		*amprelay* | */openamp | */metal*) rmdir -- "$dir" 2>/dev/null || true ;;
		esac
		case $dir in */*) dir=${dir%/*} ;; *) break ;; esac
	done
done
rm -f "$list"
rmdir share/amprelay 2>/dev/null || true
echo "removed what was installed below $prefix"
