/* SPDX-License-Identifier: GPL-2.0-only */
/* What the program asks of the machine that it runs on. */
#ifndef TEST_CORE_H
#define TEST_CORE_H

/** A text for who reads the test's output. */
void core_say(const char *text);

/** End the program, not to return. */
void core_end(int good);

#endif /* TEST_CORE_H */
