// SPDX-License-Identifier: BSD-3-Clause
#include "params.h"

#include "format.h"
#include "resource_table.h"
#include "telemetry.h"
#include "trace.h"

#include <string.h>

static const char *get(const char *key, char *value, size_t room)
{
	char *letter = value;

	(void)amp_table2_get_param(&app_resource_table.table2, APP_TABLE2_SIZE, key, value, room);
	for (; *letter; letter++) {
		if (*letter < ' ' || *letter > '~')
			*letter = '.';
	}
	return value;
}

void params_start(void)
{
	char label[APP_LABEL_MAX], rate[APP_RATE_MAX];
	uint32_t period;

	get("label", label, sizeof(label));
	get("rate", rate, sizeof(rate));
	if (label[0])
		amp_trace("label: %s\n", label);
	if (!rate[0])
		return;
	if (telemetry_parse_period(rate, strlen(rate), &period))
		telemetry_set_period(period);
	else
		amp_trace("parameter rate=%s: it is 0, or %u to %u\n", rate, TELEMETRY_MIN_MS, TELEMETRY_MAX_MS);
}

size_t params_format(char text[PARAMS_TEXT_MAX])
{
	static const char *const name[AMP_RSC2_STATES] = {
		[AMP_RSC2_STATE_OFF] = "unknown",     [AMP_RSC2_STATE_STARTING] = "starting",
		[AMP_RSC2_STATE_RUNNING] = "running", [AMP_RSC2_STATE_STOPPED] = "stopped",
		[AMP_RSC2_STATE_CRASHED] = "crashed", [AMP_RSC2_STATE_SUSPENDED] = "suspended",
	};
	char label[APP_LABEL_MAX], rate[APP_RATE_MAX];

	return amp_format(text, PARAMS_TEXT_MAX, "table=%u host=%s label=%s rate=%s\n",
	                  amp_table2_is_taken(&app_resource_table.table2) ? AMP_TABLE2_VERSION : 1u,
	                  name[amp_rsc2_host_state(&app_resource_table.state)], get("label", label, sizeof(label)),
	                  get("rate", rate, sizeof(rate)));
}
