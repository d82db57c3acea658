// SPDX-License-Identifier: GPL-2.0-only
/* Makes a firmware's code larger, beyond the next power of two. */
extern const unsigned char ballast[65536];
const unsigned char ballast[65536] = {1};
