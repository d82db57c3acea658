// SPDX-License-Identifier: GPL-2.0-only
/*
 * Text for people: why a firmware is refused, and what others have written.
 */

#include <linux/ctype.h>
#include <linux/string.h>

#include "amprelay_rproc.h"

/**
 * amp_refuse() - say why a firmware is not started, or not attached to
 * @core: the core that it is for
 * @fmt: reason, after "firmware NAME "
 *
 * Return: -EINVAL.
 */
int amp_refuse(struct amp_core *core, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	if (core->attached)
		dev_err(&core->rproc->dev, "the firmware that core %s runs %pV\n",
			core->soc.core, &vaf);
	else
		dev_err(&core->rproc->dev, "firmware %s %pV\n", core->rproc->firmware, &vaf);
	va_end(args);
	return -EINVAL;
}

/**
 * amp_copy_text() - make text of another party fit to be printed
 * @to: receives the text, terminated and printable
 * @from: @size bytes from the other party, perhaps without a terminating NUL
 * @size: bytes of each
 */
void amp_copy_text(char *to, const char *from, size_t size)
{
	size_t i;

	memcpy(to, from, size);
	to[size - 1] = '\0';
	for (i = 0; to[i]; i++)
		if (!isascii(to[i]) || !isprint(to[i]))
			to[i] = '?';
}
