/* SPDX-License-Identifier: GPL-2.0-only */
/* clang-format off */
/* The public interface: metal/. No include guard: read once for each meaning of the macros. */

/* metal/alloc.h */
FUNCTION(void *, metal_allocate_memory, (unsigned int size))
FUNCTION(void, metal_free_memory, (void *ptr))

/* metal/mutex.h */
FUNCTION(void, metal_mutex_acquire, (metal_mutex_t *mutex))
FUNCTION(void, metal_mutex_deinit, (metal_mutex_t *mutex))
FUNCTION(void, metal_mutex_init, (metal_mutex_t *mutex))
FUNCTION(int, metal_mutex_is_acquired, (metal_mutex_t *mutex))
FUNCTION(void, metal_mutex_release, (metal_mutex_t *mutex))
FUNCTION(int, metal_mutex_try_acquire, (metal_mutex_t *mutex))

/* metal/spinlock.h */
FUNCTION(void, metal_spinlock_acquire, (struct metal_spinlock *slock))
FUNCTION(void, metal_spinlock_init, (struct metal_spinlock *slock))
FUNCTION(void, metal_spinlock_release, (struct metal_spinlock *slock))

/* metal/version.h */
FUNCTION(int, metal_ver_major, (void))
FUNCTION(int, metal_ver_minor, (void))
FUNCTION(int, metal_ver_patch, (void))
FUNCTION(const char *, metal_ver, (void))

/* metal/log.h */
FUNCTION(void, metal_default_log_handler, (enum metal_log_level level, const char *format, ...))
FUNCTION(metal_log_handler, metal_get_log_handler, (void))
FUNCTION(enum metal_log_level, metal_get_log_level, (void))
FUNCTION(void, metal_set_log_handler, (metal_log_handler handler))
FUNCTION(void, metal_set_log_level, (enum metal_log_level level))

/* metal/sleep.h */
FUNCTION(int, metal_sleep_usec, (unsigned int usec))

/* metal/list.h */
FUNCTION(void, metal_list_add_after, (struct metal_list *node, struct metal_list *new_node))
FUNCTION(void, metal_list_add_before, (struct metal_list *node, struct metal_list *new_node))
FUNCTION(void, metal_list_add_head, (struct metal_list *list, struct metal_list *node))
FUNCTION(void, metal_list_add_tail, (struct metal_list *list, struct metal_list *node))
FUNCTION(void, metal_list_del, (struct metal_list *node))
FUNCTION(bool, metal_list_find_node, (struct metal_list *list, struct metal_list *node))
FUNCTION(struct metal_list *, metal_list_first, (struct metal_list *list))
FUNCTION(void, metal_list_init, (struct metal_list *list))
FUNCTION(int, metal_list_is_empty, (struct metal_list *list))

/* metal/condition.h */
FUNCTION(int, metal_condition_broadcast, (struct metal_condition *cv))
FUNCTION(void, metal_condition_init, (struct metal_condition *cv))
FUNCTION(int, metal_condition_signal, (struct metal_condition *cv))
FUNCTION(int, metal_condition_wait, (struct metal_condition *cv, metal_mutex_t *m))

/* metal/dma.h */
FUNCTION(int, metal_dma_map, (struct metal_device *dev, uint32_t dir, struct metal_sg *sg_in, int nents_in, struct metal_sg *sg_out))
FUNCTION(void, metal_dma_unmap, (struct metal_device *dev, uint32_t dir, struct metal_sg *sg, int nents))

/* metal/utilities.h */
FUNCTION(void, metal_bitmap_clear_bit, (unsigned long *bitmap, int bit))
FUNCTION(int, metal_bitmap_is_bit_clear, (unsigned long *bitmap, int bit))
FUNCTION(int, metal_bitmap_is_bit_set, (unsigned long *bitmap, int bit))
FUNCTION(unsigned int, metal_bitmap_next_clear_bit, (unsigned long *bitmap, unsigned int start, unsigned int max))
FUNCTION(unsigned int, metal_bitmap_next_set_bit, (unsigned long *bitmap, unsigned int start, unsigned int max))
FUNCTION(void, metal_bitmap_set_bit, (unsigned long *bitmap, int bit))
FUNCTION(unsigned long, metal_log2, (unsigned long in))

/* metal/device.h */
FUNCTION(int, metal_bus_find, (const char *name, struct metal_bus **bus))
FUNCTION(int, metal_bus_register, (struct metal_bus *bus))
FUNCTION(int, metal_bus_unregister, (struct metal_bus *bus))
FUNCTION(void, metal_device_close, (struct metal_device *device))
FUNCTION(struct metal_io_region *, metal_device_io_region, (struct metal_device *device, unsigned int index))
FUNCTION(int, metal_device_open, (const char *bus_name, const char *dev_name, struct metal_device **device))
FUNCTION(int, metal_register_generic_device, (struct metal_device *device))

/* metal/irq_controller.h */
FUNCTION(int, metal_irq_handle, (struct metal_irq *irq_data, int irq))
FUNCTION(int, metal_irq_register_controller, (struct metal_irq_controller *cntr))

/* metal/cache.h */
FUNCTION(void, metal_cache_flush, (void *addr, unsigned int len))
FUNCTION(void, metal_cache_invalidate, (void *addr, unsigned int len))

/* metal/time.h */
FUNCTION(unsigned long long, metal_get_timestamp, (void))

/* metal/shmem.h */
FUNCTION(int, metal_shmem_open, (const char *name, size_t size, struct metal_io_region **io))
FUNCTION(int, metal_shmem_register_generic, (struct metal_generic_shmem *shmem))

/* metal/sys.h */
FUNCTION(void, metal_finish, (void))
FUNCTION(int, metal_init, (const struct metal_init_params *params))

/* metal/io.h */
FUNCTION(int, metal_io_block_read, (struct metal_io_region *io, unsigned long offset, void *dst, int len))
FUNCTION(int, metal_io_block_set, (struct metal_io_region *io, unsigned long offset, unsigned char value, int len))
FUNCTION(int, metal_io_block_write, (struct metal_io_region *io, unsigned long offset, const void *src, int len))
FUNCTION(void, metal_io_finish, (struct metal_io_region *io))
FUNCTION(void, metal_io_init, (struct metal_io_region *io, void *virt, const metal_phys_addr_t *physmap, size_t size, unsigned int page_shift, unsigned int mem_flags, const struct metal_io_ops *ops))
FUNCTION(unsigned long, metal_io_phys_to_offset, (struct metal_io_region *io, metal_phys_addr_t phys))
FUNCTION(void *, metal_io_phys_to_virt, (struct metal_io_region *io, metal_phys_addr_t phys))
FUNCTION(metal_phys_addr_t, metal_io_phys, (struct metal_io_region *io, unsigned long offset))
FUNCTION(uint64_t, metal_io_read, (struct metal_io_region *io, unsigned long offset, memory_order order, int width))
FUNCTION(size_t, metal_io_region_size, (struct metal_io_region *io))
FUNCTION(unsigned long, metal_io_virt_to_offset, (struct metal_io_region *io, void *virt))
FUNCTION(metal_phys_addr_t, metal_io_virt_to_phys, (struct metal_io_region *io, void *virt))
FUNCTION(void *, metal_io_virt, (struct metal_io_region *io, unsigned long offset))
FUNCTION(void, metal_io_write, (struct metal_io_region *io, unsigned long offset, uint64_t value, memory_order order, int width))

/* metal/irq.h */
FUNCTION(void, metal_irq_disable, (unsigned int vector))
FUNCTION(void, metal_irq_enable, (unsigned int vector))
FUNCTION(int, metal_irq_register, (int irq, metal_irq_handler irq_handler, void *arg))
FUNCTION(void, metal_irq_restore_enable, (unsigned int flags))
FUNCTION(unsigned int, metal_irq_save_disable, (void))
FUNCTION(void, metal_irq_unregister, (int irq))

/* metal/softirq.h */
FUNCTION(int, metal_softirq_allocate, (int num))
FUNCTION(void, metal_softirq_dispatch, (void))
FUNCTION(int, metal_softirq_init, (void))
FUNCTION(void, metal_softirq_set, (int irq))

STRUCT(metal_list, next, struct metal_list *)
MEMBER(metal_list, next, prev, struct metal_list *)

STRUCT(metal_sg, virt, void *)
MEMBER(metal_sg, virt, io, struct metal_io_region *)
MEMBER(metal_sg, io, len, int)

STRUCT(metal_bus_ops, bus_close, void (*)(struct metal_bus *bus))
MEMBER(metal_bus_ops, bus_close, dev_open, int (*)(struct metal_bus *bus, const char *dev_name, struct metal_device **device))
MEMBER(metal_bus_ops, dev_open, dev_close, void (*)(struct metal_bus *bus, struct metal_device *device))
MEMBER(metal_bus_ops, dev_close, dev_irq_ack, void (*)(struct metal_bus *bus, struct metal_device *device, int irq))
MEMBER(metal_bus_ops, dev_irq_ack, dev_dma_map, int (*)(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg_in, int nents_in, struct metal_sg *sg_out))
MEMBER(metal_bus_ops, dev_dma_map, dev_dma_unmap, void (*)(struct metal_bus *bus, struct metal_device *device, uint32_t dir, struct metal_sg *sg, int nents))

STRUCT(metal_bus, name, const char *)
MEMBER(metal_bus, name, ops, struct metal_bus_ops)
MEMBER(metal_bus, ops, devices, struct metal_list)
MEMBER(metal_bus, devices, node, struct metal_list)

STRUCT(metal_device, name, const char *)
MEMBER(metal_device, name, bus, struct metal_bus *)
MEMBER(metal_device, bus, num_regions, unsigned int)
MEMBER(metal_device, num_regions, regions, struct metal_io_region[])
MEMBER(metal_device, regions, node, struct metal_list)
MEMBER(metal_device, node, irq_num, int)
MEMBER(metal_device, irq_num, irq_info, void *)

STRUCT(metal_irq, hd, metal_irq_handler)
MEMBER(metal_irq, hd, arg, void *)

STRUCT(metal_irq_controller, irq_base, int)
MEMBER(metal_irq_controller, irq_base, irq_num, int)
MEMBER(metal_irq_controller, irq_num, arg, void *)
MEMBER(metal_irq_controller, arg, irq_set_enable, metal_irq_set_enable)
MEMBER(metal_irq_controller, irq_set_enable, irq_register, metal_cntr_irq_register)
MEMBER(metal_irq_controller, irq_register, node, struct metal_list)
MEMBER(metal_irq_controller, node, irqs, struct metal_irq *)

STRUCT(metal_generic_shmem, name, const char *)
MEMBER(metal_generic_shmem, name, io, struct metal_io_region)
MEMBER(metal_generic_shmem, io, node, struct metal_list)

STRUCT(metal_init_params, log_handler, metal_log_handler)
MEMBER(metal_init_params, log_handler, log_level, enum metal_log_level)

STRUCT(metal_common_state, log_handler, metal_log_handler)
MEMBER(metal_common_state, log_handler, log_level, enum metal_log_level)
MEMBER(metal_common_state, log_level, bus_list, struct metal_list)
MEMBER(metal_common_state, bus_list, generic_shmem_list, struct metal_list)
MEMBER(metal_common_state, generic_shmem_list, generic_device_list, struct metal_list)

STRUCT(metal_state, common, struct metal_common_state)
#ifdef __linux__
MEMBER(metal_state, common, page_size, unsigned long)
MEMBER(metal_state, page_size, page_shift, unsigned long)
MEMBER(metal_state, page_shift, pagemap_fd, int)
MEMBER(metal_state, pagemap_fd, tmp_path, const char *)
#endif

STRUCT(metal_io_ops, read, uint64_t (*)(struct metal_io_region *io, unsigned long offset, memory_order order, int width))
MEMBER(metal_io_ops, read, write, void (*)(struct metal_io_region *io, unsigned long offset, uint64_t value, memory_order order, int width))
MEMBER(metal_io_ops, write, block_read, int (*)(struct metal_io_region *io, unsigned long offset, void *dst, memory_order order, int len))
MEMBER(metal_io_ops, block_read, block_write, int (*)(struct metal_io_region *io, unsigned long offset, const void *src, memory_order order, int len))
MEMBER(metal_io_ops, block_write, block_set, void (*)(struct metal_io_region *io, unsigned long offset, unsigned char value, memory_order order, int len))
MEMBER(metal_io_ops, block_set, close, void (*)(struct metal_io_region *io))
MEMBER(metal_io_ops, close, offset_to_phys, metal_phys_addr_t (*)(struct metal_io_region *io, unsigned long offset))
MEMBER(metal_io_ops, offset_to_phys, phys_to_offset, unsigned long (*)(struct metal_io_region *io, metal_phys_addr_t phys))

STRUCT(metal_io_region, virt, void *)
MEMBER(metal_io_region, virt, physmap, const metal_phys_addr_t *)
MEMBER(metal_io_region, physmap, size, size_t)
MEMBER(metal_io_region, size, page_shift, unsigned long)
MEMBER(metal_io_region, page_shift, page_mask, metal_phys_addr_t)
MEMBER(metal_io_region, page_mask, mem_flags, unsigned int)
MEMBER(metal_io_region, mem_flags, ops, struct metal_io_ops)

TYPE(metal_phys_addr_t, unsigned long)
TYPE(metal_irq_t, int)
TYPE(metal_irq_handler, int (*)(int irq, void *arg))
TYPE(metal_log_handler, void (*)(enum metal_log_level level, const char *format, ...))
CONSTANT(METAL_VER_MAJOR, 1)
CONSTANT(METAL_LOG_EMERGENCY, 0)
CONSTANT(METAL_LOG_ALERT, 1)
CONSTANT(METAL_LOG_CRITICAL, 2)
CONSTANT(METAL_LOG_ERROR, 3)
CONSTANT(METAL_LOG_WARNING, 4)
CONSTANT(METAL_LOG_NOTICE, 5)
CONSTANT(METAL_LOG_INFO, 6)
CONSTANT(METAL_LOG_DEBUG, 7)
CONSTANT(METAL_IRQ_NOT_HANDLED, 0)
CONSTANT(METAL_IRQ_HANDLED, 1)
CONSTANT(METAL_IRQ_ANY, -1)
CONSTANT(METAL_DMA_DEV_R, 1)
CONSTANT(METAL_DMA_DEV_W, 2)
CONSTANT(METAL_DMA_DEV_WR, 3)
CONSTANT(KB, 1024)
CONSTANT(MB, 1024 * 1024)
CONSTANT(GB, 1024 * 1024 * 1024)
#ifndef METAL_BAD_OFFSET
#error "METAL_BAD_OFFSET is missing"
#endif
#ifndef METAL_BAD_PHYS
#error "METAL_BAD_PHYS is missing"
#endif
#ifndef METAL_BAD_VA
#error "METAL_BAD_VA is missing"
#endif
#ifndef METAL_BAD_IRQ
#error "METAL_BAD_IRQ is missing"
#endif
#ifndef metal_log
#error "metal_log is missing"
#endif
#ifndef METAL_INIT_DEFAULTS
#error "METAL_INIT_DEFAULTS is missing"
#endif
#ifndef METAL_MUTEX_INIT
#error "METAL_MUTEX_INIT is missing"
#endif
#ifndef METAL_SPINLOCK_INIT
#error "METAL_SPINLOCK_INIT is missing"
#endif
#ifndef METAL_CONDITION_INIT
#error "METAL_CONDITION_INIT is missing"
#endif
#ifndef METAL_INIT_LIST
#error "METAL_INIT_LIST is missing"
#endif
#ifndef METAL_DECLARE_LIST
#error "METAL_DECLARE_LIST is missing"
#endif
#ifndef METAL_IRQ_CONTROLLER_DECLARE
#error "METAL_IRQ_CONTROLLER_DECLARE is missing"
#endif
#ifndef metal_unused
#error "metal_unused is missing"
#endif
#ifndef metal_dim
#error "metal_dim is missing"
#endif
#ifndef metal_min
#error "metal_min is missing"
#endif
#ifndef metal_max
#error "metal_max is missing"
#endif
#ifndef metal_sign
#error "metal_sign is missing"
#endif
#ifndef metal_align_down
#error "metal_align_down is missing"
#endif
#ifndef metal_align_up
#error "metal_align_up is missing"
#endif
#ifndef metal_div_round_down
#error "metal_div_round_down is missing"
#endif
#ifndef metal_div_round_up
#error "metal_div_round_up is missing"
#endif
#ifndef metal_ptr_align_down
#error "metal_ptr_align_down is missing"
#endif
#ifndef metal_ptr_align_up
#error "metal_ptr_align_up is missing"
#endif
#ifndef metal_offset_of
#error "metal_offset_of is missing"
#endif
#ifndef metal_container_of
#error "metal_container_of is missing"
#endif
#ifndef METAL_BITS_PER_ULONG
#error "METAL_BITS_PER_ULONG is missing"
#endif
#ifndef metal_bit
#error "metal_bit is missing"
#endif
#ifndef metal_bitmap_longs
#error "metal_bitmap_longs is missing"
#endif
#ifndef metal_bitmap_for_each_set_bit
#error "metal_bitmap_for_each_set_bit is missing"
#endif
#ifndef metal_bitmap_for_each_clear_bit
#error "metal_bitmap_for_each_clear_bit is missing"
#endif
#ifndef metal_list_for_each
#error "metal_list_for_each is missing"
#endif
#ifndef metal_list_for_each_safe
#error "metal_list_for_each_safe is missing"
#endif
#ifndef metal_io_read8
#error "metal_io_read8 is missing"
#endif
#ifndef metal_io_read16
#error "metal_io_read16 is missing"
#endif
#ifndef metal_io_read32
#error "metal_io_read32 is missing"
#endif
#ifndef metal_io_read64
#error "metal_io_read64 is missing"
#endif
#ifndef metal_io_read8_explicit
#error "metal_io_read8_explicit is missing"
#endif
#ifndef metal_io_read16_explicit
#error "metal_io_read16_explicit is missing"
#endif
#ifndef metal_io_read32_explicit
#error "metal_io_read32_explicit is missing"
#endif
#ifndef metal_io_read64_explicit
#error "metal_io_read64_explicit is missing"
#endif
#ifndef metal_io_write8
#error "metal_io_write8 is missing"
#endif
#ifndef metal_io_write16
#error "metal_io_write16 is missing"
#endif
#ifndef metal_io_write32
#error "metal_io_write32 is missing"
#endif
#ifndef metal_io_write64
#error "metal_io_write64 is missing"
#endif
#ifndef metal_io_write8_explicit
#error "metal_io_write8_explicit is missing"
#endif
#ifndef metal_io_write16_explicit
#error "metal_io_write16_explicit is missing"
#endif
#ifndef metal_io_write32_explicit
#error "metal_io_write32_explicit is missing"
#endif
#ifndef metal_io_write64_explicit
#error "metal_io_write64_explicit is missing"
#endif
#ifndef metal_align
#error "metal_align is missing"
#endif
#ifndef metal_weak
#error "metal_weak is missing"
#endif
#ifndef METAL_PACKED_BEGIN
#error "METAL_PACKED_BEGIN is missing"
#endif
#ifndef METAL_PACKED_END
#error "METAL_PACKED_END is missing"
#endif
#ifndef metal_emerg
#error "metal_emerg is missing"
#endif
#ifndef metal_alert
#error "metal_alert is missing"
#endif
#ifndef metal_crit
#error "metal_crit is missing"
#endif
#ifndef metal_err
#error "metal_err is missing"
#endif
#ifndef metal_warn
#error "metal_warn is missing"
#endif
#ifndef metal_notice
#error "metal_notice is missing"
#endif
#ifndef metal_info
#error "metal_info is missing"
#endif
#ifndef metal_dbg
#error "metal_dbg is missing"
#endif
#ifndef metal_fmt
#error "metal_fmt is missing"
#endif
#ifndef METAL_MUTEX_DEFINE
#error "METAL_MUTEX_DEFINE is missing"
#endif
#ifndef METAL_SYSTEM
#error "METAL_SYSTEM is missing"
#endif
#ifndef METAL_PROCESSOR
#error "METAL_PROCESSOR is missing"
#endif
#ifndef METAL_MACHINE
#error "METAL_MACHINE is missing"
#endif
#ifndef METAL_VER_MAJOR
#error "METAL_VER_MAJOR is missing"
#endif
#ifndef METAL_VER_MINOR
#error "METAL_VER_MINOR is missing"
#endif
#ifndef METAL_VER_PATCH
#error "METAL_VER_PATCH is missing"
#endif
#ifndef METAL_INVALID_VADDR
#error "METAL_INVALID_VADDR is missing"
#endif
#ifndef metal_yield
#error "metal_yield is missing"
#endif
#ifndef metal_asm
#error "metal_asm is missing"
#endif
