// SPDX-License-Identifier: GPL-2.0-only
#include "text_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

char *amp_text_file_read(const char *path, size_t max, size_t *len)
{
	FILE *file = fopen(path, "re");
	char *text = file ? malloc(max + 1) : NULL;
	size_t size = 0;
	int err = errno;

	if (text) {
		size = fread(text, 1, max, file);
		text[size] = '\0';
		if (ferror(file)) {
			err = errno;
			free(text);
			text = NULL;
		}
	}
	if (file)
		fclose(file);
	if (len)
		*len = size;
	errno = err;
	return text;
}
