// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux's end of the doorbell that bench/doorbell.c measures: no message and no task. The interrupt
 * handler notes what the answer took, and rings again.
 */

#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "bell.h"

#define BAR_REGS     0
#define BAR_MEMORY   2
#define REG_DOORBELL 12

struct bell {
	void __iomem *regs;
	void __iomem *memory;
	u64 rung;
	unsigned int trips;
};

static void ring(struct bell *bell)
{
	bell->rung = ktime_get_ns();
	writel(0, bell->regs + REG_DOORBELL); /* of peer 0, its vector 0 */
}

static irqreturn_t answered(int irq, void *data)
{
	u64 now = ktime_get_ns();
	struct bell *bell = data;

	if (bell->trips == BELL_TRIPS)
		return IRQ_NONE;
	writel(now - bell->rung, bell->memory + 4 * bell->trips++);
	ring(bell);
	return IRQ_HANDLED;
}

static int bell_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct bell *bell;
	int ret;

	bell = devm_kzalloc(&pdev->dev, sizeof(*bell), GFP_KERNEL);
	if (!bell)
		return -ENOMEM;
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	ret = pcim_iomap_regions(pdev, BIT(BAR_REGS) | BIT(BAR_MEMORY), KBUILD_MODNAME);
	if (ret)
		return ret;
	if (pci_resource_len(pdev, BAR_MEMORY) < 4 * BELL_TRIPS)
		return -ENODEV;
	bell->regs = pcim_iomap_table(pdev)[BAR_REGS];
	bell->memory = pcim_iomap_table(pdev)[BAR_MEMORY];
	pci_set_master(pdev);
	ret = pci_alloc_irq_vectors(pdev, 1, 1, PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	ret = devm_request_irq(&pdev->dev, pci_irq_vector(pdev, 0), answered, 0, KBUILD_MODNAME,
			       bell);
	if (ret)
		return ret;
	ring(bell);
	return 0;
}

static const struct pci_device_id bell_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_REDHAT_QUMRANET, 0x1110) }, /* ivshmem */
	{}
};
MODULE_DEVICE_TABLE(pci, bell_ids);

static struct pci_driver bell_driver = {
	.name = KBUILD_MODNAME,
	.id_table = bell_ids,
	.probe = bell_probe,
};
module_pci_driver(bell_driver);

MODULE_DESCRIPTION("How long a doorbell of AmpRelay's lab takes");
MODULE_AUTHOR("The AmpRelay authors");
MODULE_LICENSE("GPL");
