#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# `make release` in this tree: refused with changes, and with a version that the changelog does not know; else complete.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=build/long/dist
[ -z "$(git status --porcelain)" ] || { echo "release: the tree has changes: this test needs a clean clone" >&2; exit 1; }
: >a-new-file
! scripts/release.sh $out >build/long/out 2>&1 && grep -q "the tree has changes" build/long/out || { rm a-new-file; cat build/long/out; exit 1; }
rm a-new-file
UNRELEASED=yes scripts/release.sh $out
(cd $out && sha256sum -c --quiet SHA256SUMS)
[ "$(grep -c . $out/SHA256SUMS)" -ge 5 ]
tar -tf $out/amprelay-*.tar.xz "amprelay-$(scripts/version.sh)/README.md" >/dev/null # not piped: a reader that ends early fails tar
echo "release: complete"
