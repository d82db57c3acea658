// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PCI device of a core: registers, memory, interrupts; probe and remove.
 */

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include <linux/sysfs.h>

#include "amprelay_rproc.h"

#define IVSHMEM_DEVICE_ID 0x1110

#define BAR_REGS   0
#define BAR_MEMORY 2

static bool auto_boot = true;
module_param(auto_boot, bool, 0444);
MODULE_PARM_DESC(auto_boot, "Start each core as soon as it is found (default: Y)");

static bool attach = true;
module_param(attach, bool, 0444);
MODULE_PARM_DESC(attach, "Leave a core that runs already on, to be attached to, and at a reboot (default: Y)");

static irqreturn_t control_interrupt(int irq, void *data)
{
	amp_mailbox_tell_clock(data);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t control_thread(int irq, void *data)
{
	struct amp_core *core = data;

	wake_up(&core->answered);
	amp_report_look(core);
	amp_swap_look(core);
	return IRQ_HANDLED;
}

/* In a thread, since the callbacks of rpmsg take mutexes. */
static irqreturn_t vq_thread(int irq, void *data)
{
	struct amp_vq_irq *vq = data;

	rproc_vq_interrupt(vq->core->rproc, vq->notify_id);
	/* Finding nothing is normal: one look serves all doorbells that rang before it. */
	return IRQ_HANDLED;
}

static int map_bars(struct amp_core *core, struct pci_dev *pdev)
{
	resource_size_t regs_size = pci_resource_len(pdev, BAR_REGS);
	resource_size_t mem_size = pci_resource_len(pdev, BAR_MEMORY);
	int ret;

	if (regs_size < REGS_SIZE)
		return dev_err_probe(&pdev->dev, -ENODEV,
				     "BAR0 has %pa bytes, ivshmem's registers need %u\n",
				     &regs_size, REGS_SIZE);
	if (mem_size < AMP_CTRL_SIZE)
		return dev_err_probe(&pdev->dev, -ENODEV,
				     "BAR2 has %pa bytes, a control block needs %#x\n", &mem_size,
				     AMP_CTRL_SIZE);
	ret = pcim_iomap_regions(pdev, BIT(BAR_REGS), KBUILD_MODNAME);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot map BAR0\n");
	core->regs = pcim_iomap_table(pdev)[BAR_REGS];

	/* pcim_enable_device() has made this a managed resource too. */
	ret = pci_request_region(pdev, BAR_MEMORY, KBUILD_MODNAME);
	if (ret)
		return dev_err_probe(&pdev->dev, ret, "cannot reserve BAR2\n");
	core->mem_pa = pci_resource_start(pdev, BAR_MEMORY);
	/*
	 * Normal memory, uncached: remoteproc and virtio use memcpy() and memset() on it, at times
	 * unaligned.
	 */
	core->mem = devm_memremap(&pdev->dev, core->mem_pa, mem_size, MEMREMAP_WC);
	if (IS_ERR(core->mem))
		return dev_err_probe(&pdev->dev, PTR_ERR(core->mem),
				     "cannot map BAR2 (%pa bytes)\n", &mem_size);
	return 0;
}

/* Copies the SoC's description of the core once, and checks the copy. */
static int read_soc(struct amp_core *core, struct pci_dev *pdev)
{
	int ret;

	memcpy(&core->soc, core->mem + AMP_SOC_OFFSET, sizeof(core->soc));
	ret = amp_soc_check(&pdev->dev, &core->soc, pci_resource_len(pdev, BAR_MEMORY));
	if (ret)
		return ret;

	/* Descriptors have room for 64-bit addresses; resource table and 32-bit cores do not. */
	if (core->soc.elf_class == ELFCLASS32 && core->mem_pa + core->soc.mem_size > SZ_4G)
		return dev_err_probe(&pdev->dev, -ERANGE,
				     "BAR2 at %pa: core %s can only use addresses below 4 GiB (QEMU: -M virt,highmem=off)\n",
				     &core->mem_pa, core->soc.core);

	core->host = core->mem + AMP_HOST_OFFSET;
	core->relay = core->mem + AMP_RELAY_OFFSET;
	core->remote = core->mem + AMP_REMOTE_OFFSET;
	core->swaps = READ_ONCE(core->relay->swaps);
	return 0;
}

static int request_irqs(struct amp_core *core, struct pci_dev *pdev)
{
	unsigned int wanted = AMP_VECTOR_NOTIFY(core->soc.notify_ids);
	struct device *dev = &pdev->dev;
	const char *name;
	unsigned int i;
	int ret;

	ret = pci_alloc_irq_vectors(pdev, wanted, wanted, PCI_IRQ_MSIX);
	if (ret == -ENOSPC && pci_msix_vec_count(pdev) >= (int)wanted)
		return dev_err_probe(dev, ret,
				     "core %s needs %u MSI-X vectors (1, and one per notify id), but other devices have used up this machine's (GICv2: 64 for all)\n",
				     core->soc.core, wanted);
	if (ret < 0)
		return dev_err_probe(dev, ret,
				     "core %s needs %u MSI-X vectors (1, and one per notify id), but the device has %d (QEMU: vectors=%u)\n",
				     core->soc.core, wanted, max(pci_msix_vec_count(pdev), 0),
				     wanted);

	core->vqs = devm_kcalloc(dev, core->soc.notify_ids, sizeof(*core->vqs), GFP_KERNEL);
	if (!core->vqs)
		return -ENOMEM;
	for (i = 0; i < core->soc.notify_ids; i++) {
		struct amp_vq_irq *vq = &core->vqs[i];

		vq->core = core;
		vq->notify_id = i;
		vq->irq = pci_irq_vector(pdev, AMP_VECTOR_NOTIFY(i));
		name = devm_kasprintf(dev, GFP_KERNEL, "amprelay-%s-vq%u", core->soc.core, i);
		if (!name)
			return -ENOMEM;
		ret = devm_request_threaded_irq(dev, vq->irq, NULL, vq_thread,
						IRQF_ONESHOT | IRQF_NO_AUTOEN, name, vq);
		if (ret)
			return dev_err_probe(dev, ret, "cannot request interrupt %d\n", vq->irq);
	}

	name = devm_kasprintf(dev, GFP_KERNEL, "amprelay-%s", core->soc.core);
	if (!name)
		return -ENOMEM;
	ret = devm_request_threaded_irq(dev, pci_irq_vector(pdev, AMP_VECTOR_CONTROL),
					control_interrupt, control_thread, IRQF_ONESHOT, name,
					core);
	if (ret)
		return dev_err_probe(dev, ret, "cannot request the control interrupt\n");
	return 0;
}

/*
 * When the device cannot be added, rproc_add() gives up a reference that is its caller's: one more
 * is taken for it, and given back if it is still there.
 */
static int add(struct rproc *rproc)
{
	int ret;

	get_device(&rproc->dev);
	ret = rproc_add(rproc);
	if (!ret || kref_read(&rproc->dev.kobj.kref) > 1)
		put_device(&rproc->dev);
	return ret;
}

static int amp_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct amp_core *core;
	u32 position;
	int ret;

	/* Allocated first and so freed last: what devm releases in between may still use it. */
	core = devm_kzalloc(dev, sizeof(*core), GFP_KERNEL);
	if (!core)
		return -ENOMEM;
	core->dev = dev;
	mutex_init(&core->mailbox_lock);
	mutex_init(&core->report_lock);
	spin_lock_init(&core->discard_lock);
	init_waitqueue_head(&core->answered);
	pci_set_drvdata(pdev, core);

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot enable the device\n");
	ret = map_bars(core, pdev);
	if (ret)
		return ret;
	ret = read_soc(core, pdev);
	if (ret)
		return ret;

	position = readl(core->regs + REG_IV_POSITION);
	if (position == AMP_IVSHMEM_RELAY_ID || position > U16_MAX)
		return dev_err_probe(dev, -ENODEV,
				     "IVPosition is %#x: the device is not connected to a relay\n",
				     position);

	core->rproc = devm_rproc_alloc(dev, core->soc.core, &amp_rproc_ops, core->soc.firmware, 0);
	if (!core->rproc)
		return -ENOMEM;
	core->rproc->priv = core;
	core->rproc->auto_boot = auto_boot;
	amp_ops_init(core);

	/* Message-signalled interrupts are memory writes of the device. */
	pci_set_master(pdev);
	ret = request_irqs(core, pdev);
	if (ret)
		return ret;
	ret = amp_mailbox_greet(core, attach && amp_mailbox_can_attach(core));
	if (ret)
		return dev_err_probe(dev, ret, "core %s cannot be reset\n", core->soc.core);
	/* It is on: no RESET has been sent, or has not switched off what is another's. */
	if (attach && (amp_is_owned(core) || amp_mailbox_can_attach(core)))
		core->rproc->state = RPROC_DETACHED;
	if (amp_is_owned(core))
		dev_info(dev, "%s: the relay owns it, and starts it again when it crashes; Linux can attach to it, and neither start nor stop it\n",
			 core->soc.core);

	ret = add(core->rproc);
	if (ret) {
		amp_mailbox_leave(core);
		return dev_err_probe(dev, ret, "cannot register core %s\n", core->soc.core);
	}
	return 0;
}

/* @return as rproc_shutdown(); a core that was on before us is left on. */
static int let_go(struct rproc *rproc)
{
	return rproc->state == RPROC_ATTACHED ? rproc_detach(rproc) : rproc_shutdown(rproc);
}

/*
 * Stops the core for good, however many users remoteproc counts and whatever it is doing. From here
 * on, no request to start it reaches the relay.
 */
static void shut_down(struct amp_core *core)
{
	struct rproc *rproc = core->rproc;
	int ret;

	WRITE_ONCE(core->removing, true);
	do {
		/*
		 * rproc_shutdown() gives up when a signal interrupts its wait for the lock. So wait
		 * here first, where no signal can interrupt.
		 */
		mutex_lock(&rproc->lock);
		mutex_unlock(&rproc->lock);
		ret = let_go(rproc);
	} while (ret == -EINTR || (!ret && atomic_read(&rproc->power) > 0));
}

static void amp_remove(struct pci_dev *pdev)
{
	struct amp_core *core = pci_get_drvdata(pdev);
	struct rproc *rproc = core->rproc;

	shut_down(core);
	amp_report_end(core);
	rproc_del(rproc);

	/*
	 * An unread dump or an open character device keeps the rproc alive after this driver has
	 * gone, and its user can still ask for a start. Leave it nothing of this module to call:
	 * remoteproc refuses to start an rproc without operations.
	 */
	mutex_lock(&rproc->lock);
	memset(rproc->ops, 0, sizeof(*rproc->ops));
	mutex_unlock(&rproc->lock);

	amp_mailbox_leave(core);
}

/*
 * At power-off it is enough to stop the core: nobody will talk to it any more. At a reboot and a
 * kexec the next Linux will: it stays on, as does what is another's. Its virtio devices have been
 * reset before this.
 */
static void amp_shutdown(struct pci_dev *pdev)
{
	struct amp_core *core = pci_get_drvdata(pdev);
	bool stays = amp_is_owned(core) || (attach && system_state == SYSTEM_RESTART);

	WRITE_ONCE(core->removing, true);
	amp_report_disarm(core);
	if (stays)
		amp_ring_all(core);
	amp_mailbox_request(core, stays ? AMP_REQ_DETACH : AMP_REQ_RESET, 0, "");
	amp_mailbox_leave(core);
}

/* What the core tells of itself: usage/ of the device. "unknown" if it is off, or tells nothing. */
struct usage_attr {
	struct device_attribute attr;
	size_t member;
};

static ssize_t usage_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	const struct amp_core *core = dev_get_drvdata(dev);
	const void *usage = &core->remote->usage;
	size_t member = container_of(attr, struct usage_attr, attr)->member;

	if (READ_ONCE(core->relay->state) == AMP_CORE_OFF || !READ_ONCE(core->remote->usage.told))
		return sysfs_emit(buf, "unknown\n");
	return sysfs_emit(buf, "%u\n", READ_ONCE(*(const u32 *)(usage + member)));
}

static struct usage_attr usage[] = {
	{ __ATTR(load_permille, 0444, usage_show, NULL),
	  offsetof(struct amp_usage, load_permille) },
	{ __ATTR(stack_size, 0444, usage_show, NULL), offsetof(struct amp_usage, stack_size) },
	{ __ATTR(stack_used, 0444, usage_show, NULL), offsetof(struct amp_usage, stack_used) },
	{ __ATTR(heap_size, 0444, usage_show, NULL), offsetof(struct amp_usage, heap_size) },
	{ __ATTR(heap_used, 0444, usage_show, NULL), offsetof(struct amp_usage, heap_used) },
	{ __ATTR(memory_used, 0444, usage_show, NULL), offsetof(struct amp_usage, memory_used) },
};

static struct attribute *usage_attrs[] = {
	&usage[0].attr.attr, &usage[1].attr.attr, &usage[2].attr.attr, &usage[3].attr.attr,
	&usage[4].attr.attr, &usage[5].attr.attr, NULL,
};

static const struct attribute_group usage_group = {
	.name = "usage",
	.attrs = usage_attrs,
};

/* Who starts and stops it: "linux" or "relay". */
static ssize_t owner_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", amp_is_owned(dev_get_drvdata(dev)) ? "relay" : "linux");
}
static DEVICE_ATTR_RO(owner);

static struct attribute *owner_attrs[] = { &dev_attr_owner.attr, NULL };

static const struct attribute_group owner_group = { .attrs = owner_attrs };

static const struct attribute_group *amp_groups[] = {
	&usage_group,
	&owner_group,
	&amp_sleep_group,
	&amp_states_group,
	NULL,
};

static const struct pci_device_id amp_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, IVSHMEM_DEVICE_ID) },
	{}
};
MODULE_DEVICE_TABLE(pci, amp_ids);

static struct pci_driver amp_driver = {
	.name = KBUILD_MODNAME,
	.id_table = amp_ids,
	.probe = amp_probe,
	.remove = amp_remove,
	.shutdown = amp_shutdown,
	.dev_groups = amp_groups,
};
module_pci_driver(amp_driver);

MODULE_DESCRIPTION("AmpRelay's remote cores (ivshmem) under remoteproc");
MODULE_AUTHOR("The AmpRelay authors");
MODULE_LICENSE("GPL");
