#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages of build/dist (make deb) on a fresh Debian: they install, an application builds against the
# library, a lab runs and recovers, and removing them leaves nothing.
. "$(dirname "$0")/root.sh"
root=$work/packages
root_make "$root"
mkdir "$root/debs"
cp "$top"/build/dist/*.deb "$root/debs"
rm -f "$root"/debs/*dbgsym*
cp -r "$top/tests/consumer/application" "$root/application"

root_run "$root" sh -ec 'apt-get update >/dev/null && apt-get install -y --no-install-recommends /debs/*.deb gcc pkg-config libc6-dev >/dev/null'
root_run "$root" sh -ec 'cc -o /tmp/app /application/application.c $(pkg-config --cflags --libs open_amp libmetal)'
ROOT_OFFLINE=yes root_run "$root" sh -ec 'amprelay version && amprelay demo' </dev/null
root_run "$root" sh -ec 'apt-get purge -y amprelay amprelay-lab-image libamprelay-dev "libamprelay0*" >/dev/null
	! find /usr /etc /var/lib -path /var/lib/apt -prune -o -iname "*amprelay*" -print | grep -v dpkg'
rm -rf "$root"
echo "packages: installed, used, removed"
