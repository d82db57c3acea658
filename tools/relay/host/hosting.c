// SPDX-License-Identifier: GPL-2.0-only
#include "hosting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include <amprelay/boot_record.h>
#include <amprelay/remoteproc.h>
#include <amprelay/resource_table2.h>

#include "common/text.h"
#include "image.h"
#include "relay/core/core.h"
#include "relay/lab.h"

/* ------------------------------------------------------------------ memory */

/*
 * The addresses that descriptors hold are those of the bus, on which both sides must agree. An MCU and its neighbour
 * share one bus: here it has the addresses of the core.
 */
static uint64_t bus_address(const struct core *core, const struct amp_region *region)
{
	return core->config->mem_da + region->offset;
}

/* Makes the region known to the library. Its pages are allocated now, so that no access to them can fail later. */
static int add_memory(struct hosting *role, const struct amp_region *region)
{
	struct host_memory *memory = &role->memory[role->memories];
	struct core *core = role->core;

	/* a staged image is known by its pages */
	if (role->shm == &core->shm && fallocate(role->shm->fd, 0, (off_t)region->offset, region->size))
		return -errno;
	/* of a life that was cut off: rings that are in use, which nobody is left to let go of; and its messages */
	if (region->kind == AMP_REGION_VRING || region->kind == AMP_REGION_BUFFERS)
		memset(role->shm->base + region->offset, 0, region->size);
	memory->pa = bus_address(core, region);
	metal_io_init(&memory->io, role->shm->base + region->offset, &memory->pa, region->size, (unsigned int)-1,
	              AMP_IO_NORMAL, NULL);
	remoteproc_init_mem(&memory->mem, region->name, memory->pa, bus_address(core, region), region->size,
	                    &memory->io);
	remoteproc_add_mem(&role->rproc, &memory->mem);
	role->memories++;
	return 0;
}

/* Those regions whose kind is in the set. The control block is in none: no image and no table may name it. */
static int add_memories(struct hosting *role, uint32_t kinds)
{
	const struct core_config *config = role->core->config;
	int err = 0;

	for (uint32_t i = 0; i < config->num_regions && err == 0; i++) {
		if (kinds & 1u << config->region[i].kind)
			err = add_memory(role, &config->region[i]);
	}
	return err;
}

/* A file in memory, from which QEMU fills the core's own at power-on. */
static int add_private(struct hosting *role, uint32_t index)
{
	struct host_memory *memory = &role->memory[role->memories];
	struct core *core = role->core;
	uint32_t size = core->config->private[index].size;
	uint32_t room = index == 0 ? size - (uint32_t)sizeof(struct amp_boot_record) : size;
	char name[AMP_NAME_LEN];
	void *base;
	int fd;

	amp_text(name, sizeof(name), "private%u", index);
	fd = memfd_create(name, MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	core->loaded.private_fd[index] = fd;
	if (ftruncate(fd, size) < 0)
		return -errno;
	base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		return -errno;
	role->private[index] = base;
	memory->pa = core->config->private[index].da;
	metal_io_init(&memory->io, base, &memory->pa, room, (unsigned int)-1, AMP_IO_NORMAL, NULL);
	remoteproc_init_mem(&memory->mem, name, memory->pa, memory->pa, room, &memory->io);
	remoteproc_add_mem(&role->rproc, &memory->mem);
	role->memories++;
	return 0;
}

/* Where the boot ROM jumps, behind all that an image may fill: what shared memory says of it Linux could change. */
static void seal_entry(struct hosting *role)
{
	const struct amp_boot_record record = {.magic = AMP_BOOT_RECORD_MAGIC, .entry = role->rproc.bootaddr};

	if (role->private[0])
		memcpy((uint8_t *)role->private[0] + role->core->config->private[0].size - sizeof(record), &record,
		       sizeof(record));
}

static struct host_memory *find_memory(struct hosting *role, enum amp_region_kind kind)
{
	const struct amp_region *region = amp_soc_region(role->core->config, kind);

	for (uint32_t i = 0; region && i < role->memories; i++) {
		if (role->memory[i].pa == bus_address(role->core, region))
			return &role->memory[i];
	}
	return NULL;
}

/* ------------------------------------------------------------------ the platform's operations */

static int power_on(struct remoteproc *rproc)
{
	struct hosting *role = rproc->priv;
	struct core *core = role->core;

	amp_core_start(core, (uint32_t)rproc->bootaddr, core->config->firmware, AMP_CORE_HOST_RELAY,
	               "the relay, its host, starts it");
	return core->phase == PHASE_STARTING ? 0 : -RPROC_ENODEV;
}

static int ring(struct remoteproc *rproc, uint32_t id)
{
	struct core *core = ((struct hosting *)rproc->priv)->core;

	/* the id stands in a table that the core can write: it must not become another doorbell byte */
	if (id >= core->config->notify_ids)
		return -RPROC_EINVAL;
	amp_core_babble_credit(core);
	amp_core_sniff_look(core);
	amp_core_uart_interest(core, amp_bells_ring_remote(&core->bells, (uint8_t)id));
	return 0;
}

/* No stop: the power is off already when the library is told, since an operation cannot wait for that. */
static const struct remoteproc_ops platform = {.start = power_on, .notify = ring};

/* ------------------------------------------------------------------ load */

/* Is it in the firmware region, or in private memory? */
static bool is_for_firmware(const struct core *core, unsigned long address)
{
	const struct core_config *config = core->config;
	const struct amp_region *region = amp_soc_region(config, AMP_REGION_FIRMWARE);

	for (uint32_t i = 0; i < config->num_private; i++) {
		if (address >= config->private[i].da && address - config->private[i].da < config->private[i].size)
			return true;
	}
	return address >= bus_address(core, region) && address - bus_address(core, region) < region->size;
}

static int load_elf(struct hosting *role, const struct image *image, const char *name, char *error, size_t error_size)
{
	struct amp_mem_store store = {.image = image->elf, .size = image->elf_size};
	int status = remoteproc_load(&role->rproc, NULL, &store, &amp_mem_store_ops, NULL);

	if (status) {
		amp_text(error, error_size, "firmware %s: %s", name, amp_remoteproc_strerror(status));
		return -1;
	}
	if (!is_for_firmware(role->core, role->rproc.bootaddr)) {
		amp_text(error, error_size, "firmware %s: its entry point 0x%lx is outside the firmware region", name,
		         role->rproc.bootaddr);
		return -1;
	}
	return 0;
}

/* What was written to private memory is for QEMU; where nothing was, there is nothing to fill. */
static void keep_private(struct hosting *role)
{
	struct loaded *loaded = &role->core->loaded;

	for (uint32_t i = 0; i < role->core->config->num_private; i++) {
		if (loaded->private_fd[i] < 0 || lseek(loaded->private_fd[i], 0, SEEK_DATA) >= 0)
			continue;
		close(loaded->private_fd[i]);
		loaded->private_fd[i] = -1;
	}
}

/* The table may be in private memory, where the core has one that no host needs. */
static void keep_table(struct hosting *role)
{
	const struct shared_memory *shm = &role->core->shm;
	const uint8_t *table = role->rproc.rsc_table;

	if (!table || table < shm->base || table >= shm->base + shm->size)
		return;
	role->core->loaded.table = (uint32_t)(table - shm->base);
	role->core->loaded.table_size = (uint32_t)role->rproc.rsc_len;
}

/* Segments go to the firmware region, to private memory and nowhere else: the rest becomes known only then. */
static int load(struct hosting *role, const struct image *image, const char *name, char *error, size_t error_size)
{
	struct core *core = role->core;
	int err = add_memories(role, 1u << AMP_REGION_FIRMWARE);

	amp_core_image_forget(core);
	for (uint32_t i = 0; i < core->config->num_private && err == 0; i++)
		err = add_private(role, i);
	if (err == 0 && load_elf(role, image, name, error, error_size)) {
		amp_core_image_forget(core);
		return AMP_EXIT_REFUSED;
	}
	if (err == 0)
		err = add_memories(role, 1u << AMP_REGION_TRACE | 1u << AMP_REGION_VRING | 1u << AMP_REGION_BUFFERS |
		                                 1u << AMP_REGION_HEAP);
	if (err == 0) {
		seal_entry(role);
		keep_private(role);
		keep_table(role);
		core->loaded.by_relay = true;
		core->loaded.version = image->version;
		return AMP_EXIT_OK;
	}
	amp_core_image_forget(core);
	amp_text(error, error_size, "the memory of core %s cannot be allocated: %s", core->config->name,
	         strerror(-err));
	return AMP_EXIT_FAILED;
}

/* A file of this machine: read, checked, loaded. */
static int load_file(struct hosting *role, const char *path, char *error, size_t error_size)
{
	struct core *core = role->core;
	char text[SECURE_TEXT_MAX];
	int status = AMP_EXIT_REFUSED;
	struct image image;

	if (amp_image_read(&image, core, path, error, error_size))
		return AMP_EXIT_REFUSED;
	if (amp_image_check(&image, core, text, sizeof(text)) == 0)
		status = load(role, &image, path, error, error_size);
	else
		amp_text(error, error_size, "firmware %s: %s", path, text);
	if (status == AMP_EXIT_OK && amp_image_accept(&image, core, text, sizeof(text))) {
		amp_core_image_forget(core);
		amp_text(error, error_size, "firmware %s: %s", path, text);
		status = AMP_EXIT_REFUSED;
	}
	amp_image_drop(&image);
	return status;
}

/* ------------------------------------------------------------------ start */

static void drop_role(struct hosting *role)
{
	const struct core_config *config = role->core->config;

	remoteproc_shutdown(&role->rproc);
	remoteproc_remove(&role->rproc);
	for (uint32_t i = 0; i < config->num_private; i++) {
		if (role->private[i])
			munmap(role->private[i], config -> private[i].size);
	}
	free(role);
}

/* Forgets everything: no power, no link. */
static void end(struct hosting *role)
{
	struct core *core = role->core;
	struct amp_host host;

	amp_hosting_link_down(role, "the core is off");
	remoteproc_stop(&role->rproc);
	/* a driver that has been bound meanwhile has said by itself where it sees the memory */
	amp_shm_read_host(&core->shm, &host);
	if (host.mem_pa == core->config->mem_da)
		amp_shm_write_mem_pa(&core->shm, role->linux_mem_pa);
	amp_core_set_host(core, AMP_CORE_HOST_NONE, "the relay is not its host any more");
	core->host = NULL;
	core->hosting = NULL;
	drop_role(role);
}

static int begin(struct hosting *role, char *error, size_t error_size)
{
	struct core *core = role->core;
	char path[PATH_MAX];
	int status;

	amp_text(path, sizeof(path), "%s/%s", core->lab->options->firmware_dir, core->config->firmware);
	status = load_file(role, path, error, error_size);
	if (status)
		return status;
	amp_shm_write_mem_pa(&core->shm, core->config->mem_da);
	/* while nobody can interfere: the core finds the link ready when it comes */
	amp_hosting_link_up(role, find_memory(role, AMP_REGION_BUFFERS));
	(void)amp_remoteproc_set_host_state(&role->rproc, AMP_RSC2_STATE_RUNNING); /* if there is a place for it */
	if (remoteproc_start(&role->rproc)) {
		amp_text(error, error_size, "core %s: %s", core->config->name, core->outcome_text);
		return core->outcome == AMP_EINVAL ? AMP_EXIT_REFUSED : AMP_EXIT_FAILED;
	}
	role->powered = true;
	return AMP_EXIT_OK;
}

static void on_off(struct core *core)
{
	struct hosting *role = core->hosting;

	/* else the power went before remoteproc_start() returned, and begin() reports it */
	if (!role->powered)
		return;
	core->crashed_at = 0; /* what Linux starts next is not this life's recovery */
	end(role);
}

/* It stays as it is until somebody stops it: what is next is for the user to say, not for a controller. */
static void on_crashed(struct core *core)
{
	struct hosting *role = core->hosting;

	amp_remoteproc_crashed(&role->rproc);
	amp_hosting_link_down(role, "the core has crashed");
}

static const struct core_host relay_as_host = {
	.booted = amp_hosting_link_booted,
	.notified = amp_hosting_link_notified,
	.crashed = on_crashed,
	.off = on_off,
};

static struct hosting *new_role(struct core *core)
{
	struct hosting *role = calloc(1, sizeof(*role));

	if (!role)
		return NULL;
	role->core = core;
	role->shm = &core->shm;
	role->announcements = (struct ratelimit)RATELIMIT(64, 100);
	remoteproc_init(&role->rproc, &platform, role);
	role->rproc.elf_machine = core->config->elf_machine;
	amp_remoteproc_use_table2(&role->rproc);
	remoteproc_config(&role->rproc, NULL);
	return role;
}

static void record_loaded(struct core *core, const struct remoteproc *rproc, const char *firmware)
{
	char entry[24];

	amp_text(entry, sizeof(entry), "0x%lx", rproc->bootaddr);
	amp_record(&core->lab->record, "core.loaded", core->config->name, "{s:s, s:s, s:s, s:I, s:I}", "by", "relay",
	           "firmware", firmware, "entry", entry, "resource_table", (json_int_t)rproc->rsc_len, "epoch",
	           (json_int_t)core->wire.epoch);
}

int amp_hosting_boot(struct core *core, const char *path, const char *why, char *error, size_t error_size)
{
	struct hosting *role = new_role(core);
	char name[AMP_FIRMWARE_LEN] = "";
	int status;

	if (!role) {
		amp_text(error, error_size, "the relay is out of memory");
		return AMP_EXIT_FAILED;
	}
	status = load_file(role, path, error, error_size);
	if (status == AMP_EXIT_OK) {
		amp_text(core->image, sizeof(core->image), "%s", path);
		amp_text(name, sizeof(name), "%s", strrchr(path, '/') ? strrchr(path, '/') + 1 : path);
		amp_core_start(core, role->rproc.bootaddr, name, AMP_CORE_HOST_NONE, why);
		record_loaded(core, &role->rproc, name);
	}
	/* what the library knows of it is of no use any more: nobody here is its host */
	drop_role(role);
	return status;
}

uint32_t amp_hosting_start_staged(struct core *core, uint32_t size, uint32_t signature_size, const char *firmware,
                                  char *error, size_t error_size)
{
	struct hosting *role = new_role(core);
	enum amp_status status = AMP_EIO;
	struct image image;
	int loaded;

	amp_text(error, error_size, "the relay is out of memory");
	if (!role)
		return status;
	if (amp_image_take(&image, core, size, signature_size, error, error_size) == 0) {
		status = amp_image_check(&image, core, error, error_size) ? AMP_EKEYREJECTED : AMP_OK;
		loaded = status == AMP_OK ? load(role, &image, firmware, error, error_size) : AMP_EXIT_REFUSED;
		if (status == AMP_OK && loaded != AMP_EXIT_OK)
			status = loaded == AMP_EXIT_REFUSED ? AMP_EINVAL : AMP_EIO;
		if (status == AMP_OK && amp_image_accept(&image, core, error, error_size)) {
			amp_core_image_forget(core);
			status = AMP_EKEYREJECTED;
		}
		amp_image_drop(&image);
	}
	if (status == AMP_OK) {
		amp_core_start(core, role->rproc.bootaddr, firmware, AMP_CORE_HOST_DRIVER, "Linux asked for it");
		record_loaded(core, &role->rproc, firmware);
	}
	drop_role(role);
	return status;
}

static int stage(struct hosting *role, struct staged_image *image, char *error, size_t error_size)
{
	struct core *core = role->core;
	int err = add_memories(role, 1u << AMP_REGION_FIRMWARE);
	struct image file;
	const uint8_t *table;

	if (err) {
		amp_text(error, error_size, "firmware %s: %s", image->path, strerror(-err));
		return AMP_EXIT_FAILED;
	}
	if (amp_image_read(&file, core, image->path, error, error_size))
		return AMP_EXIT_REFUSED;
	err = amp_image_check(&file, core, error, error_size) || load_elf(role, &file, image->path, error, error_size);
	amp_image_drop(&file);
	if (err)
		return AMP_EXIT_REFUSED;
	image->entry = role->rproc.bootaddr;
	table = role->rproc.rsc_table;
	if (!table)
		return AMP_EXIT_OK;
	image->table_da = core->config->mem_da + (uint64_t)(table - image->memory.base);
	image->table_size = (uint32_t)role->rproc.rsc_len;
	return AMP_EXIT_OK;
}

int amp_hosting_stage(struct core *core, const char *path, struct staged_image *image, char *error, size_t error_size)
{
	struct hosting *role = new_role(core);
	int status = AMP_EXIT_FAILED;
	char name[48];

	*image = (struct staged_image){.memory.fd = -1};
	amp_text(image->path, sizeof(image->path), "%s", path);
	amp_text(name, sizeof(name), "amprelay-%s-staged", core->config->name);
	if (!role || amp_shm_create(&image->memory, name, core->shm.size, AMP_CTRL_SIZE) < 0) {
		amp_text(error, error_size, "the relay is out of memory");
	} else {
		role->shm = &image->memory;
		status = stage(role, image, error, error_size);
	}
	if (status != AMP_EXIT_OK)
		amp_shm_destroy(&image->memory);
	if (role)
		drop_role(role);
	return status;
}

int amp_hosting_start(struct core *core, char *error, size_t error_size)
{
	struct hosting *role;
	struct amp_host host;
	int status;

	if (core->lab->going_down) {
		amp_text(error, error_size, "the lab goes down");
		return AMP_EXIT_REFUSED;
	}
	if (core->phase != PHASE_OFF) {
		amp_text(error, error_size,
		         "core %s is %s: the relay takes over only a core that is off; 'amprelay stop %s' first",
		         core->config->name, amp_core_state_name(core), core->config->name);
		return AMP_EXIT_REFUSED;
	}
	role = new_role(core);
	if (!role) {
		amp_text(error, error_size, "the relay is out of memory");
		return AMP_EXIT_FAILED;
	}
	amp_shm_read_host(&core->shm, &host);
	role->linux_mem_pa = host.mem_pa;
	core->host = &relay_as_host;
	core->hosting = role;
	amp_core_set_host(core, AMP_CORE_HOST_RELAY, "the relay becomes its host");

	status = begin(role, error, error_size);
	if (status != AMP_EXIT_OK) {
		amp_core_warn(core, "the relay cannot host it: %s", error);
		end(role);
		return status;
	}
	record_loaded(core, &role->rproc, core->config->firmware);
	return AMP_EXIT_OK;
}

void amp_hosting_stop(struct core *core, const char *why)
{
	amp_hosting_link_down(core->hosting, "the core is being stopped");
	amp_core_stop(core, why);
}
