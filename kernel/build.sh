#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the lab's guest kernel. Usage: kernel/build.sh [BUILD-DIRECTORY]
#                                       kernel/build.sh --check            can it be built in this place at all?
#
# From Debian's package linux-source-6.1, or KERNEL=VERSION for another one of Debian's, or from your own tree:
# KERNEL_SRC=DIR (built out of that tree: it stays as it is). DEBUG=1 adds config/debug.config. JOBS=N runs N compilers
# at a time; CMAKE_C_COMPILER_LAUNCHER=ccache is heeded here, too. FIXES=yes puts modules with the patches of
# kernel/upstream/ in the place of the unmodified ones. Leaves in BUILD-DIRECTORY (default: build):
#   lab/Image, lab/modules/*.ko   what the lab boots; with our own driver among the modules
#   lab/linux                     the kernel's words about itself (/proc/version), which name this very build
#   kernel/obj                    the kernel's build tree, for building modules: make -C kernel/obj M=...
#   kernel/build.log              everything that the last build said
# Each kernel has a build tree of its own, and a lab that is called after it (which.sh): lab-6.12, lab-debug.
#
# May be interrupted at any time; the next run goes on from there. When nothing has changed it does next to nothing.
set -euo pipefail

top=$(cd "$(dirname "$0")/.." && pwd)

die() {
	printf 'kernel: %s\n' "$*" >&2
	exit 1
}

# check_place DIRECTORY ADVICE: the kernel's makefiles take neither a space nor a colon in a path.
check_place() {
	case $(cd "$1" && pwd -P) in
	*[[:space:]:]*) die "'$1': Linux cannot be built in a path with a space or a colon: $2" ;;
	esac
}

check_place "$top" "put AmpRelay's tree somewhere else ('make demo-native' and 'make check-unit' work here, too)"
name=$("$top/kernel/which.sh")
[ "${1:-}" != --check ] || exit 0
mkdir -p "${1:-$top/build}"
build=$(cd "${1:-$top/build}" && pwd)
check_place "$build" "choose another directory to build in"
state=$build/kernel
lab=$build/lab$name
log=$state/build.log
version=${KERNEL:-6.1}
debug=
[ "${name%-debug}" = "$name" ] || debug=-debug
package=linux-source-$version
tarball=/usr/src/$package.tar.xz
cross=aarch64-linux-gnu-
jobs=${JOBS:-$(nproc)}
fixes=${FIXES:-no}

# Steps ("CC", "LD" … lines) of a full build of Linux 6.1 with lab.config. Only the progress display uses it.
full_build_steps=1160

say() {
	printf 'kernel: %s\n' "$*"
}

# step LOG-TITLE COMMAND...: run with output to the log; show the log's end if it fails.
step() {
	local title=$1
	shift
	printf '\n== %s: %s\n' "$title" "$*" >>"$log"
	if ! "$@" >>"$log" 2>&1 </dev/null; then
		tail -n 20 "$log" >&2
		die "$title failed; the whole log is $log"
	fi
}

# The usual one is installed (packages.txt), another one may be; else Debian's security updates have it.
find_tarball() {
	[ ! -r "$tarball" ] || return 0
	[ "$version" != 6.1 ] || die "$tarball is missing: install the package $package, or set KERNEL_SRC to a kernel tree"
	local place=$state/packages/$package
	tarball=$place$tarball
	[ ! -r "$tarball" ] || return 0
	say "fetching Debian's package $package (once)"
	"$top/scripts/debian.sh" "$(. /etc/os-release && echo "$VERSION_CODENAME")-security" "$place" "$package" ||
		die "Debian's security updates have no $package; KERNEL_SRC=DIR takes a tree of yours"
}

unpack_source() {
	src=$state/src${name%-debug}
	local stamp=$src.stamp id
	id=$(stat -L -c '%s %Y' "$tarball")
	[ -d "$src" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$id" ] && return
	say "unpacking $tarball (once, about half a minute)"
	rm -rf "$src" "$src.tmp" "$stamp"
	mkdir "$src.tmp"
	step "unpacking the kernel source" tar -C "$src.tmp" --strip-components=1 -xf "$tarball"
	mv "$src.tmp" "$src"
	printf '%s\n' "$id" >"$stamp"
}

use_own_source() {
	src=$(cd "$KERNEL_SRC" 2>/dev/null && pwd) || die "KERNEL_SRC=$KERNEL_SRC is not a directory"
	check_place "$src" "move your kernel's tree"
	[ -f "$src/Kbuild" ] && [ -d "$src/arch/arm64" ] || die "KERNEL_SRC=$src is not a Linux source tree"
	if [ -e "$src/.config" ] || [ -d "$src/include/config" ]; then
		die "KERNEL_SRC=$src has been built in place: run 'make mrproper' there (it deletes .config), or use a clean tree"
	fi
}

# Every "CONFIG_X=v" and "# CONFIG_X is not set" of the fragment must be in .config.
check_config() {
	awk '
		function symbol(line) { sub(/^# /, "", line); sub(/[= ].*/, "", line); return line }
		/^CONFIG_/ || /^# CONFIG_[A-Z0-9_]+ is not set$/ {
			if (NR == FNR)
				wanted[symbol($0)] = $0
			else
				got[symbol($0)] = $0
		}
		END {
			for (s in wanted) {
				value = (s in got) ? got[s] : "# " s " is not set"
				if (value != wanted[s]) {
					printf "kernel: %s: wanted \"%s\", Kconfig made it \"%s\": a dependency is missing\n",
						s, wanted[s], value
					bad = 1
				}
			}
			exit bad
		}' "$fragment" "$1" >&2 || die "kernel/config does not fit this kernel; see above"
}

kmake() {
	make -C "$src" O="$obj" ARCH=arm64 CROSS_COMPILE=$cross KBUILD_BUILD_USER=amprelay KBUILD_BUILD_HOST=lab \
		LOCALVERSION= CC="${launcher:+$launcher }${cross}gcc" "$@"
}

configure() {
	local stamp=$obj/.amprelay-config
	[ -f "$obj/.config" ] && cmp -s "$fragment" "$stamp" && return
	rm -f "$stamp"
	step "configuring the kernel" kmake KCONFIG_ALLCONFIG="$fragment" allnoconfig
	check_config "$obj/.config"
	cp "$fragment" "$stamp"
}

compile() {
	local done
	done=$(find "$obj" -name '*.o' | wc -l) # of a build that was interrupted, or of your own tree before its change
	printf '\n== building\n' >>"$log"
	if ! kmake -j"$jobs" Image modules 2>&1 </dev/null | "$top/kernel/progress.sh" "$log" "$full_build_steps" "$done"; then
		tail -n 20 "$log" >&2
		die "the build failed; the whole log is $log"
	fi
}

# Copies only what differs, each file complete or not at all, so that a running lab is not disturbed.
install_file() {
	cmp -s "$1" "$2" && return
	cp "$1" "$2.tmp"
	mv "$2.tmp" "$2"
}

# The modules that the patches touch, built from patched copies against the same kernel: the kernel itself stays as it
# is.
build_fixes() {
	local patched=$work/fixes patch file
	[ -n "${KERNEL_SRC:-}" ] || unpack_source
	rm -rf "$patched"
	mkdir -p "$patched"
	for patch in "$top"/kernel/upstream/*.patch; do
		while read -r file; do
			[ -e "$patched/$file" ] || install -D -m 644 "$src/$file" "$patched/$file"
		done < <(sed -n 's|^--- a/||p' "$patch")
		step "applying ${patch##*/}" patch -d "$patched" -p1 --fuzz=0 -i "$patch"
	done
	cp "$src"/drivers/rpmsg/*.h "$patched/drivers/rpmsg/"
	(cd "$patched/drivers/rpmsg" && printf 'obj-m += %s\n' *.c | sed 's/\.c$/.o/' >Kbuild)
	step "building the patched modules" kmake M="$patched/drivers/rpmsg" modules
}

install_results() {
	local module installed built
	mkdir -p "$lab/modules"
	# A module of another kernel does not load: remove what this one has not built.
	for installed in "$lab"/modules/*.ko; do
		module=${installed##*/}
		[ "$module" = amprelay_rproc.ko ] || grep -q "/${module%.ko}\." "$obj/modules.order" || rm -f "$installed"
	done
	while read -r module; do
		module=${module%.*}.ko # modules.order names the objects since Linux 6.3
		built=$work/fixes/drivers/rpmsg/${module##*/}
		[ "$fixes" = yes ] && [ -f "$built" ] || built=$obj/$module
		install_file "$built" "$lab/modules/${module##*/}"
	done <"$obj/modules.order"
	install_file "$obj/arch/arm64/boot/Image" "$lab/Image"
	# to the letter what /proc/version will say
	grep -aom1 'Linux version [[:print:]]*) #[0-9][[:print:]]*' "$obj/arch/arm64/boot/Image" >"$work/linux"
	install_file "$work/linux" "$lab/linux"
}

# The packaged source does not change, so its build is up to date when it has been completed with this configuration and
# this compiler. Your own tree may change at any time: there make decides.
kernel_is_current() {
	[ -z "${KERNEL_SRC:-}" ] && [ "$(cat "$work/complete" 2>/dev/null)" = "$recipe" ]
}

build_driver() {
	local driver=$top/kernel/amprelay_rproc
	step "building the amprelay_rproc driver" make -C "$driver" KDIR="$obj" MO="$work/amprelay_rproc" \
		ARCH=arm64 CROSS_COMPILE=$cross
	install_file "$work/amprelay_rproc/amprelay_rproc.ko" "$lab/modules/amprelay_rproc.ko"
}

mkdir -p "$state" "$lab"
exec 9>"$state/lock"
if ! flock -n 9; then
	say "another build is running; waiting for it"
	flock 9
fi
command -v ${cross}gcc >/dev/null || die "${cross}gcc is missing: install the package gcc-aarch64-linux-gnu"

# Each kernel has a build tree of its own, so that going back to the other one does not build it again.
: >"$log"
launcher=${CMAKE_C_COMPILER_LAUNCHER:-}
if [ -n "${KERNEL_SRC:-}" ]; then
	use_own_source
	work=$state/own-$(printf '%s' "$src" | cksum | cut -d' ' -f1)$debug
else
	find_tarball
	work=$state/debian$name
fi
obj=$work/obj
mkdir -p "$obj"
fragment=$work/fragment
cat "$top/kernel/config/lab.config" ${debug:+"$top/kernel/config/debug.config"} >"$fragment"
recipe=$({ cat "$fragment"; stat -L -c '%s %Y' "$tarball" 2>/dev/null; ${cross}gcc -dumpfullversion; } | cksum)
ln -sfnT "${work##*/}/obj" "$state/obj"

if ! kernel_is_current; then
	[ -n "${KERNEL_SRC:-}" ] || unpack_source
	rm -f "$work/complete"
	configure
	compile
	printf '%s\n' "$recipe" >"$work/complete"
fi
[ "$fixes" != yes ] || build_fixes
install_results
if [ -f "$top/kernel/amprelay_rproc/Makefile" ]; then
	build_driver
fi
