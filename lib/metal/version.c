// SPDX-License-Identifier: BSD-3-Clause
/* Versions: of the interface under both of its names, and of the library. */
#include <amprelay/version.h>
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

const char *amp_version(void)
{
	return AMPRELAY_VERSION;
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
