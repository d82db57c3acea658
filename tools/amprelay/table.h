/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * @file table.h
 * @brief Tables for people, on libsmartcols.
 */
#ifndef AMPRELAY_TABLE_H
#define AMPRELAY_TABLE_H

#include <libsmartcols.h>

/** @param columns  headings, ended by NULL; a heading that starts with '>' is for numbers (right-aligned). Never NULL.
 */
struct libscols_table *amp_table_new(const char *const *columns);

/**
 * Appends a line.
 *
 * @param cells  one for each column; NULL = empty
 * @param color  escape sequence for the line, "" for none
 */
void amp_table_add(struct libscols_table *table, const char *const *cells, const char *color);

/** Prints and frees. */
void amp_table_print(struct libscols_table *table);

#endif
