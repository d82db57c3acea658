// SPDX-License-Identifier: GPL-2.0-only
/* socgen: from a device tree blob to its outputs. What it accepts, the relay accepts. Input: the blob. */
int socgen_main(int argc, char **argv);
#define main socgen_main
#include "../../tools/socgen/main.c"
#undef main

#include "fuzz.h"

#include "soc_file.h"

static void check_outputs(const struct soc *soc)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	soc_emit_json(out, soc);
	fclose(out);
	/* socgen leaves it to QEMU what a machine's name may contain; the relay, which makes an argument of it, does
	 * not */
	if (!soc_file_loads(text, size) && !strstr(soc_file_error(), "is not a QEMU name")) {
		fprintf(stderr, "socgen wrote what the relay refuses: %s\n%s\n", soc_file_error(), text);
		fuzz_check(!"socgen's output loads");
	}
	out = fopen("/dev/null", "w");
	if (!out)
		abort();
	for (unsigned int i = 0; i < soc->num_cores; i++) {
		soc_emit_header(out, soc, &soc->core[i]);
		soc_emit_ld(out, soc, &soc->core[i]);
	}
	fclose(out);
	free(text);
}

static void check_soc(const struct soc *soc)
{
	fuzz_check(soc->num_cores >= 1 && soc->num_cores <= SOC_MAX_CORES);
	for (unsigned int i = 0; i < soc->num_cores; i++) {
		const struct soc_core *core = &soc->core[i];

		fuzz_check(core->num_regions <= AMP_MAX_REGIONS && core->num_vdevs <= SOC_MAX_VDEVS);
		for (unsigned int n = 0; n < core->num_regions; n++)
			fuzz_check(core->region[n].size > 0 && core->region[n].size <= core->shared.size &&
			           core->region[n].offset <= core->shared.size - core->region[n].size);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct soc soc;
	struct fuzz_input in = {data, size};
	struct soc_report report = {0};
	uint8_t *blob = fuzz_block(&in, MAX_FILE, &size); /* as aligned as malloc() makes it */

	if (is_device_tree("fuzz.dtb", blob, size)) {
		report.fdt = blob;
		name_source(&report, "fuzz.dtb");
		soc_validate(&report);
		if (!report.errors)
			soc_read(&report, &soc);
		if (!report.errors)
			soc_check(&report, &soc);
		if (!report.errors) {
			check_soc(&soc);
			check_outputs(&soc);
		}
	}
	free(blob);
	return 0;
}
