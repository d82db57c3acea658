#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# usage: completion.sh AMPRELAY FAULTS: bash completes the kinds of fault that the program knows, which are those of
# FAULTS kinds, and the names of labs.
set -euo pipefail
amprelay=$1 faults=$2

. "$(dirname "$0")/../../../tools/amprelay/amprelay.bash"

# complete WORD...: what bash would offer for the last one
complete_words() {
	COMP_WORDS=("$amprelay" "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_amprelay
	printf '%s\n' "${COMPREPLY[@]}"
}

status=0
diff -u <("$faults" kinds) <(complete_words fault m3 '' | grep -v '^-') || status=1
diff -u <(printf '%s\n' stack starve stall) <(complete_words fault m3 sta) || status=1
AMPRELAY_STATE=$(mktemp -d /tmp/cli-completion.XXXXXX)
export AMPRELAY_STATE
trap 'rm -rf "$AMPRELAY_STATE"' EXIT
mkdir "$AMPRELAY_STATE/cli-completed"
echo '{"t":1,"seq":0,"ev":"lab.up"}' >"$AMPRELAY_STATE/cli-completed/events.jsonl"
diff -u <(echo cli-completed) <(complete_words --name cli-comp) || status=1
exit $status
