/* SPDX-License-Identifier: GPL-2.0-only */
/* Tables and sentences for people, on terminals of any width: words stay whole. */
#ifndef AMPRELAY_TABLE_H
#define AMPRELAY_TABLE_H

struct amp_table;

/**
 * @param columns  their titles, ended by NULL; those that begin with '>' are right-aligned. On a terminal that is
 * narrower than the table, the last column is broken between words; where that is not enough, each row becomes a list
 * of titles and cells.
 * @return a table; the program ends if there is no memory
 */
struct amp_table *amp_table_new(const char *const *columns);

/**
 * Adds a row.
 *
 * @param cells  one for each column, copied; NULL is an empty one. What does not print is spelled out.
 * @param color  COLOR_… for the whole row, or ""
 */
void amp_table_add(struct amp_table *table, const char *const *cells, const char *color);

/** Prints the table and releases it. */
void amp_table_print(struct amp_table *table);

/** Prints a sentence and a line end, broken between words to fit the terminal; what does not print is spelled out. */
__attribute__((format(printf, 1, 2))) void amp_table_say(const char *format, ...);

#endif
