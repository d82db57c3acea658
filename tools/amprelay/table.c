// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

#include "cli.h"

#define LAST_MIN 24 /* narrower, a broken last column is hard to read */

struct row {
	wchar_t **cell;
	const char *color;
};

struct amp_table {
	size_t columns, rows;
	struct row title, *row;
	bool *right;
	int *width;
};

static void *memory(void *p)
{
	if (!p) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_FAILED);
	}
	return p;
}

/* As it can be printed, everything else spelled out ("\\x1b"); the caller frees it. */
static wchar_t *clean(const char *text)
{
	wchar_t *out = memory(calloc(4 * strlen(text) + 1, sizeof(*out)));
	size_t n = 0;

	while (*text) {
		mbstate_t state = {0};
		size_t len = mbrtowc(&out[n], text, MB_LEN_MAX, &state);
		bool whole = len <= MB_LEN_MAX;

		if (whole && iswprint((wint_t)out[n])) {
			n++;
			text += len;
			continue;
		}
		for (size_t left = whole ? len : 1; left; left--, n += 4)
			swprintf(out + n, 5, L"\\x%02x", (unsigned char)*text++);
	}
	return out;
}

static int width_of(const wchar_t *text, size_t len)
{
	int width = wcswidth(text, len);

	return width < 0 ? (int)len : width;
}

/* Columns of the terminal; without one there is no limit. */
static int terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return INT_MAX;
	return size.ws_col;
}

static void put(const wchar_t *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char bytes[MB_LEN_MAX];
		mbstate_t state = {0};
		size_t n = wcrtomb(bytes, text[i], &state);

		if (n != (size_t)-1)
			fwrite(bytes, 1, n, stdout);
	}
}

static int longest_word(const wchar_t *text)
{
	int longest = 0;

	while (*text) {
		size_t len = wcscspn(text, L" ");
		int width = width_of(text, len);

		longest = width > longest ? width : longest;
		text += len + (text[len] != 0);
	}
	return longest;
}

/* Prints words from column `indent` on, as many on a line as fit; no line end after the last. */
static void put_words(const wchar_t *text, int indent, int limit)
{
	int column = indent;

	while (*text) {
		size_t spaces = wcsspn(text, L" "), len = wcscspn(text + spaces, L" ");
		int width = (int)spaces + width_of(text + spaces, len);

		if (column > indent && column + width > limit) {
			printf("\n%*s", indent, "");
			column = indent;
			width -= (int)spaces;
			text += spaces;
			spaces = 0;
		}
		put(text, spaces + len);
		text += spaces + len;
		column += width;
	}
}

static wchar_t **new_cells(struct amp_table *table, const char *const *cells)
{
	wchar_t **cell = memory(calloc(table->columns, sizeof(*cell)));

	for (size_t i = 0; i < table->columns; i++) {
		wchar_t *text = clean(cells[i] ? cells[i] : "");
		int width = width_of(text, wcslen(text));

		cell[i] = text;
		table->width[i] = width > table->width[i] ? width : table->width[i];
	}
	return cell;
}

static void free_row(const struct amp_table *table, struct row *row)
{
	for (size_t i = 0; i < table->columns; i++)
		free(row->cell[i]);
	free(row->cell);
}

struct amp_table *amp_table_new(const char *const *columns)
{
	struct amp_table *table = memory(calloc(1, sizeof(*table)));
	const char **titles;

	while (columns[table->columns])
		table->columns++;
	table->right = memory(calloc(table->columns, sizeof(*table->right)));
	table->width = memory(calloc(table->columns, sizeof(*table->width)));
	titles = memory(calloc(table->columns, sizeof(*titles)));
	for (size_t i = 0; i < table->columns; i++) {
		table->right[i] = columns[i][0] == '>';
		titles[i] = columns[i] + table->right[i];
	}
	table->title.cell = new_cells(table, titles);
	free(titles);
	table->title.color = "";
	return table;
}

void amp_table_add(struct amp_table *table, const char *const *cells, const char *color)
{
	table->row = memory(reallocarray(table->row, table->rows + 1, sizeof(*table->row)));
	table->row[table->rows].color = color;
	table->row[table->rows++].cell = new_cells(table, cells);
}

static void put_row(const struct amp_table *table, const struct row *row, int limit)
{
	int column = 0;

	printf("%s", row->color);
	for (size_t i = 0; i < table->columns; i++) {
		const wchar_t *cell = row->cell[i];
		int pad = table->width[i] - width_of(cell, wcslen(cell));
		bool last = i + 1 == table->columns;

		if (table->right[i])
			printf("%*s", pad, "");
		if (last)
			put_words(cell, column, limit);
		else
			put(cell, wcslen(cell));
		if (!last)
			printf("%*s", table->right[i] ? 1 : pad + 1, "");
		column += table->width[i] + 1;
	}
	printf("%s\n", row->color[0] ? COLOR_END : "");
}

/* The row as a list: what has no room beside the others stands below them. */
static void put_list(const struct amp_table *table, const struct row *row, int limit)
{
	int indent = 0;

	for (size_t i = 0; i < table->columns; i++) {
		int width = width_of(table->title.cell[i], wcslen(table->title.cell[i]));

		indent = width > indent ? width : indent;
	}
	indent += 2;
	for (size_t i = 0; i < table->columns; i++) {
		const wchar_t *title = table->title.cell[i];

		if (!row->cell[i][0])
			continue;
		put(title, wcslen(title));
		printf("%*s%s", indent - width_of(title, wcslen(title)), "", row->color);
		put_words(row->cell[i], indent, limit);
		printf("%s\n", row->color[0] ? COLOR_END : "");
	}
}

/* Does it fit, if need be with a broken last column? */
static bool fits(const struct amp_table *table, int limit)
{
	size_t last = table->columns - 1;
	int before = 0, least = table->width[last] < LAST_MIN ? table->width[last] : LAST_MIN;

	for (size_t i = 0; i < last; i++)
		before += table->width[i] + 1;
	if (table->right[last])
		return before + table->width[last] <= limit;
	for (size_t i = 0; i < table->rows; i++) {
		int word = longest_word(table->row[i].cell[last]);

		least = word > least ? word : least;
	}
	return before + least <= limit;
}

void amp_table_print(struct amp_table *table)
{
	int limit = terminal_width();
	bool whole = fits(table, limit);

	if (whole)
		put_row(table, &table->title, limit);
	for (size_t i = 0; i < table->rows; i++) {
		if (whole)
			put_row(table, &table->row[i], limit);
		else
			put_list(table, &table->row[i], limit);
		if (!whole && i + 1 < table->rows)
			putchar('\n');
		free_row(table, &table->row[i]);
	}
	free_row(table, &table->title);
	free(table->row);
	free(table->right);
	free(table->width);
	free(table);
}

void amp_table_say(const char *format, ...)
{
	char *text;
	wchar_t *words;
	va_list args;
	int err;

	va_start(args, format);
	err = vasprintf(&text, format, args);
	va_end(args);
	if (err < 0)
		memory(NULL);
	words = clean(text);
	put_words(words, 0, terminal_width());
	putchar('\n');
	free(words);
	free(text);
}
