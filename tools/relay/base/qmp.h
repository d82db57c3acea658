/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's machine protocol over an inherited socket: commands with callbacks, and events. */
#ifndef AMPRELAY_RELAY_QMP_H
#define AMPRELAY_RELAY_QMP_H

#include <jansson.h>

#include "stream.h"

#define QMP_PENDING_MAX 8
#define QMP_LINE_MAX    65536

/** @param result  the command's "return", valid during the call; NULL if QEMU refused the command or has gone */
typedef void (*qmp_reply_fn)(void *userdata, const json_t *result);

struct qmp {
	struct stream stream;
	const char *name; /**< for messages */
	uint32_t next_id;
	struct {
		uint32_t id; /**< 0 = free */
		qmp_reply_fn on_reply;
		void *userdata;
	} pending[QMP_PENDING_MAX];
	void (*on_event)(void *userdata, const char *event, const json_t *data);
	void *userdata;
	/** The machine's clock stands still (`runs` false) or goes on, at that time of day; NULL: nobody follows it. */
	void (*on_run)(void *userdata, bool runs, uint64_t us);
	void *run_userdata;
	char *line;
	size_t fill;
};

/**
 * @param fd  our end of the monitor's socketpair; taken over
 * @param on_event  called for each event; `data` may be NULL
 * @return 0 or a negative errno
 */
int amp_qmp_open(struct qmp *qmp, sd_event *loop, int fd, const char *name,
                 void (*on_event)(void *userdata, const char *event, const json_t *data), void *userdata);

/**
 * @param arguments  JSON text of the "arguments" object, or NULL; a constant
 * @param on_reply   may be NULL. Called once, unless amp_qmp_close() comes first
 * @return false if it could not be sent; there will be no reply
 */
bool amp_qmp_command(struct qmp *qmp, const char *command, const char *arguments, qmp_reply_fn on_reply,
                     void *userdata);

/** Gives QEMU a descriptor, of which it keeps a copy under `name`. @return false if it could not be sent */
bool amp_qmp_give(struct qmp *qmp, const char *name, int fd, qmp_reply_fn on_reply, void *userdata);

/** The structure has been moved in memory. */
void amp_qmp_moved(struct qmp *qmp);

/** Forgets what is pending; no callback comes after it. Closing twice does nothing. */
void amp_qmp_close(struct qmp *qmp);

#endif /* AMPRELAY_RELAY_QMP_H */
