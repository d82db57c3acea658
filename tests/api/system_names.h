/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Uses a name of each system header NAME.h for which NEEDS_NAME is defined, and includes none: the header included
 * before this one has to have brought them. Read once.
 */
int system_names(void); /* in C a prototype, in C++ a declaration */
int system_names(void)
{
	int sum = 0;

#ifdef NEEDS_assert
	assert(sum == 0);
#endif
#ifdef NEEDS_errno
	sum += EINVAL + errno;
#endif
#ifdef NEEDS_fcntl
	sum += O_RDWR;
#endif
#ifdef NEEDS_limits
	sum += INT_MAX == SHRT_MAX;
#endif
#ifdef NEEDS_pthread
	pthread_t thread = pthread_self();

	sum += pthread_equal(thread, thread);
#endif
#ifdef NEEDS_sched
	sum += sched_yield();
#endif
#ifdef NEEDS_signal
	sum += SIGINT + raise(0);
#endif
#ifdef NEEDS_stdint
	uint16_t narrow = UINT16_MAX;

	sum += narrow;
#endif
#ifdef NEEDS_stdio
	sum += puts("");
#endif
#ifdef NEEDS_stdlib
	sum += abs(EXIT_FAILURE);
#endif
#ifdef NEEDS_string
	sum += strcmp("", "");
#endif
#ifdef NEEDS_syslog
	sum += LOG_ERR;
#endif
#ifdef NEEDS_time
	sum += time(NULL) == 0;
#endif
#ifdef NEEDS_unistd
	sum += STDERR_FILENO + close(-1);
#endif
	return sum;
}
