/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file version.h
 * @brief Version of the interface of the metal/ and openamp/ headers: of these headers, and of what the program was
 * linked with.
 *
 * The first number is that of OpenAMP and libmetal, whose interface this is; the others are not counted. AmpRelay's own
 * version is in amprelay/version.h.
 */
#ifndef METAL_VERSION_H
#define METAL_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define METAL_VER_MAJOR 1
#define METAL_VER_MINOR 0
#define METAL_VER_PATCH 0
#define METAL_VER       "1.0.0"

/** Version of the linked library's interface, first number. Context: any. */
int metal_ver_major(void);
/** Second number. */
int metal_ver_minor(void);
/** Third number. */
int metal_ver_patch(void);

/** The same as text "major.minor.patch"; static. */
const char *metal_ver(void);

#ifdef __cplusplus
}
#endif

#endif /* METAL_VERSION_H */
