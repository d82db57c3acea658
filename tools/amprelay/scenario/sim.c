// SPDX-License-Identifier: GPL-2.0-only
#include "sim.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "amprelay/cli.h"
#include "amprelay/event_reader.h"
#include "amprelay/text_file.h"
#include "common/text.h"
#include "condition.h"
#include "sim_board.h"

#define TURN_MS 5
#define LOG_MAX (1u << 20)
#define COMMAND "amp-command" /* the channel of text commands, such as "crash undef" */
#define LEDGER  "amp-echo"

/* ------------------------------------------------------------------ what there is */

/* Faults that a process dies of as the core does. */
static const struct {
	const char *kind;
	int signal; /* 0: the firmware commits it */
} faults[] = {
	{"undef", 0},     {"bus", 0},  {"stack", 0},      {"assert", 0},
	{"overwrite", 0}, {"null", 0}, {"kill", SIGKILL}, {"abort", SIGABRT},
};

#define FAULTS (sizeof(faults) / sizeof(faults[0]))

static size_t find_fault(const char *kind)
{
	size_t i = 0;

	while (i < FAULTS && strcmp(faults[i].kind, kind) != 0)
		i++;
	return i;
}

static const char *kind_of(const char *text)
{
	return strrchr(text, ' ') ? strrchr(text, ' ') + 1 : text;
}

/* ------------------------------------------------------------------ time that passes */

/* Until something is there. @param late  what to say if it was not in time; NULL: that. @return false: it was not */
static bool pass(const struct action *a, bool (*there)(const struct action *a, const void *what), const void *what,
                 const char *late)
{
	while (!there(a, what)) {
		if (a->run->sim)
			amp_sim_turn(a->run->sim, TURN_MS);
		if (!amp_jobs_pass(&a->run->jobs, 0))
			return amp_action_late(a, true);
		if (amp_cli_now_ms() >= a->deadline)
			return late ? amp_run_failed(a->run, a->step, "%s", late) : amp_action_late(a, false);
	}
	return true;
}

/* @return true if the simulator is up and has the step's core; else the step has been judged, by `ok` */
static bool has_core(const struct action *a, const char *core, size_t len, bool *ok)
{
	char text[128] = "", *own = amp_variables_expand(&a->run->variables, "${core}");

	if (!a->run->sim)
		amp_text(text, sizeof(text), "nothing is up");
	else if (own && core && (strlen(own) != len || strncmp(own, core, len) != 0))
		amp_text(text, sizeof(text), "there is no core '%.*s'; the simulator has: %s", (int)len, core, own);
	free(own);
	if (text[0])
		*ok = amp_action_judge(a, a->run->sim ? AMP_EXIT_USAGE : AMP_EXIT_NO_LAB, text, strlen(text));
	return !text[0];
}

static bool says(const struct action *a, int status, const char *text)
{
	return amp_action_judge(a, status, text, strlen(text));
}

/* ------------------------------------------------------------------ life cycle */

/* Its services are there, or it is not. */
static bool has_commands(const struct action *a, const void *what)
{
	(void)what;
	return !amp_sim_is_running(a->run->sim) || amp_sim_has_channel(a->run->sim, COMMAND);
}

static bool start(const struct action *a)
{
	if (!amp_sim_start(a->run->sim))
		return says(a, AMP_EXIT_FAILED, "the core does not start");
	if (!pass(a, has_commands, NULL, NULL))
		return false;
	return amp_sim_is_running(a->run->sim) ? says(a, AMP_EXIT_OK, "")
	                                       : says(a, AMP_EXIT_FAILED, "the core has been started, and crashed");
}

static bool do_up(const struct action *a)
{
	char *core = amp_variables_expand(&a->run->variables, "${core}");

	if (a->run->sim) {
		free(core);
		return says(a, AMP_EXIT_LAB_EXISTS, "it is up");
	}
	a->run->mark = 0;
	a->run->sim = core ? amp_sim_create(a->run->state_dir, core) : NULL;
	free(core);
	return a->run->sim ? start(a) : amp_run_failed(a->run, a->step, "%s", strerror(errno));
}

void amp_sim_down(struct run *run)
{
	amp_sim_destroy(run->sim);
	run->sim = NULL;
}

static bool do_down(const struct action *a)
{
	int status = a->run->sim ? AMP_EXIT_OK : AMP_EXIT_NO_LAB;

	amp_sim_down(a->run);
	return says(a, status, status ? "nothing is up" : "");
}

static bool life_cycle(const struct action *a)
{
	const char *key = amp_scenario_key(a->step->action);
	bool running, ok;

	if (!has_core(a, a->text, strlen(a->text), &ok))
		return ok;
	amp_run_mark(a->run);
	amp_run_note(a->run, key, a->text);
	running = amp_sim_is_running(a->run->sim);
	if (running == (a->step->action == SCENARIO_start))
		return says(a, AMP_EXIT_REFUSED, running ? "the core runs already" : "the core does not run");
	if (running)
		amp_sim_stop(a->run->sim);
	return a->step->action == SCENARIO_stop ? says(a, AMP_EXIT_OK, "") : start(a);
}

static json_int_t crashes_of(const struct sim *sim)
{
	json_t *status = amp_sim_status(sim);
	json_int_t crashes = amp_event_integer(json_array_get(json_object_get(status, "cores"), 0), "crashes", 0);

	json_decref(status);
	return crashes;
}

static bool has_crashed(const struct action *a, const void *what)
{
	return crashes_of(a->run->sim) > *(const json_int_t *)what;
}

static bool commit(const struct action *a, size_t fault)
{
	char command[48];

	if (faults[fault].signal) {
		amp_sim_kill(a->run->sim, faults[fault].kind, faults[fault].signal);
		return true;
	}
	amp_sim_tell_fault(a->run->sim, faults[fault].kind);
	amp_text(command, sizeof(command), "crash %s", faults[fault].kind);
	return amp_sim_send(a->run->sim, COMMAND, command, strlen(command));
}

static bool do_fault(const struct action *a)
{
	const char *kind = kind_of(a->text);
	size_t fault = find_fault(kind);
	json_int_t before;
	bool ok;

	if (!has_core(a, a->text, strcspn(a->text, " "), &ok))
		return ok;
	if (fault == FAULTS)
		return amp_run_failed(a->run, a->step, "this step needs a lab: no process dies of '%s' as a core does",
		                      kind);
	amp_run_mark(a->run);
	amp_run_note(a->run, "fault", a->text);
	if (!amp_sim_is_running(a->run->sim))
		return says(a, AMP_EXIT_REFUSED, "only a running core can be broken");
	before = crashes_of(a->run->sim);
	if (!pass(a, has_commands, NULL, NULL))
		return false;
	if (!commit(a, fault))
		return says(a, AMP_EXIT_FAILED, "the core cannot be told");
	return pass(a, has_crashed, &before, NULL) && says(a, AMP_EXIT_OK, "");
}

/* ------------------------------------------------------------------ messages */

static bool has_channel(const struct action *a, const void *what)
{
	return amp_sim_has_channel(a->run->sim, what);
}

static bool has_answer(const struct action *a, const void *what)
{
	const uint8_t *data;

	(void)what;
	return amp_sim_answer(a->run->sim, &data) != -1;
}

/* @return bytes of the answer, `answer`; negative: there was none, and `ok` judges that */
static int exchange(const struct action *a, const char *channel, const void *data, size_t len, const uint8_t **answer,
                    bool *ok)
{
	int got;

	*ok = false;
	if (!pass(a, has_channel, channel, NULL))
		return -1;
	if (!amp_sim_send(a->run->sim, channel, data, len)) {
		*ok = says(a, AMP_EXIT_FAILED, "it cannot be sent");
		return -1;
	}
	if (!pass(a, has_answer, NULL, NULL))
		return -1;
	got = amp_sim_answer(a->run->sim, answer);
	if (got < 0)
		*ok = got == -3 ? says(a, AMP_EXIT_FAILED, "more than one answer came")
		                : says(a, 4, "the channel was lost"); /* as `rpmsg` ends then */
	return got;
}

static bool do_send(const struct action *a)
{
	const uint8_t *answer;
	bool ok;
	int len;

	if (!has_core(a, a->core, a->core ? strlen(a->core) : 0, &ok))
		return ok;
	len = exchange(a, a->channel, a->text, strlen(a->text), &answer, &ok);
	return len < 0 ? ok : amp_action_judge(a, AMP_EXIT_OK, (const char *)answer, (size_t)len);
}

static bool do_traffic(const struct action *a)
{
	uint32_t count = a->step->count ? *a->step->count : 10, size = a->step->size ? *a->step->size : 16;
	uint8_t data[496];
	char text[64];
	bool ok;

	if (!has_core(a, a->core, a->core ? strlen(a->core) : 0, &ok))
		return ok;
	if (size < sizeof(uint32_t) || size > sizeof(data))
		return amp_run_failed(a->run, a->step, "'size' is to be 4 to %zu here", sizeof(data));
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *answer;
		int len;

		memset(data, (int)(i * 7 + 1), size);
		memcpy(data, &i, sizeof(i));
		len = exchange(a, a->text, data, size, &answer, &ok);
		if (len < 0)
			return ok;
		if ((uint32_t)len != size || memcmp(answer, data, size) != 0)
			return says(a, AMP_EXIT_FAILED, "an answer is not what was sent");
	}
	amp_text(text, sizeof(text), "%u sent, %u received", count, count);
	return says(a, AMP_EXIT_OK, text);
}

static bool do_ledger(const struct action *a)
{
	bool ok;

	if (!has_core(a, a->text, strlen(a->text), &ok))
		return ok;
	if (!pass(a, has_channel, LEDGER, NULL))
		return false;
	amp_sim_begin_ledger(a->run->sim, LEDGER);
	return true;
}

static bool is_settled(const struct action *a, const void *what)
{
	(void)what;
	return !amp_sim_awaits(a->run->sim);
}

static bool do_settle(const struct action *a)
{
	const struct sim_account *account;
	char text[160];
	bool wrong;

	if (!a->run->sim)
		return says(a, AMP_EXIT_NO_LAB, "nothing is up");
	amp_sim_end_ledger(a->run->sim);
	if (!pass(a, is_settled, NULL, NULL))
		return false;
	account = amp_sim_account(a->run->sim);
	wrong = account->corrupted || account->doubled || account->sent != account->delivered + account->reported;
	amp_text(text, sizeof(text), "%u sent, %u delivered, %u reported lost, %u corrupted, %u doubled", account->sent,
	         account->delivered, account->reported, account->corrupted, account->doubled);
	a->run->account.sent += account->sent;
	a->run->account.delivered += account->delivered;
	a->run->account.reported += account->reported;
	a->run->account.corrupted += account->corrupted;
	a->run->account.doubled += account->doubled;
	return says(a, wrong ? AMP_EXIT_FAILED : AMP_EXIT_OK, text);
}

/* ------------------------------------------------------------------ events, log, state */

static bool has_event(const struct action *a, const void *what)
{
	struct event_reader reader;
	json_t *record = NULL;
	bool there;

	if (amp_event_reader_open(&reader, a->run->state_dir))
		return false;
	there = amp_event_reader_find(&reader, what, a->run->mark, 0, &record) == 1;
	if (there)
		json_decref(record);
	amp_event_reader_close(&reader);
	return there;
}

static bool do_wait(const struct action *a)
{
	char why[256];
	struct event_filter *filter = amp_event_filter_parse(a->text, why, sizeof(why));
	bool came;

	if (!filter)
		return amp_run_failed(a->run, a->step, "%s", why);
	came = pass(a, has_event, filter, "no such event has come in time");
	amp_event_filter_free(filter);
	if (came)
		amp_run_note(a->run, "wait", a->text);
	return came;
}

static bool do_never(const struct action *a)
{
	char why[256];
	struct event_filter *filter = amp_event_filter_parse(a->text, why, sizeof(why));
	bool there = filter && has_event(a, filter);

	amp_event_filter_free(filter);
	return filter && !there ? true : amp_run_failed(a->run, a->step, "%s", filter ? "it has happened" : why);
}

static bool log_says(const struct action *a, const void *what)
{
	char path[PATH_MAX], *text;
	bool there;

	amp_text(path, sizeof(path), "%s/%s.log", a->run->state_dir, a->in);
	text = amp_text_file_read(path, LOG_MAX, NULL);
	there = text && strstr(text, what);
	free(text);
	return there;
}

static bool do_log(const struct action *a)
{
	bool ok;

	return has_core(a, a->in, strlen(a->in), &ok) ? pass(a, log_says, a->text, "the log does not say so") : ok;
}

static bool do_assert(const struct action *a)
{
	json_t *status = a->run->sim ? amp_sim_status(a->run->sim) : NULL;
	bool ok = amp_action_assert(a, status);

	json_decref(status);
	return ok;
}

static bool do_mark(const struct action *a)
{
	return amp_run_mark(a->run) || amp_run_failed(a->run, a->step, "there are no events");
}

static bool is_over(const struct action *a, const void *what)
{
	(void)a;
	return amp_cli_now_ms() >= *(const int64_t *)what;
}

static bool do_pause(const struct action *a)
{
	int64_t until = amp_cli_now_ms() + (int64_t)(strtod(a->text, NULL) * 1000);

	return pass(a, is_over, &until, NULL);
}

/* ------------------------------------------------------------------ the table */

static bool (*const functions[SCENARIO_ACTIONS])(const struct action *a) = {
	[SCENARIO_up] = do_up,         [SCENARIO_down] = do_down,       [SCENARIO_start] = life_cycle,
	[SCENARIO_stop] = life_cycle,  [SCENARIO_restart] = life_cycle, [SCENARIO_fault] = do_fault,
	[SCENARIO_send] = do_send,     [SCENARIO_traffic] = do_traffic, [SCENARIO_ledger] = do_ledger,
	[SCENARIO_settle] = do_settle, [SCENARIO_pause] = do_pause,     [SCENARIO_wait] = do_wait,
	[SCENARIO_never] = do_never,   [SCENARIO_log] = do_log,         [SCENARIO_mark] = do_mark,
	[SCENARIO_assert] = do_assert,
};

bool amp_sim_action(const struct action *a)
{
	return functions[a->step->action](a);
}

/* @return why that step cannot be done; NULL: it can */
static const char *needs(const struct scenario_step *step)
{
	const char *text = amp_scenario_text(step);
	bool nested = step->steps || step->one_of;

	if (!nested && !functions[step->action])
		return "the simulator has no Linux, no relay and no shell";
	if (step->as && step->action != SCENARIO_ledger)
		return "nothing runs in the background of the simulator but a ledger";
	if (step->action == SCENARIO_up && text[0])
		return "the simulator knows no options of 'up'";
	if (step->action == SCENARIO_ledger && strchr(text, ' '))
		return "a ledger of the simulator has no options";
	if (step->action == SCENARIO_fault && !strchr(kind_of(text), '$') && find_fault(kind_of(text)) == FAULTS)
		return "no process dies of that as a core does";
	return NULL;
}

static bool check_steps(const struct scenario *scenario, const struct scenario_step *steps, uint32_t count, char *error)
{
	for (uint32_t i = 0; i < count; i++) {
		const char *why = needs(&steps[i]);

		if (why) {
			amp_text(error, SCENARIO_ERROR_LEN, "%s:%u: %s: this step needs a lab: %s", scenario->path,
			         steps[i].line, amp_scenario_key(steps[i].action), why);
			return false;
		}
		if (!check_steps(scenario, steps[i].steps, steps[i].steps_count, error) ||
		    !check_steps(scenario, steps[i].one_of, steps[i].one_of_count, error))
			return false;
	}
	return true;
}

bool amp_sim_check(const struct scenario *scenario, char *error)
{
	if (scenario->firmware || scenario->kernel) {
		amp_text(error, SCENARIO_ERROR_LEN, "%s:1: it needs a lab: the simulator runs no file of its own",
		         scenario->path);
		return false;
	}
	return check_steps(scenario, scenario->steps, scenario->steps_count, error) &&
	       check_steps(scenario, scenario->cleanup, scenario->cleanup_count, error);
}
