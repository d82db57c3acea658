/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file rpc_files.h
 * @brief Files for a core without files: calls for that core, and the server for the one that has them.
 *
 * The messages are those of openamp/rpmsg_retarget.h. Descriptors 0, 1 and 2 are standard input, output and error of
 * the server's side, if it lends them; others come from an open. A server has one client, and at most AMP_RPC_MAX_FILES
 * open files.
 */
#ifndef AMPRELAY_RPC_FILES_H
#define AMPRELAY_RPC_FILES_H

#include <openamp/rpmsg.h>

#include <metal/mutex.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Flags of an open, as they travel: Linux' values, whatever the C library of either side uses. */
#define AMP_RPC_O_RDONLY  00u
#define AMP_RPC_O_WRONLY  01u
#define AMP_RPC_O_RDWR    02u
#define AMP_RPC_O_ACCMODE 03u
#define AMP_RPC_O_CREAT   0100u
#define AMP_RPC_O_EXCL    0200u
#define AMP_RPC_O_TRUNC   01000u
#define AMP_RPC_O_APPEND  02000u
#define AMP_RPC_O_ALL     03303u /**< all that there are */

/** In whose numbers a program gives the flags of an open. */
enum amp_rpc_numbers {
	AMP_RPC_LINUX_NUMBERS,  /**< as AMP_RPC_O_*: the numbers of the side that has the files */
	AMP_RPC_NEWLIB_NUMBERS, /**< those of newlib's <fcntl.h>: O_CREAT is 0x200, O_APPEND 8 … */
	/**
	 * Linux's if bit 0x40 is set, Linux's O_CREAT, which no flag of newlib has; else newlib's. For a program that
	 * uses newlib's names, or Linux's numbers wherever it creates a file. It does not serve one that gives Linux's
	 * O_TRUNC or O_APPEND without O_CREAT: those are newlib's O_CREAT and O_TRUNC.
	 */
	AMP_RPC_EITHER_NUMBERS,
};

/**
 * @brief Flags of an open as they travel.
 *
 * Those that change nothing about a regular file opened from afar are left out: not to block, not to become a terminal,
 * not to survive an exec, not to follow a link (none is followed), large, binary, text. Others that have no AMP_RPC_O_*
 * (O_SYNC, O_DIRECTORY …) would be promised without being kept.
 * @return AMP_RPC_O_*, or -EINVAL. Context: any
 */
int amp_rpc_open_flags(unsigned int flags, enum amp_rpc_numbers numbers);

/** Most bytes of a path (with its NUL), and that one read or write moves. */
#define AMP_RPC_DATA_MAX 480

#ifndef AMP_RPC_MAX_FILES
#define AMP_RPC_MAX_FILES 16 /**< open files of a client */
#endif

/* ------------------------------------------------------------------ the core without files: remote_files.c */

/*
 * All go to the default client, rpmsg_set_default_rpc(). Negative results: the error that the server told, in this
 * side's numbers (-ENOENT; -EIO when it told none that is known here); -ENOTCONN (no default client); -EPROTO (an
 * answer that makes no sense); or an error of rpmsg_rpc_send(). Context and blocking: as rpmsg_rpc_send().
 */

/**
 * @brief Open a file.
 * @param path   as the server names files, 1 … AMP_RPC_DATA_MAX - 1 bytes, else -EINVAL or -ENAMETOOLONG
 * @param flags  AMP_RPC_O_*
 * @param mode   access rights of a file that is created: 0 … 0777
 * @return descriptor, 0 or more
 */
int amp_rpc_open(const char *path, unsigned int flags, unsigned int mode);

/** @return 0 */
int amp_rpc_close(int fd);

/** @return bytes read, up to the smaller of @p size and what fits into a message; 0 at the end of the file */
int amp_rpc_read(int fd, void *buf, size_t size);

/** @return bytes written, up to the smaller of @p size and what fits into a message:
 * the caller writes the rest again */
int amp_rpc_write(int fd, const void *buf, size_t size);

/* ------------------------------------------------------------------ the server: file_server.c */

/**
 * What carries out the calls. All members must be there. Each returns a negative error number (-ENOENT …) if it failed.
 * A handle is a number, 0 or more, that `open` chose; or 0, 1, 2 for the standard streams.
 * Context: amp_rpc_file_server_serve(). They may block: that holds up this client only.
 */
struct amp_rpc_file_ops {
	/** Open the file; @p path ends with a NUL, is not empty, and is otherwise as the client wrote it. Returns a
	 * handle. */
	int (*open)(void *arg, const char *path, unsigned int flags, unsigned int mode);
	/** Close it. The handle is gone, also if this fails. */
	int (*close)(void *arg, int handle);
	/** Read up to @p size bytes (> 0); returns their number, 0 at the end. */
	int (*read)(void *arg, int handle, void *buf, size_t size);
	/** Write up to @p size bytes; returns their number. */
	int (*write)(void *arg, int handle, const void *buf, size_t size);
};

/** Standard streams that a server lends. */
#define AMP_RPC_STDIN  1u
#define AMP_RPC_STDOUT 2u
#define AMP_RPC_STDERR 4u

/** How a server of files serves. */
struct amp_rpc_file_config {
	const struct amp_rpc_file_ops *ops;
	void *arg;            /**< handed to all functions */
	unsigned int streams; /**< AMP_RPC_STD*, or 0 */
	/**
	 * Policy: may the client open this? Returns 0 or a negative error number (-EACCES) that the client gets. NULL:
	 * it may open what ops->open can reach. Context: as ops.
	 */
	int (*allow)(void *arg, const char *path, unsigned int flags);
	/**
	 * amp_rpc_file_server_serve() has something to do. May be NULL, if it is called after each reception anyway.
	 * Context: as rpmsg_ept_cb; must not call back.
	 */
	void (*wake)(void *arg);
	/**
	 * In whose numbers the client's flags come. A client over this library sends Linux's, which is 0; one that
	 * passes on what its C library has may send newlib's.
	 */
	enum amp_rpc_numbers numbers;
};

/** A server for one client. The memory is the application's; the members are the library's. */
struct amp_rpc_file_server {
	struct rpmsg_endpoint ept;
	struct amp_rpc_file_config config;
	metal_mutex_t lock; /**< of what follows, up to `request` */
	bool pending;       /**< a request waits */
	bool client_left;   /**< its files are to be closed */
	unsigned int life;  /**< counts clients that left */
	size_t request_len;
	unsigned char request[16 + AMP_RPC_DATA_MAX];
	int handle[AMP_RPC_MAX_FILES]; /**< of descriptor 3 and up; -1: not open. Only amp_rpc_file_server_serve() uses
	                                  it */
};

/**
 * @brief Start a server.
 * @param server  memory of the server, not in use
 * @param rdev    device, up
 * @param name    name to announce and to be found by; NULL: none
 * @param addr    local address, usually DEFAULT_PROXY_ENDPOINT; or RPMSG_ADDR_ANY
 * @param dest    client's address; RPMSG_ADDR_ANY: who announces the name, or sends first
 * @param config  copied
 * @return RPMSG_SUCCESS, RPMSG_ERR_PARAM, or an error of rpmsg_create_ept()
 *
 * Context: task. Blocks up to the send time-out.
 */
int amp_rpc_file_server_init(struct amp_rpc_file_server *server, struct rpmsg_device *rdev, const char *name,
                             uint32_t addr, uint32_t dest, const struct amp_rpc_file_config *config);

/**
 * @brief Carry out the request that has come, if one has, and answer it. If the client has gone, close its files.
 * @return 1: something was done; 0: there was nothing to do; an error of rpmsg_send(): the answer could not be sent
 *
 * Context: task, one at a time. Blocks as long as ops do.
 */
int amp_rpc_file_server_serve(struct amp_rpc_file_server *server);

/** @brief End a server and close the client's files. Context: task, while neither amp_rpc_file_server_serve() nor a
 * reception runs. */
void amp_rpc_file_server_release(struct amp_rpc_file_server *server);

/* ------------------------------------------------------------------ files of a POSIX system, where a port has them */

/**
 * A directory that the client's files are confined to; `arg` of amp_rpc_posix_file_ops.
 *
 * A path counts from there, with or without a slash before it. ".." and symbolic links are refused (-EACCES, -ENOTDIR)
 * wherever they stand in it, so that nothing outside can be reached, however the directory's content changes meanwhile.
 * Only regular files are opened. Created files get no more rights than 0666, less the process' umask.
 */
struct amp_rpc_directory {
	int fd; /**< private */
};

/** Files of such a directory. */
extern const struct amp_rpc_file_ops amp_rpc_posix_file_ops;

/** @brief Choose the directory. @return 0 or a negative error number. Context: task */
int amp_rpc_directory_open(struct amp_rpc_directory *dir, const char *path);

/** Opposite of amp_rpc_directory_open(); files that are open stay open. Context: task */
void amp_rpc_directory_close(struct amp_rpc_directory *dir);

#ifdef __cplusplus
}
#endif

#endif /* AMPRELAY_RPC_FILES_H */
