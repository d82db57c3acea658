// SPDX-License-Identifier: BSD-3-Clause
/* Version of the linked library, which is one, under both of its names. */
#include <metal/version.h>
#include <openamp/version.h>

int metal_ver_major(void)
{
	return METAL_VER_MAJOR;
}

int metal_ver_minor(void)
{
	return METAL_VER_MINOR;
}

int metal_ver_patch(void)
{
	return METAL_VER_PATCH;
}

const char *metal_ver(void)
{
	return METAL_VER;
}

int openamp_version_major(void)
{
	return metal_ver_major();
}

int openamp_version_minor(void)
{
	return metal_ver_minor();
}

int openamp_version_patch(void)
{
	return metal_ver_patch();
}

const char *openamp_version(void)
{
	return metal_ver();
}
