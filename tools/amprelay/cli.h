/* SPDX-License-Identifier: GPL-2.0-only */
/* What all commands share: the table row, the common options, messages for people. */
#ifndef AMPRELAY_CLI_H
#define AMPRELAY_CLI_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/exit_codes.h"

/** A subcommand: one file cmd_NAME.c and one row of the table in main.c. */
struct command {
	const char *name;
	const char *args;    /**< "CORE KIND", for the overview */
	const char *summary; /**< one line, for the overview */
	/** argv[0] is "amprelay NAME", for messages. Returns an enum amp_exit (exec: the command's own status). */
	int (*run)(int argc, char **argv);
};

#define AMP_CLI_DEFAULT_LAB "default"

/** The common options, as given before or after the command. */
struct amp_cli {
	const char *lab; /**< --name */
	bool json;       /**< --json */
	bool color;      /**< --color, NO_COLOR and the terminal taken together */
};

extern struct amp_cli amp_cli;

/** Children for a command's struct argp: --name, --json, --color, and one-line errors for what nobody understood. */
extern const struct argp_child amp_cli_common[];

/** How much is shown of what is written line by line. */
struct amp_shown {
	bool follow;    /**< -f: go on with what comes next */
	bool has_count; /**< -n … */
	size_t count;   /**< … N: only the last lines */
	bool time;      /**< -t: with the time of day */
};

/** As amp_cli_common, with -f, -n, -t. At ARGP_KEY_INIT state->child_inputs[0] is to point to the struct amp_shown. */
extern const struct argp_child amp_cli_shown[];

/** argp_parse() with this program's habits: an error is one line and ends the program with AMP_EXIT_USAGE. */
void amp_cli_parse(const struct argp *argp, int argc, char **argv, unsigned int flags, void *input);

/** Prints "amprelay: TEXT" on standard error. */
__attribute__((format(printf, 1, 2))) void amp_cli_error(const char *format, ...);

/** The same for a mistake of the user's: ends the program with AMP_EXIT_USAGE. */
__attribute__((format(printf, 1, 2), noreturn)) void amp_cli_usage(const char *format, ...);

/**
 * Reads a number of seconds ("60", "0.5").
 *
 * @return milliseconds, 0 … 86400000; a bad text ends the program with AMP_EXIT_USAGE and `option` in the message
 */
int amp_cli_seconds(const char *text, const char *option);

/** The same for a whole number from 0 to `max`. */
uint64_t amp_cli_number(const char *text, const char *option, uint64_t max);

/** Prints a command's --json, and releases it. */
void amp_cli_print_json(json_t *value);

/** @return a JSON string of a text of whatever bytes: if it is not UTF-8, '?' stands for each that is not ASCII */
json_t *amp_cli_json_text(const char *text);

/** @return the escape sequence if colours are on, else "" */
const char *amp_cli_color(const char *sequence);

#define COLOR_GOOD   "\033[32m"
#define COLOR_BAD    "\033[31m"
#define COLOR_NOTICE "\033[33m"
#define COLOR_DIM    "\033[2m"
#define COLOR_END    "\033[0m"

#define AMP_CLI_TIME_LEN 24

/** "14:13:20.123", local time. @param ns  since 1970 */
void amp_cli_time_of_day(int64_t ns, char out[AMP_CLI_TIME_LEN]);

/** Milliseconds of CLOCK_MONOTONIC. */
int64_t amp_cli_now_ms(void);

/** @return how many times longer than usual to wait, on a slow machine or kernel: $AMPRELAY_PATIENCE, 1 to 100 */
int amp_cli_patience(void);

/* the commands */
int cmd_campaign(int argc, char **argv);
int cmd_console(int argc, char **argv);
int cmd_cp(int argc, char **argv);
int cmd_demo(int argc, char **argv);
int cmd_doctor(int argc, char **argv);
int cmd_down(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_fault(int argc, char **argv);
int cmd_gdb(int argc, char **argv);
int cmd_lint(int argc, char **argv);
int cmd_logs(int argc, char **argv);
int cmd_ls(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_restart(int argc, char **argv);
int cmd_top(int argc, char **argv);
int cmd_attach(int argc, char **argv);
int cmd_detach(int argc, char **argv);
int cmd_suspend(int argc, char **argv);
int cmd_resume(int argc, char **argv);
int cmd_swap(int argc, char **argv);
int cmd_reboot(int argc, char **argv);
int cmd_kill(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_scenario(int argc, char **argv);
int cmd_start(int argc, char **argv);
int cmd_postmortem(int argc, char **argv);
int cmd_keygen(int argc, char **argv);
int cmd_sign(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_sniff(int argc, char **argv);
int cmd_ssh(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_talk(int argc, char **argv);
int cmd_up(int argc, char **argv);
int cmd_version(int argc, char **argv);

#endif
