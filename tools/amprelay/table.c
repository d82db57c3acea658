// SPDX-License-Identifier: GPL-2.0-only
#include "table.h"

#include <stdlib.h>

#include "cli.h"

static void out_of_memory(void)
{
	amp_cli_error("out of memory");
	exit(AMP_EXIT_FAILED);
}

struct libscols_table *amp_table_new(const char *const *columns)
{
	struct libscols_table *table = scols_new_table();

	if (!table)
		out_of_memory();
	scols_table_enable_colors(table, amp_cli.color);
	for (; *columns; columns++) {
		int right = (*columns)[0] == '>';

		if (!scols_table_new_column(table, *columns + right, 0, right ? SCOLS_FL_RIGHT : SCOLS_FL_WRAP))
			out_of_memory();
	}
	return table;
}

void amp_table_add(struct libscols_table *table, const char *const *cells, const char *color)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		out_of_memory();
	for (size_t i = 0; i < scols_table_get_ncols(table); i++) {
		if (cells[i] && scols_line_set_data(line, i, cells[i]))
			out_of_memory();
	}
	if (color[0])
		scols_line_set_color(line, color);
}

void amp_table_print(struct libscols_table *table)
{
	scols_print_table(table);
	scols_unref_table(table);
}
