// SPDX-License-Identifier: GPL-2.0-only
/* A program for a core with newlib, whose files are on the other core. */
#include <fcntl.h>
#include <openamp/rpmsg_retarget.h>
#include <unistd.h>

static struct rpmsg_rpc_data rpc;

int main(void)
{
	char buf[16];
	int fd;

	rpmsg_set_default_rpc(&rpc);
	fd = open("file", O_RDWR | O_CREAT, 0644);
	if (fd < 0 || write(fd, "text", 4) != 4 || read(fd, buf, sizeof(buf)) < 0)
		return 1;
	return close(fd);
}
