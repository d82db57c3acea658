/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading and writing one-line kernel attributes. */
#ifndef AMPRELAY_GUEST_SYSFS_H
#define AMPRELAY_GUEST_SYSFS_H

#include <stddef.h>
#include <stdint.h>

#define AMP_PATH_LEN 512 /**< room for every sysfs path that these programs build */

/**
 * Read attribute `attr` of directory `dir` as one line: the trailing newline is cut off and bytes that a terminal would
 * interpret become '?', because a remote core may have chosen them.
 *
 * @param size at least 1; a longer value is cut.
 * @return length of the text in `buf`, or -errno (`buf` is then "").
 */
int amp_attr_read(const char *dir, const char *attr, char *buf, size_t size);

/** Write `text` to attribute `attr` of `dir` in one write. @return 0 or -errno: the kernel's own answer. */
int amp_attr_write(const char *dir, const char *attr, const char *text);

/** Last component of the symbolic link `dir`/`name`, for example a device's driver. @return length or -errno. */
int amp_attr_link_name(const char *dir, const char *name, char *buf, size_t size);

/** Read an RPMsg address, which Linux writes as hexadecimal or signed decimal. @return UINT32_MAX: none */
uint32_t amp_address_read(const char *dir, const char *attr);

#endif
