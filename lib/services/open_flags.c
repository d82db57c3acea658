// SPDX-License-Identifier: BSD-3-Clause
/* Flags of an open, in whose numbers they may come: Linux's, which travel, or newlib's. */
#include <amprelay/rpc_files.h>

#include <metal/errno.h>
#include <metal/utilities.h>

/*
 * What Linux calls by these numbers and what makes no difference here: O_NOCTTY, O_NONBLOCK, O_CLOEXEC, and O_LARGEFILE
 * and O_NOFOLLOW, which are two numbers on ARM and the same two the other way round on x86.
 */
#define LINUX_IGNORED (0x00100u | 0x00800u | 0x80000u | 0x08000u | 0x20000u)

/*
 * newlib's numbers, written out since its headers need not be there. Of its flags these make no difference here: two
 * kinds of non-blocking, O_NOCTTY, O_BINARY, O_TEXT, O_CLOEXEC, O_NOFOLLOW.
 */
#define NEWLIB_ACCMODE 0x0003u
#define NEWLIB_APPEND  0x0008u
#define NEWLIB_CREAT   0x0200u
#define NEWLIB_TRUNC   0x0400u
#define NEWLIB_EXCL    0x0800u
#define NEWLIB_IGNORED (0x001000u | 0x004000u | 0x008000u | 0x010000u | 0x020000u | 0x040000u | 0x100000u)

static int from_newlib(unsigned int flags)
{
	static const struct {
		unsigned short newlib, wire;
	} pair[] = {
		{NEWLIB_APPEND, AMP_RPC_O_APPEND},
		{NEWLIB_CREAT, AMP_RPC_O_CREAT},
		{NEWLIB_TRUNC, AMP_RPC_O_TRUNC},
		{NEWLIB_EXCL, AMP_RPC_O_EXCL},
	};
	unsigned int wire = flags & NEWLIB_ACCMODE;

	flags &= ~(NEWLIB_ACCMODE | NEWLIB_IGNORED);
	for (unsigned int i = 0; i < metal_dim(pair); i++) {
		if (flags & pair[i].newlib)
			wire |= pair[i].wire;
		flags &= ~(unsigned int)pair[i].newlib;
	}
	return flags ? -EINVAL : (int)wire;
}

int amp_rpc_open_flags(unsigned int flags, enum amp_rpc_numbers numbers)
{
	/* newlib uses Linux's O_CREAT, 0x40, for something that no open asks for. */
	if (numbers == AMP_RPC_NEWLIB_NUMBERS || (numbers == AMP_RPC_EITHER_NUMBERS && !(flags & AMP_RPC_O_CREAT)))
		return from_newlib(flags);
	flags &= ~LINUX_IGNORED;
	return (flags & ~AMP_RPC_O_ALL) != 0 ? -EINVAL : (int)flags;
}
