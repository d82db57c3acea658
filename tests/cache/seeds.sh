#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# seeds.sh PROGRAM LINE SEEDS: a unit test over the cache model, once for each seed from 1 to SEEDS. One alone, as the
# output of a failure says: CACHE_LINE=… CACHE_SEED=… PROGRAM
set -eu
CACHE_LINE=$2
CACHE_SEED=0
export CACHE_LINE CACHE_SEED
while [ "$CACHE_SEED" -lt "$3" ]; do
	CACHE_SEED=$((CACHE_SEED + 1))
	"$1" || {
		echo "again: CACHE_LINE=$CACHE_LINE CACHE_SEED=$CACHE_SEED $1"
		exit 1
	}
done
