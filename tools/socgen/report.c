// SPDX-License-Identifier: GPL-2.0-only
/* Messages that name node and property, and guesses at what was meant. */
#include "socgen.h"

#include <libfdt.h>
#include <stdarg.h>
#include <string.h>

/* A damaged file may hold any byte in a name; none of them is to reach the terminal as a control sequence. */
static void make_printable(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

void soc_error(struct soc_report *report, int node, const char *property, const char *format, ...)
{
	char path[512], text[512];
	va_list args;

	if (fdt_get_path(report->fdt, node, path, sizeof(path)))
		strcpy(path, "(path too long)");
	make_printable(path);
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_printable(text);
	fprintf(stderr, "%s: %s: ", report->source, path);
	if (property)
		fprintf(stderr, "%s: ", property);
	fprintf(stderr, "%s\n", text);
	report->errors++;
}

#define NAME_MAX_COMPARED 48

/* Levenshtein distance: letters to insert, delete or replace. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t len_a = strlen(a), len_b = strlen(b);
	size_t row[NAME_MAX_COMPARED + 1];

	if (len_a > NAME_MAX_COMPARED || len_b > NAME_MAX_COMPARED)
		return SIZE_MAX;
	for (size_t j = 0; j <= len_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= len_a; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= len_b; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[len_b];
}

const char *soc_nearest(const char *name, const char *const *known)
{
	const char *nearest = NULL;
	size_t best = strlen(name) / 3 + 1; /* farther than this is another word, not a typing mistake */

	for (; *known; known++) {
		size_t distance = edit_distance(name, *known);

		if (distance <= best && (!nearest || distance < best)) {
			nearest = *known;
			best = distance;
		}
	}
	return nearest;
}

void soc_base_name(const void *fdt, int node, char *name, size_t size)
{
	int len = 0;
	const char *full = fdt_get_name(fdt, node, &len);

	snprintf(name, size, "%.*s", full ? (int)strcspn(full, "@") : 0, full ? full : "");
}
