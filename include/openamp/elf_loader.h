/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file elf_loader.h
 * @brief The loader for ELF images, 32 and 64 bits, little-endian.
 *
 * remoteproc_load() and remoteproc_load_noblock() use it; an application needs it only for what the loader learned:
 * *img_info of these functions. Segments (PT_LOAD) go to their physical address, which stands for the address as the
 * remote core sees it, or where remoteproc_ops::segment_da says. What the file does not fill of them is zeroed first:
 * zeroes may overlap anything, bytes of the file may not overlap each other. Every field is checked before it is used.
 *
 * The resource table is the section .resource_table. It is at the section's address (sh_addr), where the firmware was
 * linked to find it. If no segment has put its bytes there, they are put there last. A section without bytes (empty, or
 * SHT_NOBITS) is no table.
 *
 * The parts of a file are asked for in the order in which GNU ld and LLVM's lld write them, so that streams can be
 * loaded too: program headers, segments in the order of their offsets, section names, section headers. For other orders
 * a store must be able to seek, or to begin again:
 *
 * - program headers at the end (linkers of TI and IAR);
 * - a resource table that no segment puts where it runs (linker scripts of the STM32MP1, among others);
 * - section names that do not lie in the last AMP_ELF_WINDOW bytes before the section headers.
 */
#ifndef OPENAMP_ELF_LOADER_H
#define OPENAMP_ELF_LOADER_H

#include <openamp/remoteproc.h>

/* Elf32_Ehdr and so on, EM_ARM …: for applications. */
#if __has_include(<elf.h>)
#include <elf.h>
#else
#include <openamp/elf_types.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** Bytes before the section headers that are kept in memory until these have been read. */
#define AMP_ELF_WINDOW 1024u

/** Most program headers in a file. */
#define AMP_ELF_MAX_SEGMENTS 128u

/** The loader. See struct loader_ops. */
extern const struct loader_ops elf_ops;

/**
 * @brief Is this the beginning of an ELF file, of whatever kind?
 * @return 0, or -RPROC_EINVAL: it is not, or @p len is less than 4. Context: any
 */
int elf_identify(const void *img_data, size_t len);

/**
 * @brief loader_ops::load_header. Allocates *img_info with metal_allocate_memory(); elf_release() frees it.
 * @return a loader state; -RPROC_ENOMEM; -RPROC_ERR_LOADER_STATE: not the part that was wanted; -AMP_RPROC_ERR_FORMAT,
 * _ENDIAN, _ELF_HEADER, _ELF_SEGMENTS, _ELF_SECTIONS
 */
int elf_load_header(const void *img_data, size_t offset, size_t len, void **img_info, int last_load_state,
                    size_t *noffset, size_t *nlen);

/**
 * @brief loader_ops::load_data.
 * @return a loader state; -RPROC_EINVAL; -RPROC_ENOMEM; -RPROC_ERR_LOADER_STATE; -AMP_RPROC_ERR_MACHINE, _SEGMENT,
 * _ELF_SECTIONS, _RSC_PLACE
 */
int elf_load(struct remoteproc *rproc, const void *img_data, size_t offset, size_t len, void **img_info,
             int last_load_state, metal_phys_addr_t *da, size_t *noffset, size_t *nlen, unsigned char *padding,
             size_t *nmemsize);

/**
 * @brief Where the section .resource_table is.
 * @param img_info  of a load that is complete
 * @param da        its address as the remote core sees it; may be NULL
 * @param offset    its offset in the image; may be NULL
 * @param size      its bytes; may be NULL
 * @return 0; -RPROC_EINVAL (NULL); -RPROC_ERR_LOADER_STATE (not complete); -RPROC_ERR_RSC_TAB_NP (the image has none)
 */
int elf_locate_rsc_table(void *img_info, metal_phys_addr_t *da, size_t *offset, size_t *size);

/** @return entry point; METAL_BAD_PHYS if @p img_info is NULL */
metal_phys_addr_t elf_get_entry(void *img_info);

/** @return RPROC_LOADER_*; -RPROC_EINVAL if @p img_info is NULL */
int elf_get_load_state(void *img_info);

/** @brief Free what the loader learned. NULL is allowed. */
void elf_release(void *img_info);

#ifdef __cplusplus
}
#endif

#endif /* OPENAMP_ELF_LOADER_H */
