// SPDX-License-Identifier: GPL-2.0-only
/* The bindings as tables. docs/reference/soc-description.md explains the same tables to people: change both. */
#include "schema.h"
#include "socgen.h"

#include <string.h>

#define LABEL_MAX (AMP_NAME_LEN - 1)

const struct soc_isa soc_isas[] = {
	{"arm", 40, 1, 32},
	{"riscv32", 243, 1, 32},
	{"aarch64", 183, 2, 64},
	{0},
};

static const struct node_schema *const no_children[] = {NULL};

/* ------------------------------------------------------------------ the core's shared memory */

static const struct property_schema region_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"reg", .type = VALUE_REG},
	{0},
};

static const struct property_schema labelled_region_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"label", .type = VALUE_NAME, .max = LABEL_MAX},
	{"reg", .type = VALUE_REG},
	{0},
};

static const struct node_schema control_schema = {
	"amprelay,control", "control", 1, 1, NULL, region_properties, no_children,
};
static const struct node_schema trace_schema = {
	"amprelay,trace", "trace", 0, 1, NULL, region_properties, no_children,
};
static const struct node_schema region_vring_schema = {
	"amprelay,vring", "vring", 0, AMP_MAX_REGIONS, NULL, labelled_region_properties, no_children,
};
static const struct node_schema buffers_schema = {
	"amprelay,buffers", "buffers", 0, AMP_MAX_REGIONS, NULL, labelled_region_properties, no_children,
};
static const struct node_schema firmware_schema = {
	"amprelay,firmware", "firmware", 1, 1, NULL, region_properties, no_children,
};
static const struct node_schema heap_schema = {
	"amprelay,heap", "heap", 0, 1, NULL, region_properties, no_children,
};

static const struct {
	enum amp_region_kind kind;
	const struct node_schema *schema;
} region_kinds[] = {
	{AMP_REGION_CONTROL, &control_schema},    {AMP_REGION_TRACE, &trace_schema},
	{AMP_REGION_VRING, &region_vring_schema}, {AMP_REGION_BUFFERS, &buffers_schema},
	{AMP_REGION_FIRMWARE, &firmware_schema},  {AMP_REGION_HEAP, &heap_schema},
};

static const struct property_schema shared_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"reg", .type = VALUE_REG},
	{"#address-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{"#size-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{0},
};
static const struct node_schema *const shared_children[] = {
	&control_schema, &trace_schema, &region_vring_schema, &buffers_schema, &firmware_schema, &heap_schema, NULL,
};
static const struct node_schema shared_schema = {
	"amprelay,shared-memory", "shared", 1, 1, NULL, shared_properties, shared_children,
};

/* ------------------------------------------------------------------ what the core alone sees */

static const struct node_schema rom_schema = {
	"amprelay,private-rom", "rom", 1, 1, NULL, region_properties, no_children,
};
static const struct node_schema ram_schema = {
	"amprelay,private-ram", "ram", 0, 1, NULL, region_properties, no_children,
};

static const struct node_schema private_schema = {
	"amprelay,private", "private", 0, SOC_MAX_PRIVATE, NULL, region_properties, no_children,
};

static const struct property_schema memories_properties[] = {
	{"#address-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{"#size-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{0},
};
static const struct node_schema *const memories_children[] = {&rom_schema, &ram_schema, &private_schema, &shared_schema,
                                                              NULL};
static const struct node_schema memories_schema = {
	NULL, "memories", 1, 1, NULL, memories_properties, memories_children,
};

static const char *const uart_devices[] = {"arm,cmsdk-uart", "ns16550a", "arm,pl011", NULL};
static const struct property_schema uart_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"reg", .type = VALUE_REG},
	{"interrupt", .type = VALUE_U32, .max = 1019},
	{"serial", .type = VALUE_U32, .max = 15},
	{0},
};
static const struct node_schema doorbell_schema = {
	"amprelay,doorbell", "doorbell", 1, 1, uart_devices, uart_properties, no_children,
};

static const struct node_schema console_schema = {
	"amprelay,console", "console", 0, 1, uart_devices, uart_properties, no_children,
};

static const char *const watchdog_devices[] = {"arm,cmsdk-watchdog", NULL};
static const struct property_schema watchdog_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"reg", .type = VALUE_REG},
	{"clock-frequency", .type = VALUE_U32, .min = 1, .max = UINT32_MAX},
	{"timeout-ms", .type = VALUE_U32, .min = 1, .max = UINT32_MAX},
	{0},
};
static const struct node_schema watchdog_schema = {
	"amprelay,watchdog", "watchdog", 0, 1, watchdog_devices, watchdog_properties, no_children,
};

static const struct property_schema relay_watchdog_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"timeout-ms", .type = VALUE_U32, .min = 1, .max = 600000},
	{0},
};
static const struct node_schema relay_watchdog_schema = {
	"amprelay,relay-watchdog", "watchdog", 0, 1, NULL, relay_watchdog_properties, no_children,
};

static const struct property_schema heartbeat_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"period-ms", .type = VALUE_U32, .min = 1, .max = 60000},
	{"timeout-ms", .type = VALUE_U32, .min = 1, .max = 600000},
	{0},
};
static const struct node_schema heartbeat_schema = {
	"amprelay,heartbeat", "heartbeat", 1, 1, NULL, heartbeat_properties, no_children,
};

/* ------------------------------------------------------------------ who may do what */

const char *const soc_verbs[] = {"start", "stop", "load", "dump", "debug", NULL};
const char *const soc_actors[] = {"owner", "linux", "tools", NULL};

static const struct property_schema policy_properties[] = {
	{"start", .type = VALUE_WHO, .optional = true}, {"stop", .type = VALUE_WHO, .optional = true},
	{"load", .type = VALUE_WHO, .optional = true},  {"dump", .type = VALUE_WHO, .optional = true},
	{"debug", .type = VALUE_WHO, .optional = true}, {0},
};
static const struct node_schema policy_schema = {
	NULL, "policy", 0, 1, NULL, policy_properties, no_children,
};

/* ------------------------------------------------------------------ virtio devices that the core offers */

static const struct property_schema vring_properties[] = {
	{"reg", .type = VALUE_REG},
	{"region", .type = VALUE_NAME, .max = LABEL_MAX},
	{"notify-id", .type = VALUE_U32, .max = AMP_DB_NOTIFY_MAX - 1},
	{"descriptors", .type = VALUE_U32, .min = 2, .max = 32768},
	/* The used ring needs 4. Regions are aligned to a page, so that both sides find the ring's parts only up to
           that. */
	{"align", .type = VALUE_U32, .min = 4, .max = SOC_PAGE},
	{0},
};
static const struct node_schema vring_schema = {
	NULL, "vring", 1, SOC_MAX_VRINGS, NULL, vring_properties, no_children,
};

static const struct property_schema vdev_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"reg", .type = VALUE_REG},
	{"#address-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{"#size-cells", .type = VALUE_U32, .min = 0, .max = 0},
	{"virtio-id", .type = VALUE_U32, .min = 1, .max = 63},
	{"features", .type = VALUE_U32, .max = UINT32_MAX},
	{"buffers", .type = VALUE_NAME, .optional = true, .max = LABEL_MAX},
	{"buffer-size", .type = VALUE_U32, .optional = true, .min = 32, .max = 65536},
	{0},
};
static const struct node_schema *const vdev_children[] = {&vring_schema, NULL};
static const struct node_schema vdev_schema = {
	"amprelay,vdev", "vdev", 0, SOC_MAX_VDEVS, NULL, vdev_properties, vdev_children,
};

/* ------------------------------------------------------------------ cores, host, root */

static const struct property_schema core_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"reg", .type = VALUE_REG},
	{"#address-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{"#size-cells", .type = VALUE_U32, .min = 0, .max = 0},
	{"label", .type = VALUE_NAME, .max = LABEL_MAX},
	{"machine", .type = VALUE_TEXT, .max = 255},
	{"cpu", .type = VALUE_TEXT, .optional = true, .max = 95},
	{"isa", .type = VALUE_ISA, .max = 15},
	{"clock-frequency", .type = VALUE_U32, .min = 1, .max = UINT32_MAX},
	{"firmware", .type = VALUE_FILE, .max = AMP_FIRMWARE_LEN - 1},
	{"bootrom", .type = VALUE_FILE, .max = AMP_FIRMWARE_LEN - 1},
	{"boot-timeout-ms", .type = VALUE_U32, .min = 1, .max = 600000},
	{"amprelay,secure", .type = VALUE_FILE, .optional = true, .max = AMP_FIRMWARE_LEN - 1},
	{0},
};
static const struct node_schema *const core_children[] = {
	&memories_schema, &doorbell_schema,       &console_schema,
	&watchdog_schema, &relay_watchdog_schema, &heartbeat_schema,
	&vdev_schema,     &policy_schema,         NULL,
};
static const struct node_schema core_schema = {
	"amprelay,core", "core", 1, SOC_MAX_CORES, NULL, core_properties, core_children,
};

static const struct property_schema cores_properties[] = {
	{"#address-cells", .type = VALUE_U32, .min = 1, .max = 1},
	{"#size-cells", .type = VALUE_U32, .min = 0, .max = 0},
	{0},
};
static const struct node_schema *const cores_children[] = {&core_schema, NULL};
static const struct node_schema cores_schema = {NULL, "cores", 1, 1, NULL, cores_properties, cores_children};

static const struct property_schema host_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"machine", .type = VALUE_TEXT, .max = 255},
	{"cpu", .type = VALUE_TEXT, .max = 255},
	{"cpus", .type = VALUE_U32, .min = 1, .max = 8},
	{"memory-mib", .type = VALUE_U32, .min = 64, .max = 65536},
	{0},
};
static const struct node_schema host_schema = {
	"amprelay,host-arm64", "host", 1, 1, NULL, host_properties, no_children,
};

static const struct property_schema root_properties[] = {
	{"compatible", .type = VALUE_COMPATIBLE},
	{"model", .type = VALUE_NAME, .max = 31},
	{"#address-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{"#size-cells", .type = VALUE_U32, .min = 1, .max = 2},
	{0},
};
static const struct node_schema *const root_children[] = {&host_schema, &cores_schema, NULL};
const struct node_schema soc_root_schema = {"amprelay,soc", "/", 1, 1, NULL, root_properties, root_children};

enum amp_region_kind soc_region_kind(const char *compatible)
{
	for (size_t i = 0; i < sizeof(region_kinds) / sizeof(*region_kinds); i++)
		if (strcmp(region_kinds[i].schema->compatible, compatible) == 0)
			return region_kinds[i].kind;
	return AMP_REGION_NONE;
}

const char *soc_region_kind_name(enum amp_region_kind kind)
{
	for (size_t i = 0; i < sizeof(region_kinds) / sizeof(*region_kinds); i++)
		if (region_kinds[i].kind == kind)
			return region_kinds[i].schema->name;
	return "none";
}
