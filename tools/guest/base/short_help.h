/* SPDX-License-Identifier: GPL-2.0-only */
/* -h, which argp does not know. */
#ifndef AMPRELAY_GUEST_SHORT_HELP_H
#define AMPRELAY_GUEST_SHORT_HELP_H

#include <string.h>

/** Makes "-h" the same as "--help", among the options. */
static inline void take_short_help(char **argv)
{
	static char help[] = "--help";

	for (; *argv && strcmp(*argv, "--") != 0; argv++) {
		if (strcmp(*argv, "-h") == 0)
			*argv = help;
	}
}

#endif
