#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: release.sh OUT: what a release consists of, in OUT: source archive, Debian packages, checksums. See
# RELEASING.md. Refuses a tree with changes, and a version that CHANGELOG.md does not know. Publishes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$1
version=$(scripts/version.sh)
die() {
	echo "release: $*" >&2
	exit 1
}

[ -z "$(git status --porcelain)" ] || die "the tree has changes: commit them, or 'git stash -u'"
heading=$(sed -n 's/^## //p' CHANGELOG.md | head -n 1)
case $heading in
"$version ("????-??-??")") ;;
"$version ("*) [ "${UNRELEASED:-}" = yes ] ||
	die "CHANGELOG.md says '## $heading': put the date in place of it ('## $version ($(date +%F))'), or give UNRELEASED=yes to try" ;;
*) die "CHANGELOG.md begins with '## $heading', CMakeLists.txt says $version: they must name the same version" ;;
esac
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || [ "$(git rev-parse "v$version^{commit}")" = "$(git rev-parse HEAD)" ] ||
	die "the tag v$version is another commit: raise the version in CMakeLists.txt"

mkdir -p "$out"
rm -f "$out"/amprelay-*.tar.xz "$out"/*.deb "$out"/SHA256SUMS
git archive --prefix="amprelay-$version/" HEAD | xz -T0 >"$out/amprelay-$version.tar.xz"
scripts/deb.sh build/release build/lab "$out" >/dev/null
rm -f "$out"/*.changes "$out"/*.buildinfo
(cd "$out" && sha256sum ./*.tar.xz ./*.deb >SHA256SUMS)
echo "release: $version in $out:"
ls -1s --block-size=K "$out" | sed 1d
echo "release: to publish: git tag -s v$version && git push origin v$version; then upload these files"
