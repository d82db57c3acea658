#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The steps of Containerfile, one by one, in a fresh Debian root: they are the README's, so this is what a stranger
# does.
. "$(dirname "$0")/root.sh"
root=$work/containerfile
root_make "$root"
dir=/ path=

sed -e '/^#/d' -e '/^$/d' "$top/Containerfile" | while read -r step rest; do
	echo "== $step $rest"
	case $step in
	FROM) [ "$rest" = debian:12 ] || { echo "containerfile: FROM $rest is not what this test makes" >&2; exit 1; } ;;
	RUN) ROOT_PATH=$path root_run "$root" sh -ec "cd '$dir' && $rest" </dev/null ;;
	WORKDIR) dir=$rest ;;
	ENV) path=$(sed 's/^PATH="\(.*\)$PATH"$/\1/' <<<"$rest") ;;
	CMD) ROOT_OFFLINE=yes ROOT_PATH=$path root_run "$root" sh -ec "cd '$dir' && $(tr -d '[],"' <<<"$rest")" </dev/null ;;
	COPY)
		[ "$rest" = ". /amprelay" ] || { echo "containerfile: unknown COPY $rest" >&2; exit 1; }
		mkdir "$root/amprelay"
		git -C "$top" ls-files -z | tar -C "$top" --null -T - -cf - | tar -C "$root/amprelay" -xf -
		;;
	*) echo "containerfile: this test does not know $step" >&2; exit 1 ;;
	esac || { echo "containerfile: '$step $rest' failed" >&2; exit 1; }
done
rm -rf "$root"
echo "containerfile: every step worked"
