#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: building.sh CMAKE-BUILD-DIRECTORY
# What a build tells and where an installation goes: nothing takes time in silence, nothing that was asked for is
# ignored, and nothing is written outside of DESTDIR.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
built=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# claim TEXT COMMAND…
claim() {
	if "${@:2}" >"$work/said" 2>&1; then
		echo "ok - $1"
	else
		sed 's/^/    /' "$work/said"
		echo "not ok - $1"
		failed=1
	fi
}

# ---- a build that goes on where another was interrupted
mkdir -p "$work/my dir/preset"
{
	printf 'rule make\n  command = : >$out\n'
	for i in $(seq 30); do printf 'build out%d: make\n' "$i"; done
} >"$work/my dir/preset/build.ninja"
interrupted_build_says_what_is_left() {
	ninja -C "$work/my dir/preset" out1 out2 >/dev/null
	"$root/scripts/build.sh" "$work/my dir/preset" | grep -x 'building preset preset: 28 steps'
}
nothing_to_do_says_nothing() {
	[ -z "$("$root/scripts/build.sh" "$work/my dir/preset")" ]
}
claim "a build that was interrupted says how much is left" interrupted_build_says_what_is_left
claim "a build with nothing to do says nothing" nothing_to_do_says_nothing

# ---- one that has to wait
waiting_is_said() {
	local pid
	mkfifo "$work/waits"
	exec 5>"$work/.lock"
	flock 5
	"$root/scripts/locked.sh" "$work" echo done >"$work/waits" 5>&- &
	pid=$!
	exec 6<"$work/waits"
	read -r -t 60 line <&6 && [[ $line == *"waiting for it" ]] && exec 5>&- && read -r -t 60 line <&6 && [ "$line" = done ] && wait "$pid"
}
claim "a build that waits for another one says so" waiting_is_said

# ---- the kernel's progress: what has been built is shown before more comes
progress_is_not_kept_back() {
	local line
	mkfifo "$work/steps" "$work/shown"
	"$root/kernel/progress.sh" "$work/log" 10 5 <"$work/steps" >"$work/shown" &
	exec 5>"$work/steps" 6<"$work/shown"
	echo '  CC      init/main.o' >&5
	read -r -t 60 line <&6 && [ "$line" = 'kernel: building: 6/10 objects, 60 %' ]
	echo 'make[1]: Entering directory' >&5
	echo '  LD      vmlinux' >&5
	read -r -t 60 line <&6 && [ "$line" = 'kernel: building: 7/10 objects, 70 %' ]
	exec 5>&-
	wait $!
	[ "$(wc -l <"$work/log")" = 3 ]
}
claim "the kernel's progress is shown as it is made, and goes on from what an interrupted build left" progress_is_not_kept_back

# ---- a path with spaces
refused_at_once() {
	mkdir -p "$work/my clone"
	git -C "$root" ls-files -z Makefile scripts kernel/build.sh kernel/progress.sh 2>/dev/null |
		(cd "$root" && tar -cf - --null -T -) | tar -C "$work/my clone" -xf - || return
	! make --no-print-directory -C "$work/my clone" SETUP=no-check lab >"$work/refused" 2>&1 || return
	grep -q "my clone': Linux cannot be built in a path with a space" "$work/refused" && [ "$(grep -c . "$work/refused")" -le 4 ]
}
claim "a clone in a path with a space is told at once that its kernel cannot be built" refused_at_once

# ---- what the front door passes on
demo_takes_a_soc() {
	make -C "$root" -n demo SOC=rv32 DEMO=bring-up 2>/dev/null | grep "demo 'bring-up'.* --soc 'rv32'"
}
claim "make demo plays on the SoC that was asked for" demo_takes_a_soc

lab_no_moves_no_file() {
	! make -C "$root" -n .tools LAB=no 2>/dev/null | grep -E "(^|[ '])no(/|$)"
}
claim "LAB=no is a word for bench, and moves no file" lab_no_moves_no_file

# ---- DESTDIR
install_stays_below() {
	local lines
	lines=$(make -C "$root" -n install DESTDIR=/dest PREFIX=/pre 2>/dev/null | grep -F /pre)
	[ "$(grep -c /dest/pre <<<"$lines")" -ge 4 ] || return
	grep -q "DESTDIR='/dest' cmake --install .* --prefix '/pre'" <<<"$lines" || return
	! sed "s|--prefix '/pre'||g; s|'/dest' '/pre'||g; s|/dest/pre||g" <<<"$lines" | grep /pre
}
installed_files_name_their_place() {
	DESTDIR=$work/dest cmake --install "$built" --prefix /opt/amp >/dev/null || return
	[ "$(ls "$work/dest")" = opt ] && [ "$(ls "$work/dest/opt")" = amp ] || return
	! grep -rlF "$work/dest" "$work/dest" || return
	! grep -rlF "$built" "$work/dest" --include=*.pc --include=*.cmake --include=*.rules || return
	grep -q '^prefix=\(/opt/amp\|\${pcfiledir}\)' "$work"/dest/opt/amp/lib*/pkgconfig/*.pc "$work"/dest/opt/amp/lib/*/pkgconfig/*.pc 2>/dev/null
}
uninstall_removes_what_was_installed() {
	local place=$work/manifest/opt/amp other=share/other.txt
	mkdir -p "$place/share/amprelay/firmware" "$place/bin" && : >"$place/$other" && : >"$place/bin/rpmsg_of_others" || return
	DESTDIR=$work/manifest cmake --install "$built" --prefix /opt/amp >/dev/null && : >"$place/share/amprelay/firmware/a lab.elf" || return
	"$root/scripts/installed.sh" "$built/install_manifest.txt" "$work/manifest" /opt/amp || return
	grep -qx 'bin/amprelay' "$place/share/amprelay/installed" && grep -qx 'bin/rpmsg_ping' "$place/share/amprelay/installed" || return
	"$root/scripts/uninstall.sh" "$place" >/dev/null || return
	[ "$(cd "$place" && find . ! -type d | sort | tr '\n' ' ')" = "./bin/rpmsg_of_others ./$other " ]
}
claim "make uninstall removes what make install has installed, and nothing else" uninstall_removes_what_was_installed
claim "make install writes below DESTDIR and PREFIX only" install_stays_below
claim "installed files name the place where they are going to be" installed_files_name_their_place

exit $failed
