/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Error numbers of files as they travel, which are Linux's, and as this C library has them.
 *
 * Up to ERANGE (34) all agree. Behind that newlib has numbers of its own: what Linux calls ENAMETOOLONG (36) is EIDRM
 * there, and its ENAMETOOLONG is 91.
 */
#ifndef AMP_WIRE_ERRORS_H
#define AMP_WIRE_ERRORS_H

#include <metal/errno.h>

#define WIRE_SAME_UP_TO 34

/* Those beyond that which a file can give: the number on the wire, and the name here. */
#define WIRE_ERRORS(ERROR)      \
	ERROR(35, EDEADLK)      \
	ERROR(36, ENAMETOOLONG) \
	ERROR(37, ENOLCK)       \
	ERROR(38, ENOSYS)       \
	ERROR(39, ENOTEMPTY)    \
	ERROR(40, ELOOP)        \
	ERROR(61, ENODATA)      \
	ERROR(71, EPROTO)       \
	ERROR(74, EBADMSG)      \
	ERROR(75, EOVERFLOW)    \
	ERROR(90, EMSGSIZE)     \
	ERROR(95, EOPNOTSUPP)   \
	ERROR(107, ENOTCONN)    \
	ERROR(110, ETIMEDOUT)   \
	ERROR(116, ESTALE)      \
	ERROR(122, EDQUOT)      \
	ERROR(125, ECANCELED)

/* A C library whose ENAMETOOLONG is Linux's has Linux's numbers. */
#if ENAMETOOLONG == 36
static inline int error_from_wire(int error)
{
	return error;
}

static inline int error_to_wire(int error)
{
	return error;
}
#else
#define ERROR_HERE(wire, here) \
	case wire:             \
		return here;
#define ERROR_THERE(wire, here) \
	case here:              \
		return wire;

/** The number here; EIO for one that has no name here. */
static inline int error_from_wire(int error)
{
	switch (error) {
		WIRE_ERRORS(ERROR_HERE)
	default:
		return error <= WIRE_SAME_UP_TO ? error : EIO;
	}
}

/** The number on the wire; that of EIO for one that has no name there. */
static inline int error_to_wire(int error)
{
	switch (error) {
		WIRE_ERRORS(ERROR_THERE)
	default:
		return error <= WIRE_SAME_UP_TO ? error : EIO;
	}
}
#endif

#endif /* AMP_WIRE_ERRORS_H */
