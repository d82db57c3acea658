// SPDX-License-Identifier: BSD-3-Clause
#include "telemetry.h"

#include "format.h"

size_t telemetry_format(char text[TELEMETRY_TEXT_MAX], const struct telemetry_record *record)
{
	return amp_format(text, TELEMETRY_TEXT_MAX,
	                  "seq=%u uptime_ms=%llu heartbeat=%u load_permille=%u rx=%u tx=%u dropped=%u\n",
	                  (unsigned)record->seq, (unsigned long long)record->uptime_ms, (unsigned)record->heartbeat,
	                  (unsigned)record->load_permille, (unsigned)record->rx, (unsigned)record->tx,
	                  (unsigned)record->dropped);
}

bool telemetry_parse_period(const char *text, size_t length, uint32_t *period_ms)
{
	uint32_t value = 0;

	if (length == 0)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint32_t)(text[i] - '0');
		if (value > TELEMETRY_MAX_MS)
			return false;
	}
	if (value != 0 && value < TELEMETRY_MIN_MS)
		return false;
	*period_ms = value;
	return true;
}

bool telemetry_due(struct telemetry_timer *timer, uint32_t period_ms, uint64_t now_ms)
{
	if (period_ms == 0 || now_ms < timer->due_ms)
		return false;
	timer->due_ms += period_ms;
	if (timer->due_ms <= now_ms)
		timer->due_ms = now_ms + period_ms;
	return true;
}
