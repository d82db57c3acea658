// SPDX-License-Identifier: GPL-2.0-only
#include "action.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "amprelay/cli.h"
#include "condition.h"

bool amp_action_late(const struct action *a, bool interrupted)
{
	if (interrupted)
		return amp_run_failed(a->run, a->step, "interrupted");
	return amp_run_failed(a->run, a->step, "%s",
	                      amp_cli_now_ms() >= a->run->deadline ? "the scenario's time is up ('limit')"
	                                                           : "it has not ended in time ('timeout')");
}

static bool save_output(const struct action *a, const char *output, size_t len)
{
	char *copy;
	bool ok;

	if (!a->step->save)
		return true;
	while (len && output[len - 1] == '\n')
		len--;
	copy = strndup(output, len);
	ok = copy && amp_variables_set(&a->run->variables, a->step->save, copy);
	free(copy);
	return ok || amp_run_failed(a->run, a->step, "there is no memory for its output");
}

/* What a process has said is shown by amp_run_failed(); in the simulator there is none. */
__attribute__((format(printf, 4, 5))) static bool differs(const struct action *a, const char *output, size_t len,
                                                          const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (!a->run->options->simulated || !len)
		return amp_run_failed(a->run, a->step, "%s", text);
	return amp_run_failed(a->run, a->step, "%s; it said: %.*s", text, (int)(len < 500 ? len : 500), output);
}

bool amp_action_judge(const struct action *a, int status, const char *output, size_t len)
{
	int wanted = a->step->status ? (int)*a->step->status : 0;

	if (status != wanted)
		return differs(a, output, len, "it ended with status %d, not %d", status, wanted);
	if (a->output && !memmem(output, len, a->output, strlen(a->output)))
		return differs(a, output, len, "it did not say \"%s\"", a->output);
	if (a->without && memmem(output, len, a->without, strlen(a->without)))
		return differs(a, output, len, "it said \"%s\"", a->without);
	return save_output(a, output, len);
}

bool amp_action_assert(const struct action *a, const json_t *status)
{
	char found[512];
	bool ok = true;

	for (uint32_t i = 0; i < a->step->asserts_count && ok; i++) {
		char *text = amp_variables_expand(&a->run->variables, a->step->asserts[i]);

		ok = text && amp_scenario_condition_holds(text, status, found, sizeof(found));
		if (!ok)
			amp_run_failed(a->run, a->step, "'%s' does not hold: %s", a->step->asserts[i], found);
		free(text);
	}
	return ok;
}
