/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file version.h
 * @brief Version of the interface: the same as that of metal/version.h, under OpenAMP's names.
 */
#ifndef OPENAMP_VERSION_H
#define OPENAMP_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

/** Version of the linked library, first number. Context: any. */
int openamp_version_major(void);
/** Second number. */
int openamp_version_minor(void);
/** Third number. */
int openamp_version_patch(void);

/** The same as text "major.minor.patch"; static. */
const char *openamp_version(void);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_VERSION_H */
