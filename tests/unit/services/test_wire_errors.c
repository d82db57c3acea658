// SPDX-License-Identifier: GPL-2.0-only
/* Error numbers of a C library that is not Linux's: here newlib's, under their names of this system. */
// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
// clang-format on

#include <metal/errno.h>

#undef EDEADLK
#undef ENAMETOOLONG
#undef ENOLCK
#undef ENOSYS
#undef ENOTEMPTY
#undef ELOOP
#undef EOVERFLOW
#undef EMSGSIZE
#undef ENOTCONN
#undef ETIMEDOUT
#undef ESTALE
#undef EDQUOT
#undef ECANCELED
#define EDEADLK      45
#define ENAMETOOLONG 91
#define ENOLCK       46
#define ENOSYS       88
#define ENOTEMPTY    90
#define ELOOP        92
#define EOVERFLOW    139
#define EMSGSIZE     122
#define ENOTCONN     128
#define ETIMEDOUT    116
#define ESTALE       133
#define EDQUOT       132
#define ECANCELED    140

#include "../../../lib/services/wire_errors.h"

static void numbers_that_all_share_stay(void **state)
{
	(void)state;
	for (int error = 1; error <= ERANGE; error++) {
		assert_int_equal(error_from_wire(error), error);
		assert_int_equal(error_to_wire(error), error);
	}
}

static void linux_numbers_become_newlibs_and_back(void **state)
{
	static const struct {
		int of_linux, of_newlib;
	} pair[] = {{36, 91}, {38, 88}, {39, 90}, {40, 92}, {75, 139}, {90, 122}, {110, 116}, {116, 133}, {122, 132}};

	(void)state;
	for (unsigned int i = 0; i < sizeof(pair) / sizeof(pair[0]); i++) {
		assert_int_equal(error_from_wire(pair[i].of_linux), pair[i].of_newlib);
		assert_int_equal(error_to_wire(pair[i].of_newlib), pair[i].of_linux);
	}
}

static void what_has_no_name_on_the_other_side_is_an_input_output_error(void **state)
{
	(void)state;
	assert_int_equal(error_from_wire(123), EIO); /* ENOMEDIUM */
	assert_int_equal(error_from_wire(999), EIO);
	assert_int_equal(error_to_wire(36), EIO); /* newlib's EIDRM, which must not become Linux's ENAMETOOLONG */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_that_all_share_stay),
		cmocka_unit_test(linux_numbers_become_newlibs_and_back),
		cmocka_unit_test(what_has_no_name_on_the_other_side_is_an_input_output_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
