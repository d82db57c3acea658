// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every way to describe a SoC wrongly, as a small edit of two-cores.dts: the message names node and property, the exit
 * status is 1, and nothing is written.
 */
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_EDITS 3

struct refusal {
	const char *claim;
	struct {
		const char *find;
		const char *replace;
	} edit[MAX_EDITS];
	const char *message; /* all that is printed, without the "pair.dts: " of each line */
};

#define VRING(at) \
	"vring@" at " { compatible = \"amprelay,vring\"; label = \"at" at "\"; reg = <0x" at " 0x0 0x1000>; };\n"

/* the end of the fixture */
#define END "align = <4096>;\n\t\t\t\t};\n\t\t\t};\n\t\t};\n\t};\n};\n"

#define SHARED "/cores/core@0/memories/shared@21000000"

static const struct refusal refusals[] = {
	/* ------------------------------------------------------------------ shape */
	{"a_missing_property", {{"clock-frequency = <24000000>;", ""}}, "/cores/core@0: clock-frequency: missing\n"},
	{"a_missing_reg", {{"reg = <0x008000 0x4000>;", ""}}, SHARED "/vring@8000: reg: missing\n"},
	{"a_missing_label",
         {{"label = \"vdev1vring0\";", ""}},
         "/cores/core@1/memories/shared@50000000/vring@20000: label: missing\n"},
	{"a_missing_compatible",
         {{"compatible = \"amprelay,heap\";", ""}},
         SHARED "/heap@800000: compatible: missing\n"},
	{"a_missing_model", {{"model = \"pair\";", ""}}, "/: model: missing\n"},
	{"a_missing_host_property", {{"memory-mib = <512>;", ""}}, "/host: memory-mib: missing\n"},
	{"a_number_of_two_cells",
         {{"clock-frequency = <24000000>;", "clock-frequency = <0 24000000>;"}},
         "/cores/core@0: clock-frequency: must be one number (4 bytes), is 8 bytes long\n"},
	{"a_reg_without_size",
         {{"reg = <0x002000 0x4000>;", "reg = <0x002000>;"}},
         SHARED "/trace@2000: reg: must have 2 cells (1 address, 1 size), is 4 bytes long\n"},
	{"a_reg_of_32_bits_where_the_parent_says_64",
         {{"reg = <0x40 0x00000000 0x0 0x04000000>;", "reg = <0x40 0x04000000>;"}},
         "/cores/core@1/memories/rom@4000000000: reg: must have 4 cells (2 address, 2 size), is 8 bytes long\n"},
	{"a_number_where_a_string_belongs",
         {{"firmware = \"app-m3.elf\";", "firmware = <5>;"}},
         "/cores/core@0: firmware: must be one string, not empty\n"},
	{"two_strings_where_one_belongs",
         {{"firmware = \"app-m3.elf\";", "firmware = \"app\", \"m3\";"}},
         "/cores/core@0: firmware: must be one string, not empty\n"},
	{"an_empty_string",
         {{"machine = \"mps2-an385\";", "machine = \"\";"}},
         "/cores/core@0: machine: must be one string, not empty\n"},
	{"an_unprintable_string",
         {{"machine = \"mps2-an385\";", "machine = \"mps2\\x1b[31m\";"}},
         "/cores/core@0: machine: byte 0x1b is not printable ASCII\n"},
	{"too_many_address_cells",
         {{"\t\t\t#address-cells = <2>;\n\t\t\t#size-cells = <0>;",
           "\t\t\t#address-cells = <3>;\n\t\t\t#size-cells = <0>;"}},
         "/cores/core@1: #address-cells: 3 is outside 1 ... 2\n"},

	/* ------------------------------------------------------------------ who may do what */
	{"an_unknown_actor",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; policy { dump = \"owner\", \"liunx\"; };"}},
         "/cores/core@0/policy: dump: unknown \"liunx\"; did you mean \"linux\"?\n"},
	{"an_actor_that_is_like_none",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; policy { dump = \"hypervisor\"; };"}},
         "/cores/core@0/policy: dump: unknown \"hypervisor\"; known are owner, linux, tools\n"},
	{"an_actor_twice",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; policy { dump = \"linux\", \"linux\"; };"}},
         "/cores/core@0/policy: dump: \"linux\" is there twice\n"},
	{"a_number_for_an_actor",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; policy { dump = <1>; };"}},
         "/cores/core@0/policy: dump: must be one or more names, such as \"owner\", \"linux\"\n"},
	{"a_verb_that_nobody_knows",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; policy { stpo = \"linux\"; };"}},
         "/cores/core@0/policy: stpo: unknown property; did you mean \"stop\"?\n"},
	{"a_core_of_two_owners",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; policy { stop = \"tools\"; };"}},
         "/cores/core@0/policy: \"linux\" belongs in all three of start, stop and load, or in none: a core has one "
         "owner\n"},

	/* ------------------------------------------------------------------ spelling */
	{"a_misspelt_property",
         {{"boot-timeout-ms = <5000>;", "boot-timeout-ms = <5000>; boot-timout-ms = <1>;"}},
         "/cores/core@0: boot-timout-ms: unknown property; did you mean \"boot-timeout-ms\"?\n"},
	{"an_unknown_property",
         {{"cpus = <2>;", "cpus = <2>; kernel-arguments = \"quiet\";"}},
         "/host: kernel-arguments: unknown property of host nodes\n"},
	{"a_misspelt_region",
         {{"\"amprelay,trace\"", "\"amprelay,trcae\""}},
         SHARED "/trace@2000: compatible: unknown \"amprelay,trcae\"; did you mean \"amprelay,trace\"?\n"},
	{"a_foreign_node",
         {{"\"amprelay,heap\"", "\"simple-bus\""}},
         SHARED "/heap@800000: compatible: unknown \"simple-bus\" at this place\n"},
	{"a_misspelt_device",
         {{"\"amprelay,doorbell\", \"arm,cmsdk-uart\"", "\"amprelay,doorbell\", \"arm,cmdsk-uart\""}},
         "/cores/core@0/doorbell@40005000: compatible: unknown device \"arm,cmdsk-uart\"; did you mean "
         "\"arm,cmsdk-uart\"?\n"},
	{"a_doorbell_that_names_no_device",
         {{"\"amprelay,doorbell\", \"arm,pl011\"", "\"amprelay,doorbell\""}},
         "/cores/core@1/doorbell@9000000: compatible: must be \"amprelay,doorbell\" and the device, such as "
         "\"arm,cmsdk-uart\"\n"},
	{"a_region_with_a_second_compatible",
         {{"\"amprelay,trace\"", "\"amprelay,trace\", \"other\""}},
         SHARED "/trace@2000: compatible: must be just \"amprelay,trace\"\n"},
	{"a_misspelt_isa",
         {{"isa = \"aarch64\";", "isa = \"arch64\";"}},
         "/cores/core@1: isa: unknown \"arch64\"; did you mean \"aarch64\"?\n"},
	{"a_misspelt_node",
         {{"host {\n\t\tcompatible = \"amprelay,host-arm64\";", "host {\n\t\tcompatible = \"amprelay,host-amr64\";"}},
         "/host: compatible: unknown \"amprelay,host-amr64\"; did you mean \"amprelay,host-arm64\"?\n"},
	{"a_misspelt_node_without_compatible",
         {{"\tcores {", "\tcore {"}},
         "/core: unknown node; did you mean \"cores\"?\n"},
	{"another_description",
         {{"\"amprelay,soc\"", "\"linux,dummy-virt\""}},
         "/: compatible: unknown \"linux,dummy-virt\" at this place\n"},
	{"a_name_that_contradicts_reg",
         {{"reg = <0x00c000 0x4000>;", "reg = <0x00d000 0x3000>;"}},
         SHARED "/vring@c000: reg: is at 0xd000, so the node's name must end in @d000\n"},
	{"a_core_name_that_is_a_path",
         {{"label = \"m3\";", "label = \"../m3\";"}},
         "/cores/core@0: label: \"../m3\" may only have a-z, 0-9, '_', '-', and no '-' first\n"},
	{"a_core_name_that_another_log_has",
         {{"label = \"m3\";", "label = \"relay\";"}},
         "/cores/core@0: label: \"relay\" is the name of another log: a core's is CORE.log\n"},
	{"a_core_name_of_16_characters",
         {{"label = \"m3\";", "label = \"m3-0123456789abc\";"}},
         "/cores/core@0: label: \"m3-0123456789abc\" has 16 characters; 15 is the limit\n"},
	{"a_firmware_that_is_a_path",
         {{"\"app-m3.elf\"", "\"/etc/passwd\""}},
         "/cores/core@0: firmware: \"/etc/passwd\" must be a file name of letters, digits, '.', '_', '-' without "
         "directory, "
         "and start with a letter, digit or '_'\n"},

	{"a_stranger_without_compatible",
         {{"heap@800000 {", "chosen { }; heap@800000 {"}},
         SHARED "/chosen: unknown node, without a compatible property\n"},
	{"a_compatible_that_is_no_string",
         {{"\"amprelay,heap\"", "[61 62]"}},
         SHARED "/heap@800000: compatible: must be a string\n"},

	/* ------------------------------------------------------------------ how many */
	{"a_soc_without_cores", {{END, END "/ { /delete-node/ cores; };"}}, "/: has no cores node\n"},
	{"a_soc_without_host",
         {{END, END "/ { /delete-node/ host; };"}},
         "/: has no host node (compatible \"amprelay,host-arm64\")\n"},
	{"a_region_more_than_the_control_block_can_list",
         {{"buffers@13000 {",
           VRING("30000") VRING("31000") VRING("32000") VRING("33000") VRING("34000") VRING("35000") VRING("36000")
                   VRING("37000") VRING("38000") VRING("39000") VRING("3a000") "buffers@13000 {"}},
         "/cores/core@1/memories/shared@50000000/vring@20000: one region too many; the control block has room for "
         "16\n"},
	{"a_core_without_doorbell",
         {{"doorbell@9000000 {\n\t\t\t\tcompatible = \"amprelay,doorbell\", \"arm,pl011\";\n\t\t\t\treg = <0x0 "
           "0x09000000>;\n\t\t\t\tinterrupt = <33>;\n\t\t\t\tserial = <0>;\n\t\t\t};",
           ""}},
         "/cores/core@1: has no doorbell node (compatible \"amprelay,doorbell\")\n"},
	{"a_second_trace_region",
         {{"heap@800000 {", "trace@6000 { compatible = \"amprelay,trace\"; reg = <0x6000 0x1000>; }; heap@800000 {"}},
         SHARED "/trace@6000: one trace too many; the limit is 1\n"},
	{"a_shared_memory_without_firmware_region",
         {{"firmware@100000 {\n\t\t\t\t\t\tcompatible = \"amprelay,firmware\";\n\t\t\t\t\t\treg = <0x100000 "
           "0x700000>;\n\t\t\t\t\t};",
           ""}},
         SHARED ": has no firmware node (compatible \"amprelay,firmware\")\n"},
	{"a_third_vring",
         {{"descriptors = <256>;\n\t\t\t\t\talign = <4096>;\n\t\t\t\t};\n\t\t\t};\n\t\t};\n\n\t\tcore@1",
           "descriptors = <256>;\n\t\t\t\t\talign = <4096>;\n\t\t\t\t};\n"
           "\t\t\t\tvring@2 { reg = <2>; region = \"vdev0vring1\"; notify-id = <2>; descriptors = <256>; align = "
           "<4096>; };\n\t\t\t};\n\t\t};\n\n\t\tcore@1"}},
         "/cores/core@0/vdev@0/vring@2: one vring too many; the limit is 2\n"},

	/* ------------------------------------------------------------------ ranges */
	{"no_processors", {{"cpus = <2>;", "cpus = <0>;"}}, "/host: cpus: 0 is outside 1 ... 8\n"},
	{"one_descriptor",
         {{"notify-id = <2>;\n\t\t\t\t\tdescriptors = <256>;", "notify-id = <2>;\n\t\t\t\t\tdescriptors = <1>;"}},
         "/cores/core@1/vdev@1/vring@0: descriptors: 1 is outside 2 ... 32768\n"},
	{"descriptors_that_are_no_power_of_two",
         {{"notify-id = <2>;\n\t\t\t\t\tdescriptors = <256>;", "notify-id = <2>;\n\t\t\t\t\tdescriptors = <200>;"}},
         "/cores/core@1/vdev@1/vring@0: descriptors: 200 is not a power of two\n"},
	{"an_alignment_above_a_page",
         {{"notify-id = <2>;\n\t\t\t\t\tdescriptors = <256>;\n\t\t\t\t\talign = <4096>;",
           "notify-id = <2>;\n\t\t\t\t\tdescriptors = <256>;\n\t\t\t\t\talign = <8192>;"}},
         "/cores/core@1/vdev@1/vring@0: align: 8192 is outside 4 ... 4096\n"},
	{"an_alignment_that_is_no_power_of_two",
         {{"notify-id = <2>;\n\t\t\t\t\tdescriptors = <256>;\n\t\t\t\t\talign = <4096>;",
           "notify-id = <2>;\n\t\t\t\t\tdescriptors = <256>;\n\t\t\t\t\talign = <96>;"}},
         "/cores/core@1/vdev@1/vring@0: align: 96 is not a power of two\n"},
	{"a_notify_id_that_is_a_command_byte",
         {{"notify-id = <2>;", "notify-id = <64>;"}},
         "/cores/core@1/vdev@1/vring@0: notify-id: 64 is outside 0 ... 63\n"},

	/* ------------------------------------------------------------------ address space */
	{"a_rom_above_4_gib_on_a_32_bit_core",
         {{"isa = \"aarch64\";", "isa = \"riscv32\";"}},
         "/cores/core@1/memories/rom@4000000000: reg: 0x4000000000 + 0x4000000 does not fit into 32 address bits\n"},
	{"a_memory_over_the_end_of_the_address_space",
         {{"reg = <0x40 0x00000000 0x0 0x04000000>;", "reg = <0x40 0x00000000 0xffffffff 0xffffffff>;"}},
         "/cores/core@1/memories/rom@4000000000: reg: 0x4000000000 + 0xffffffffffffffff does not fit into 64 address "
         "bits\n"},
	{"an_empty_memory",
         {{"reg = <0x20000000 0x400000>;", "reg = <0x20000000 0>;"}},
         "/cores/core@0/memories/ram@20000000: reg: is empty\n"},
	{"a_ram_that_overlaps_the_shared_memory",
         {{"reg = <0x20000000 0x400000>;", "reg = <0x20000000 0x1000001>;"}},
         "/cores/core@0/memories/shared@21000000: reg: overlaps ram@20000000 (0x20000000-0x21000000)\n"},
	{"private_memory_that_overlaps_the_ram",
         {{"ram@20000000 {",
           "private@20001000 {\n\t\t\t\t\tcompatible = \"amprelay,private\";\n\t\t\t\t\treg = <0x20001000 "
           "0x1000>;\n\t\t\t\t};\n\n\t\t\t\tram@20000000 {"}},
         "/cores/core@0/memories/private@20001000: reg: overlaps ram@20000000 (0x20000000-0x203fffff)\n"},
	{"private_memory_that_is_no_whole_page",
         {{"ram@20000000 {",
           "private@20800000 {\n\t\t\t\t\tcompatible = \"amprelay,private\";\n\t\t\t\t\treg = <0x20800000 "
           "0x1800>;\n\t\t\t\t};\n\n\t\t\t\tram@20000000 {"}},
         "/cores/core@0/memories/private@20800000: reg: 0x20800000 + 0x1800 are not whole pages of 0x1000\n"},
	{"signed_firmware_without_private_memory",
         {{"bootrom = \"bootrom-m3.elf\";", "bootrom = \"bootrom-m3.elf\";\n\t\t\tamprelay,secure = \"vendor.pub\";"}},
         "/cores/core@0: amprelay,secure: signed firmware executes from private memory only, and there is none "
         "(compatible \"amprelay,private\")\n"},
	{"a_key_with_a_directory",
         {{"bootrom = \"bootrom-m3.elf\";",
           "bootrom = \"bootrom-m3.elf\";\n\t\t\tamprelay,secure = \"/etc/vendor.pub\";"}},
         "/cores/core@0: amprelay,secure: \"/etc/vendor.pub\" must be a file name of letters, digits, '.', '_', '-' "
         "without directory, and start with a letter, digit or '_'\n"},
	{"a_device_in_the_shared_memory",
         {{"doorbell@40005000", "doorbell@21005000"}, {"reg = <0x40005000>;", "reg = <0x21005000>;"}},
         "/cores/core@0/doorbell@21005000: reg: overlaps shared@21000000 (0x21000000-0x21ffffff)\n"},
	{"two_devices_at_one_place",
         {{"watchdog@40008000", "watchdog@40005000"}, {"reg = <0x40008000>;", "reg = <0x40005000>;"}},
         "/cores/core@0/watchdog@40005000: reg: overlaps doorbell@40005000 (0x40005000-0x40005fff)\n"},
	{"a_console_on_the_doorbell_s_serial_port",
         {{"interrupt = <0>;\n\t\t\t\tserial = <0>;", "interrupt = <0>;\n\t\t\t\tserial = <1>;"}},
         "/cores/core@0/console@40004000: serial: 1 is the serial port of doorbell@40005000\n"},
	{"a_console_on_the_doorbell_s_registers",
         {{"console@40004000", "console@40005000"}, {"reg = <0x40004000>;", "reg = <0x40005000>;"}},
         "/cores/core@0/console@40005000: reg: overlaps doorbell@40005000 (0x40005000-0x40005fff)\n"},
	{"a_shared_memory_that_no_bar_can_have",
         {{"reg = <0x21000000 0x1000000>;", "reg = <0x21000000 0x1800000>;"}},
         SHARED ": reg: size 0x1800000 is not a power of two of at least 0x1000; Linux sees it as a PCI BAR\n"},
	{"a_shared_memory_that_crosses_a_multiple_of_4_gib",
         {{"shared@50000000", "shared@1ffc00000"},
          {"reg = <0x0 0x50000000 0x0 0x00800000>;", "reg = <0x1 0xffc00000 0x0 0x00800000>;"}},
         "/cores/core@1/memories/shared@1ffc00000: reg: 0x1ffc00000 + 0x800000 crosses a multiple of 4 GiB; resource "
         "tables have the lower half of an address only\n"},
	{"a_shared_memory_that_is_not_page_aligned",
         {{"shared@50000000", "shared@50000800"},
          {"reg = <0x0 0x50000000 0x0 0x00800000>;", "reg = <0x0 0x50000800 0x0 0x00800000>;"}},
         "/cores/core@1/memories/shared@50000800: reg: address 0x50000800 is not a multiple of 0x1000\n"},

	/* ------------------------------------------------------------------ regions */
	{"regions_that_overlap",
         {{"vring@c000", "vring@5000"}, {"reg = <0x00c000 0x4000>;", "reg = <0x005000 0x3000>;"}},
         SHARED "/vring@5000: reg: overlaps trace@2000 (0x2000-0x5fff)\n"},
	{"a_region_over_the_end",
         {{"reg = <0x800000 0x800000>;", "reg = <0x800000 0x801000>;"}},
         SHARED "/heap@800000: reg: 0x800000 + 0x801000 runs over the end of shared@21000000 (size 0x1000000)\n"},
	{"a_region_whose_end_wraps_around",
         {{"reg = <0x010000 0x0 0x1000>;", "reg = <0x010000 0xffffffff 0xfffff000>;"}},
         "/cores/core@1/memories/shared@50000000/vring@10000: reg: 0x10000 + 0xfffffffffffff000 runs over the end of "
         "shared@50000000 (size 0x800000)\n"},
	{"an_offset_that_is_not_page_aligned",
         {{"heap@800000", "heap@800800"}, {"reg = <0x800000 0x800000>;", "reg = <0x800800 0x400000>;"}},
         SHARED "/heap@800800: reg: offset 0x800800 is not a multiple of 0x1000\n"},
	{"a_size_that_is_not_page_aligned",
         {{"reg = <0x800000 0x800000>;", "reg = <0x800000 0x7fffff>;"}},
         SHARED "/heap@800000: reg: size 0x7fffff is not a multiple of 0x1000 above 0\n"},
	{"an_empty_region",
         {{"reg = <0x800000 0x800000>;", "reg = <0x800000 0>;"}},
         SHARED "/heap@800000: reg: size 0x0 is not a multiple of 0x1000 above 0\n"},
	{"a_control_block_elsewhere",
         {{"control@0 {\n\t\t\t\t\t\tcompatible = \"amprelay,control\";\n\t\t\t\t\t\treg = <0x000000 0x2000>;",
           "control@6000 {\n\t\t\t\t\t\tcompatible = \"amprelay,control\";\n\t\t\t\t\t\treg = <0x006000 0x2000>;"}},
         SHARED "/control@6000: reg: must be <0x0 0x2000>, where everyone looks for the control block\n"},
	{"a_control_block_of_another_size",
         {{"reg = <0x000000 0x2000>;", "reg = <0x000000 0x1000>;"}},
         SHARED "/control@0: reg: must be <0x0 0x2000>, where everyone looks for the control block\n"},
	{"a_vring_region_that_nobody_uses",
         {{"heap@800000 {",
           "vring@10000 { compatible = \"amprelay,vring\"; label = \"vdev7vring0\"; reg = <0x10000 0x1000>; };\n"
           "heap@800000 {"}},
         SHARED "/vring@10000: label: no vdev uses \"vdev7vring0\"\n"},
	{"two_regions_of_one_name",
         {{"heap@800000 {",
           "vring@10000 { compatible = \"amprelay,vring\"; label = \"vdev0vring1\"; reg = <0x10000 0x1000>; };\n"
           "heap@800000 {"}},
         SHARED "/vring@10000: label: no vdev uses \"vdev0vring1\"\n" SHARED
                "/vring@10000: label: \"vdev0vring1\" is the name of vring@c000 already\n"},

	/* ------------------------------------------------------------------ virtio devices */
	{"a_vring_region_that_is_too_small",
         {{"reg = <0x00c000 0x4000>;", "reg = <0x00c000 0x2000>;"}},
         SHARED "/vring@c000: reg: size 0x2000 is too small: 256 descriptors aligned to 4096 need 0x3000\n"},
	{"a_buffer_region_that_is_too_small",
         {{"reg = <0x040000 0x40000>;", "reg = <0x040000 0x3f000>;"}},
         SHARED "/buffers@40000: reg: size 0x3f000 is too small: 2 * 256 buffers of 512 need 0x40000\n"},
	{"buffers_that_fit_but_not_as_a_block_of_linux_s_pool",
         {{"buffer-size = <512>;", "buffer-size = <320>;"}, {"reg = <0x040000 0x40000>;", "reg = <0x040000 0x28000>;"}},
         SHARED "/buffers@40000: reg: size 0x28000 is too small: 2 * 256 buffers of 320 need 0x40000\n"},
	{"a_vring_in_a_region_that_does_not_exist",
         {{"region = \"vdev1vring0\";", "region = \"vdev1vring7\";"},
          {"label = \"vdev1vring0\";", "label = \"vdev1vring0\";"}},
         "/cores/core@1/memories/shared@50000000/vring@20000: label: no vdev uses \"vdev1vring0\"\n"
         "/cores/core@1/vdev@1/vring@0: region: no such region in the shared memory; it should be \"vdev1vring0\"\n"},
	{"a_vring_whose_name_linux_would_not_find",
         {{"region = \"vdev1vring0\";", "region = \"console\";"}, {"label = \"vdev1vring0\";", "label = \"console\";"}},
         "/cores/core@1/vdev@1/vring@0: region: is \"console\", but Linux looks for the name \"vdev1vring0\"\n"},
	{"a_notify_id_with_a_gap",
         {{"notify-id = <2>;", "notify-id = <3>;"}},
         "/cores/core@1/vdev@1/vring@0: notify-id: must be 2: Linux numbers the queues of all vdevs 0, 1 ... in "
         "order\n"},
	{"a_notify_id_given_twice",
         {{"notify-id = <2>;", "notify-id = <1>;"}},
         "/cores/core@1/vdev@1/vring@0: notify-id: must be 2: Linux numbers the queues of all vdevs 0, 1 ... in "
         "order\n"},
	{"vdevs_out_of_order",
         {{"vdev@1 {", "vdev@2 {"}, {"reg = <0x0 0x1>;", "reg = <0x0 0x2>;"}},
         "/cores/core@1/vdev@2: reg: must be 1: vdevs are numbered 0, 1 ... in order\n"},
	{"an_rpmsg_device_with_one_vring",
         {{"virtio-id = <3>;", "virtio-id = <7>;"}},
         "/cores/core@1/vdev@1: buffers: missing\n/cores/core@1/vdev@1: buffer-size: missing\n"
         "/cores/core@1/vdev@1: an RPMsg device has 2 vrings, this one has 1\n"},
	{"rpmsg_vrings_of_different_lengths",
         {{"notify-id = <1>;\n\t\t\t\t\tdescriptors = <16>;", "notify-id = <1>;\n\t\t\t\t\tdescriptors = <8>;"}},
         "/cores/core@1/vdev@0/vring@1: descriptors: must be 16 as in vring@0: RPMsg uses both alike\n"},
	{"a_buffer_size_without_buffers",
         {{"virtio-id = <3>;", "virtio-id = <3>; buffer-size = <512>;"}},
         "/cores/core@1/vdev@1: buffer-size: has no meaning without \"buffers\"\n"},
	{"buffers_without_their_size", {{"buffer-size = <512>;", ""}}, "/cores/core@0/vdev@0: buffer-size: missing\n"},

	/* ------------------------------------------------------------------ times, cores */
	{"a_heartbeat_timeout_of_two_periods",
         {{"timeout-ms = <300>;", "timeout-ms = <299>;"}},
         "/cores/core@1/heartbeat: timeout-ms: 299 ms is less than 3 periods of 100 ms; one late beat would count as "
         "death\n"},
	{"a_watchdog_faster_than_the_heartbeat",
         {{"\ttimeout-ms = <1000>;", "\ttimeout-ms = <400>;"}},
         "/cores/core@0/watchdog@40008000: timeout-ms: 400 ms is not longer than the heartbeat's timeout of 400 ms\n"},
	{"a_watchdog_by_the_relay_faster_than_the_heartbeat",
         {{"timeout-ms = <2000>;", "timeout-ms = <300>;"}},
         "/cores/core@1/watchdog: timeout-ms: 300 ms is not longer than the heartbeat's timeout of 300 ms\n"},
	{"two_watchdogs",
         {{"watchdog@40008000 {",
           "dog { compatible = \"amprelay,relay-watchdog\"; timeout-ms = <1000>; };\nwatchdog@40008000 {"}},
         "/cores/core@0/dog: there is watchdog@40008000 already; the main loop feeds one\n"},
	{"a_watchdog_that_its_counter_cannot_hold",
         {{"\ttimeout-ms = <1000>;", "\ttimeout-ms = <171799>;"}},
         "/cores/core@0/watchdog@40008000: timeout-ms: 171799 ms are 4294975000 ticks at 25000000 Hz; the counter has "
         "32 "
         "bits\n"},
	{"two_cores_of_one_name",
         {{"label = \"a53\";", "label = \"m3\";"}},
         "/cores/core@1: label: \"m3\" is the name of core@0 already\n"},
	{"cores_out_of_order",
         {{"core@1 {", "core@2 {"}, {"reg = <1>;\n\t\t\t#address-cells", "reg = <2>;\n\t\t\t#address-cells"}},
         "/cores/core@2: reg: must be 1: cores are numbered 0, 1 ... in order\n"},
};

/* "pair.dts: " before each line; the model names the source, unless it is the model that is missing */
static void prefixed(char *out, size_t size, const char *lines, const char *source)
{
	size_t len = 0;

	while (*lines) {
		int line = (int)strcspn(lines, "\n") + 1;

		len += (size_t)snprintf(out + len, size - len, "%s: %.*s", source, line, lines);
		assert_true(len < size);
		lines += line;
	}
}

struct trial {
	struct place *place;
	const struct refusal *refusal;
};

static struct trial trials[sizeof(refusals) / sizeof(*refusals)];

static int set_up(void **state)
{
	struct trial *trial = *state;

	return make_directory((void **)&trial->place);
}

static int tear_down(void **state)
{
	struct trial *trial = *state;

	return remove_directory((void **)&trial->place);
}

static void is_refused(void **state)
{
	const struct trial *trial = *state;
	const struct refusal *refusal = trial->refusal;
	char *text = fixture_text(), expected[4096];
	struct outcome outcome;

	for (int i = 0; i < MAX_EDITS && refusal->edit[i].find; i++)
		text = edit(text, refusal->edit[i].find, refusal->edit[i].replace);
	compile(trial->place, text);
	prefixed(expected, sizeof(expected), refusal->message, strstr(text, "model =") ? "pair.dts" : "soc.dtb");
	free(text);

	outcome = generate(trial->place);
	assert_string_equal(outcome.text, expected);
	assert_int_equal(outcome.status, 1);
	assert_false(exists(trial->place->out));
}

int main(void)
{
	enum {
		COUNT = sizeof(refusals) / sizeof(*refusals)
	};
	static struct CMUnitTest tests[COUNT];
	static char names[COUNT][96];

	for (size_t i = 0; i < COUNT; i++) {
		trials[i].refusal = &refusals[i];
		snprintf(names[i], sizeof(names[i]), "%s_is_refused", refusals[i].claim);
		tests[i] = (struct CMUnitTest){names[i], is_refused, set_up, tear_down, &trials[i]};
	}
	return cmocka_run_group_tests_name("socgen refusals", tests, NULL, NULL);
}
