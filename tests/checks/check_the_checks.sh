#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The checks find what they are for, at the right line, and nothing else: a small tree with one of each mistake.
set -eu
checks=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
tree=$work/tree
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
failed=0

put() {
	mkdir -p "$tree/$(dirname "$1")"
	cat >"$tree/$1"
}

# expect NAME [ARG...]: its findings on the tree are standard input, line for line.
expect() {
	cat >"$work/expected"
	status=0
	name=$1
	shift
	"$checks/$name.sh" "$tree" "$@" >"$work/found" 2>&1 || status=$?
	wanted=1
	[ -s "$work/expected" ] || wanted=0
	if ! diff -u "$work/expected" "$work/found" || [ "$status" -ne "$wanted" ]; then
		printf '%s.sh: exit status %s, expected %s; findings above: - expected, + found\n' "$name" "$status" "$wanted"
		failed=1
	fi
}

# ---------------------------------------------------------------- a tree with nothing wrong
mkdir "$tree"
cp "$checks/../../.clang-format" "$tree/.clang-format"
old=mast # and "er": Linux's name for a function that stays
bsd='/* SPDX-License-Identifier: BSD-3-Clause */'
bsd_c='// SPDX-License-Identifier: BSD-3-Clause'
gpl='// SPDX-License-Identifier: GPL-2.0-only'
put lib/rpmsg/rpmsg.c <<EOF
$bsd_c
#include "internal.h"
#include <amprelay/config.h>
#include <metal/io.h>
#include <openamp/rpmsg.h>
#include <openamp/virtqueue.h>
#include <string.h>
EOF
put include/openamp/open_amp.h <<EOF
$bsd
#include <openamp/remoteproc.h>
#include <openamp/rpmsg.h>
EOF
put include/amprelay/link.h <<EOF
$bsd
#include <openamp/rpmsg_virtio.h>
EOF
put include/uapi/amprelay.h <<'EOF'
/* SPDX-License-Identifier: (GPL-2.0-only WITH Linux-syscall-note) OR BSD-3-Clause */
#include <linux/types.h>
EOF
put kernel/pci.c <<EOF
$gpl
#include <amprelay/registers.h>
#include <amprelay/wire.h>
#include <linux/pci.h>
#include "local.h"
static int  spacing_is_checkpatch_business( void ) { return pci_set_${old}er(0); }
EOF
put scripts/run.sh <<'EOF'
#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
EOF
put README.md <<'EOF'
[there](docs/page.md#part) [web](https://example.org/none) [here](#part) `[code](none.md)`
```
[code](none.md)
```
EOF
put docs/page.md <<'EOF'
[back](../README.md)
EOF
put WIRE.md <<'EOF'
- **W-ONE-1** A side MUST do this, and what follows from it
  in another line (held by `good`, `good_too`).
- **W-ONE-2** It MAY do that (held by `good`)
EOF
put docs/reference/dialects.md <<'EOF'
| W-ONE-1 | what | test |
|---|---|---|
| this | `that` | `good`, `good_too` |
EOF
printf 'good\ngood_too\n' >"$work/tests"
for check in spdx includes circles format style words links names; do
	expect $check </dev/null
done
expect wire "$work/tests" </dev/null

# ---------------------------------------------------------------- one of each mistake
put lib/virtio/bad.c <<EOF
$bsd_c
#include <openamp/rpmsg.h>
#include <pthread.h>
#if defined(__linux__)
#include "../remoteproc/remoteproc.h"
#endif
EOF
put lib/remoteproc/bad.c <<EOF
$bsd_c

#include <openamp/rpmsg_virtio.h>
EOF
put lib/rpmsg/bad.c <<EOF
$bsd_c
#include <openamp/remoteproc_virtio.h>
#include <openamp/rpmsg_rpc_client_server.h>
EOF
put lib/metal/bad.c <<EOF
$bsd_c
#include <openamp/virtqueue.h>
EOF
put lib/surprise/bad.c <<EOF
$bsd_c
EOF
put include/amprelay/bad.h <<EOF
$bsd
#include <metal/io.h>
EOF
put kernel/bad.c <<EOF
$gpl
#include <openamp/virtio.h>
#include <amprelay/config.h>
EOF
expect includes <<'EOF'
include/amprelay/bad.h:2: includes metal/io.h of metal; wire may include only itself
kernel/bad.c:2: includes openamp/virtio.h; kernel/ shares only amprelay/wire.h, its tables, amprelay/resource_table2.h and include/uapi with the rest
kernel/bad.c:3: includes amprelay/config.h; kernel/ shares only amprelay/wire.h, its tables, amprelay/resource_table2.h and include/uapi with the rest
lib/metal/bad.c:2: includes openamp/virtqueue.h of virtio; metal may include only: wire metal
lib/remoteproc/bad.c:3: includes openamp/rpmsg_virtio.h of rpmsg; remoteproc may include only: wire metal virtio remoteproc
lib/rpmsg/bad.c:2: includes openamp/remoteproc_virtio.h of remoteproc; rpmsg may include only: wire metal virtio rpmsg
lib/rpmsg/bad.c:3: includes openamp/rpmsg_rpc_client_server.h of services; rpmsg may include only: wire metal virtio rpmsg
lib/surprise/bad.c:1: belongs to no layer; name it in tests/checks/includes.sh
lib/virtio/bad.c:2: includes openamp/rpmsg.h of rpmsg; virtio may include only: wire metal virtio
lib/virtio/bad.c:3: includes pthread.h, which is neither ISO C nor a header of the library; what depends on a system belongs to ports/
lib/virtio/bad.c:4: asks for an operating system by name; move the difference to ports/
lib/virtio/bad.c:5: includes ../remoteproc/remoteproc.h of remoteproc; virtio may include only: wire metal virtio
EOF

put tools/socgen/circle.h <<EOF
$gpl
void above(void);
void below(void (*call_back)(void));
static inline void inside(void)
{
	above();
}
EOF
put tools/socgen/above.c <<EOF
$gpl
static void hear(void)
{
}

void above(void)
{
	below(hear); /* above() again? no */
}
EOF
put tools/socgen/below.c <<EOF
$gpl
static const char *const text = "above()";

void below(void (*call_back)(void))
{
	call_back(); // not above()
}
EOF
expect circles </dev/null
cat >>"$tree/tools/socgen/below.c" <<'EOF'

void round(void)
{
	inside();
}
EOF
expect circles <<'EOF'
tools/socgen/above.c:1: calls go in a circle: tools/socgen/above.c -> tools/socgen/below.c (below) -> tools/socgen/above.c (above); move what both need below them, or call back
EOF
put tests/checks/circles-allowed.txt <<'EOF'
tools/socgen/below.c tools/
EOF
expect circles </dev/null
rm -r "$tree/tools/socgen" "$tree/tests/checks"

put lib/metal/licence.c <<'EOF'
// SPDX-License-Identifier: GPL-2.0-only
EOF
put tools/none.c <<'EOF'
int none;
EOF
put scripts/late.sh <<'EOF'
#!/bin/sh

# SPDX-License-Identifier: GPL-2.0-only
EOF
expect spdx <<'EOF'
lib/metal/licence.c:1: SPDX line says GPL-2.0-only; files of this directory are BSD-3-Clause
scripts/late.sh:2: no SPDX line; write SPDX-License-Identifier: GPL-2.0-only here
tools/none.c:1: no SPDX line; write SPDX-License-Identifier: GPL-2.0-only here
EOF

put tools/format.c <<'EOF'
// SPDX-License-Identifier: GPL-2.0-only
int formatted;
int badly( void );
EOF
expect format <<'EOF'
tools/format.c:3: not formatted; run clang-format -i on this file
EOF

put tools/style.c <<'EOF'
/* SPDX-License-Identifier: GPL-2.0-only */
/* ---- part */
int same(const char *a)
{
	int i;

	/* This end stands alone.
	 */
	for (i = 0; i < 3; i++)
		if (!strcmp(a, "b") || strcmp(a, "c") == 0)
			return i;
	return 0;
}
EOF
put tests/unit/tools/style_test.c <<'EOF'
// SPDX-License-Identifier: GPL-2.0-only
int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
EOF
put docs/long.md <<'EOF'
This line is longer than the hundred and twenty columns that prose may have, since nobody likes to read so far to the right.
[This one](page.md#only-its-link-is-long-and-the-target-of-a-link-does-not-count-however-many-columns-it-may-well-have) is fine.
EOF
expect style <<'EOF'
tests/unit/tools/style_test.c:4: a program of unit tests is called test_TOPIC.c
tools/style.c:1: begin this file with // SPDX
tools/style.c:2: a rule between sections has 66 dashes
tools/style.c:8: this end of a comment stands alone; break the line where the sentence allows it
tools/style.c:9: declare the counter in the for; one that is used behind it has a name that says what for
tools/style.c:10: compare with == 0
docs/long.md:1: 124 columns; prose has at most 120
EOF
rm "$tree/docs/long.md" "$tree/tools/style.c" "$tree/tests/unit/tools/style_test.c"

put tools/words.c <<'EOF'
// SPDX-License-Identifier: GPL-2.0-only
EOF
printf '/* the %s and the bus */\n' "slav""e" >>"$tree/tools/words.c"
expect words <<'EOF'
tools/words.c:2: old word for a role; say host/remote, driver/device or controller/target
EOF

put docs/bad.md <<'EOF'
One [good](page.md) and one [bad](gone.md#part).

[ref]: ../nowhere.txt
EOF
expect links <<'EOF'
docs/bad.md:1: link to gone.md#part, which does not exist; correct the path
docs/bad.md:3: link to ../nowhere.txt, which does not exist; correct the path
EOF

put docs/names.md <<'EOF'
A `gone()` and a `here()` in `lib/virtio/here.c`, which is `rpmsg.c`, or `lib/rpmsg/gone.c`; `theirs()` is Linux's, `NAME.c` yours.
`here()` in `rpmsg.c`.
EOF
put lib/virtio/here.c <<EOF
$bsd_c
int here(void);
EOF
put tests/checks/names-of-others.txt <<'EOF'
theirs()   Linux
EOF
expect names <<'EOF'
docs/names.md:1: no function gone() is in the sources; correct the name, or if it is not ours, add it to tests/checks/names-of-others.txt
docs/names.md:1: no file lib/rpmsg/gone.c is in the project; correct the name, or if it is not ours, add it to tests/checks/names-of-others.txt
docs/names.md:2: here() is not in rpmsg.c; name the file that it is in
EOF

put WIRE.md <<'EOF'
- **W-ONE-1** A side MUST do this (held by `good`, `gone`).
- **W-ONE-1** A side MUST do that (held by `good`).
- **W-ONE-2** Somebody MUST hold this.
EOF
put docs/reference/dialects.md <<'EOF'
W-ONE-2, and W-ONE-3.

| what | test |
|---|---|
| this | `gone_too` |
| that | none |
EOF
expect wire "$work/tests" <<'EOF'
WIRE.md:1: W-ONE-1 is held by gone, which ctest does not know; name a test that there is
WIRE.md:2: W-ONE-1 is in line 1 already; take the next free one
WIRE.md:3: W-ONE-2 does not end in the tests that hold it; end it in: (held by `NAME`).
docs/reference/dialects.md:1: no sentence W-ONE-3 is in WIRE.md; correct the number
docs/reference/dialects.md:5: ctest does not know gone_too; name a test that there is
docs/reference/dialects.md:6: this row names no test; its last cell is for that
EOF
exit $failed
