#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: installed.sh MANIFEST DESTDIR PREFIX: write down in share/amprelay/installed below DESTDIR/PREFIX, for
# uninstall.sh, what `make install` has put there: the files of CMake's MANIFEST, which names them without DESTDIR,
# and those of the lab.
set -eu
manifest=$(realpath "$1")
prefix=${3%/}
cd "$2$prefix/"
{
	while IFS= read -r file || [ -n "$file" ]; do
		printf '%s\n' "${file#"$prefix"/}"
	done <"$manifest"
	find share/amprelay -type f ! -name 'installed*'
} | sort -u >share/amprelay/installed.new
mv share/amprelay/installed.new share/amprelay/installed
