// SPDX-License-Identifier: BSD-3-Clause
/* Start and end of the Linux port. */
#include <fcntl.h>
#include <metal/sys.h>
#include <stdlib.h>
#include <unistd.h>

#include "irq_thread.h"
#include "metal/port.h"

int amp_port_init(void)
{
	const char *tmp = getenv("TMPDIR");
	int ret = amp_linux_irq_init();

	if (ret)
		return ret;
	_metal.page_size = (unsigned long)sysconf(_SC_PAGESIZE);
	_metal.page_shift = metal_log2(_metal.page_size);
	_metal.pagemap_fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	_metal.tmp_path = tmp && tmp[0] ? tmp : "/tmp";
	return 0;
}

void amp_port_finish(void)
{
	amp_linux_irq_finish();
	if (_metal.pagemap_fd >= 0)
		close(_metal.pagemap_fd);
	_metal.pagemap_fd = -1;
}
