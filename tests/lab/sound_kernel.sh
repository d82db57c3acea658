#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# usage: sound_kernel.sh [FILE]: Linux's log, in FILE or on standard input, has no complaint. One is let pass, since
# unmodified Linux warns by itself when a core goes away under a program that polls (kernel/upstream, patch 5): the
# report of rpmsg_poll().
set -eu
! awk '/-\[ cut here \]-/ { report = 1; text = ""; known = 0 }
	/WARNING:.* rpmsg_poll\+/ { known = report }
	report { text = text $0 "\n" }
	!report { print }
	report && /-\[ end trace / { report = 0; if (!known) printf "%s", text; text = "" }
	END { printf "%s", text }' "$@" | grep -iE 'BUG:|WARNING:|Oops|Call trace|use-after-free'
