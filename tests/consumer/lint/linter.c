// SPDX-License-Identifier: GPL-2.0-only
/* usage: linter FILE: says what is wrong with it, and ends with the number of errors. */
#include <amprelay/lint.h>

#include <stdio.h>
#include <string.h>

static void print(const struct amp_lint_finding *finding, void *arg)
{
	printf("%s: %s [%s]\n", finding->where, finding->text, finding->rule->id);
	*(int *)arg += finding->rule->severity == AMP_LINT_ERROR;
}

int main(int argc, char **argv)
{
	const struct amp_lint_options options = {.host = AMP_LINT_LINUX_6_1};
	int errors = 0, status = argc == 2 ? amp_lint_file(argv[1], &options, print, &errors) : -1;

	if (status) {
		fprintf(stderr, "usage: linter FILE (%s)\n", strerror(-status));
		return 100;
	}
	return errors;
}
