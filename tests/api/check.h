/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks a list of the public interface while it is compiled, and makes the table of its functions. Included once,
 * after the headers and with API_LIST (the list) and API_TABLE (name of the table) defined.
 */
#include "api.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#include <type_traits>

/* Prototypes and values; members are checked in C, where types can be compared as C sees them. */
#define FUNCTION(ret, name, params) \
	static_assert(std::is_same<decltype(&name), ret(*) params>::value, #name " has another prototype");
#define STRUCT(...)
#define MEMBER(...)
#define TYPE(...)
#define CONSTANT(name, value) static_assert((long long)(name) == (long long)(value), #name " has another value");

#else

#define SAME_TYPE(expression, ...)  __builtin_types_compatible_p(__typeof__(expression), __VA_ARGS__)
#define FUNCTION(ret, name, params) _Static_assert(SAME_TYPE(&name, ret(*) params), #name " has another prototype");
/* A structure's first member, of those that count. */
#define STRUCT(type, member, ...) \
	_Static_assert(SAME_TYPE(((struct type *)0)->member, __VA_ARGS__), #type "." #member " has another type");
/* Each of the others, and the one that it follows. */
#define MEMBER(type, before, member, ...)                                             \
	_Static_assert(offsetof(struct type, before) < offsetof(struct type, member), \
	               #type "." #member " is not behind " #before);                  \
	STRUCT(type, member, __VA_ARGS__)
#define TYPE(name, ...)       _Static_assert(SAME_TYPE((name *)0, __typeof__(__VA_ARGS__) *), #name " is another type");
#define CONSTANT(name, value) _Static_assert((long long)(name) == (long long)(value), #name " has another value");

#endif

#include API_LIST

#undef FUNCTION
#undef STRUCT
#undef MEMBER
#undef TYPE
#undef CONSTANT
#define FUNCTION(ret, name, params) {#name, (void (*)(void))name},
#define STRUCT(...)
#define MEMBER(...)
#define TYPE(...)
#define CONSTANT(...)

/* Addresses are taken of all: a function that is declared but not in the library does not link. */
const struct api_function API_TABLE[] = {
#include API_LIST
};

#define API_COUNT_NAME_(table) table##_count
#define API_COUNT_NAME(table)  API_COUNT_NAME_(table)
const unsigned int API_COUNT_NAME(API_TABLE) = sizeof(API_TABLE) / sizeof(API_TABLE[0]);
