/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file lint.h
 * @brief What will go wrong with a firmware image, said before anything is started.
 *
 * For tools on a development machine, that link with -lamprelay-lint -lelf (CMake: amprelay::lint); the library itself
 * knows nothing of it. The same as a command: `amprelay lint`.
 *
 *     static void print(const struct amp_lint_finding *finding, void *arg)
 *     {
 *             printf("%s: %s [%s]\n", finding->where, finding->text, finding->rule->id);
 *     }
 *
 *     status = amp_lint_file("my.elf", &(struct amp_lint_options){.host = AMP_LINT_LINUX_6_1}, print, NULL);
 */
#ifndef AMPRELAY_LINT_H
#define AMPRELAY_LINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Whose eyes look at the image. */
enum amp_lint_host {
	AMP_LINT_LINUX_6_1, /**< Linux 6.1, and those after it that know no buffer sizes */
	AMP_LINT_LINUX_7,   /**< Linux from the release on that negotiates buffer sizes (feature bit 1) */
	AMP_LINT_OPENAMP,   /**< OpenAMP's library in the host role */
	AMP_LINT_NUTTX,     /**< NuttX, with its feature bits 1 to 4 */
	AMP_LINT_AMPRELAY,  /**< this library in the host role */
	AMP_LINT_HOSTS
};

/** @return "linux-6.1" and its like; NULL if there is no such host. Context: any. */
const char *amp_lint_host_name(unsigned int host);

/** How bad it is. */
enum amp_lint_severity {
	AMP_LINT_NOTE,    /**< worth knowing: it may be meant */
	AMP_LINT_WARNING, /**< it works less well than expected, or only with luck */
	AMP_LINT_ERROR,   /**< it does not work */
};

/** @return "note", "warning", "error". Context: any. */
const char *amp_lint_severity_name(enum amp_lint_severity severity);

/** One thing that can be wrong. All texts are sentences. */
struct amp_lint_rule {
	const char *id; /**< "ring-misaligned": stable */
	enum amp_lint_severity severity;
	unsigned int hosts;  /**< for which it is looked at: a bit for each enum amp_lint_host */
	const char *title;   /**< what is wrong */
	const char *happens; /**< what happens at run time */
	const char *mend;    /**< how to mend it */
	const char *seen;    /**< functions of the host in which that is seen; may be empty */
};

/** All rules, in the order of the reference. They are there for ever. Context: any. */
const struct amp_lint_rule *amp_lint_rules(size_t *count);

/** What a memory of the core is for. */
enum amp_lint_memory_kind {
	AMP_LINT_FIRMWARE, /**< the host loads firmware into it, and can write to it at any time */
	AMP_LINT_PRIVATE,  /**< firmware is loaded into it, and the host cannot write to it afterwards */
	AMP_LINT_OWN,      /**< the program's when it runs; nothing is loaded into it */
	AMP_LINT_VRING,    /**< one vring; its name is "vdev<i>vring<j>" */
	AMP_LINT_BUFFERS,  /**< message buffers; its name is "vdev<i>buffer" */
	AMP_LINT_SHARED,   /**< shared for another purpose */
};

/** A memory of a core. */
struct amp_lint_memory {
	const char *name;
	enum amp_lint_memory_kind kind;
	uint64_t base; /**< as the core sees it */
	uint64_t size; /**< bytes */
};

/** A core that an image is for. All that it points to stays the caller's. */
struct amp_lint_core {
	const char *name;
	unsigned int elf_machine; /**< e_machine */
	unsigned int elf_class;   /**< 1: 32 bits; 2: 64 bits */
	unsigned int notify_ids;  /**< how many rings can be rung; 0: any number */
	bool signed_only;         /**< it runs signed firmware only */
	const struct amp_lint_memory *memories;
	size_t num_memories;
};

/** What to look with. */
struct amp_lint_options {
	enum amp_lint_host host;
	const struct amp_lint_core *core; /**< NULL: only what the file itself says is known */
	bool is_signed;                   /**< there is a signature; amp_lint_file() looks for FILE.minisig by itself */
};

/** One thing that is wrong. It, and its texts, are valid during the call. The texts are printable ASCII. */
struct amp_lint_finding {
	const struct amp_lint_rule *rule;
	const char *where; /**< "resource table, entry 1, ring 0" */
	const char *text;  /**< what exactly, with its numbers */
	uint64_t offset;   /**< which bytes of the file … */
	uint64_t size;     /**< … and how many; 0: no particular ones */
};

/** Told of each finding, in the order in which they are found. */
typedef void (*amp_lint_report)(const struct amp_lint_finding *finding, void *arg);

/**
 * @brief Look at an image in memory, whatever it holds.
 * @param image  any alignment; only read
 * @return 0 if it was looked at, or -ENOMEM
 *
 * Context: task. Not at the same time as another user of libelf in this process who sets another version.
 */
int amp_lint_image(const void *image, size_t size, const struct amp_lint_options *options, amp_lint_report report,
                   void *arg);

/**
 * @brief Look at a file.
 * @return 0 if it was looked at, or a negative errno: it cannot be read
 */
int amp_lint_file(const char *path, const struct amp_lint_options *options, amp_lint_report report, void *arg);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_LINT_H */
