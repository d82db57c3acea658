// SPDX-License-Identifier: BSD-3-Clause
/*
 * Runs the two sides of an application as two processes, gives them a socket to each other and a name for their memory,
 * and succeeds if both do.
 *
 *     pair FIRST SECOND [ARGUMENT]   two programs
 *
 * With FIRST_MAIN and SECOND_MAIN defined this is one program, which is forked: the two main functions are in it.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef FIRST_MAIN
int FIRST_MAIN(int argc, char *argv[]);
int SECOND_MAIN(int argc, char *argv[]);
#endif

/* In its own process: one side. */
static void run(int second, int sides[2], char *name, char *argv[])
{
	char number[16];
	char *arguments[] = {argv[second], name, number, argv[2], NULL};
	int argc = argv[2] ? 4 : 3;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(sides[!second]);
	snprintf(number, sizeof(number), "%d", sides[second]);
#ifdef FIRST_MAIN
	exit(second ? SECOND_MAIN(argc, arguments) : FIRST_MAIN(argc, arguments));
#else
	(void)argc;
	execv(arguments[0], arguments);
	perror(arguments[0]);
	exit(127);
#endif
}

int main(int argc, char *argv[])
{
	static char *forked[] = {"first", "second", NULL, NULL};
	char name[32];
	int sides[2], ended, status, result = 0;
	pid_t side[2];

#ifdef FIRST_MAIN
	forked[2] = argc > 1 ? argv[1] : NULL;
	argv = forked;
#else
	(void)forked;
	if (argc < 3) {
		fprintf(stderr, "usage: pair FIRST SECOND [ARGUMENT]\n");
		return 2;
	}
	argv++;
#endif
	snprintf(name, sizeof(name), "applications-%d", (int)getpid());
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sides)) {
		perror("socketpair");
		return 1;
	}
	fflush(NULL);
	for (int i = 0; i < 2; i++) {
		side[i] = fork();
		if (side[i] < 0) {
			perror("fork");
			return 1;
		}
		if (side[i] == 0)
			run(i, sides, name, argv);
	}
	close(sides[0]);
	close(sides[1]);
	for (int i = 0; i < 2; i++) {
		ended = waitpid(-1, &status, 0);
		if (status) {
			fprintf(stderr, "%s side: %s %d\n", ended == side[0] ? "first" : "second",
			        WIFSIGNALED(status) ? "killed by signal" : "exit status",
			        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
			result = 1;
		}
	}
	return result;
}
