/* SPDX-License-Identifier: GPL-2.0-only */
/* The run page as it was built in, out of tools/report/. */
#ifndef AMPRELAY_REPORT_PAGE_H
#define AMPRELAY_REPORT_PAGE_H

/** Where a page's data go, as JSON without '<'. */
#define REPORT_PAGE_DATA "@DATA@"

/** NUL-terminated; REPORT_PAGE_DATA stands in it once. */
extern const char amp_report_page[];

#endif
