// SPDX-License-Identifier: BSD-3-Clause
/*
 * Whose server the C library's files are on. A file of its own: who calls this gets the calls that the C library
 * makes, too.
 */
#include "services_internal.h"

#ifdef AMP_NEWLIB_FILES
/*
 * Brings ports/baremetal/newlib_files.c into the program: without a reference to it, the linker would fill in the C
 * library's calls from whichever library of stubs it meets first.
 */
extern const char amp_newlib_files;
static const char *const files __attribute__((used)) = &amp_newlib_files;
#endif

void rpmsg_set_default_rpc(struct rpmsg_rpc_data *rpc)
{
	amp_default_rpc = rpc;
}
