# SPDX-License-Identifier: GPL-2.0-only
# A module, out of the kernel's tree. A module's Makefile sets "here", its directory with a "/" behind it, and includes this:
#
#   make KDIR=DIR [MO=DIR]        build; KDIR is a configured and built kernel, MO takes every object
#   make KDIR=DIR [MO=DIR] check  sparse over the sources
#   make KDIR=DIR style           checkpatch
#   make [MO=DIR] clean
#
# kbuild writes objects beside the sources, so MO holds links to the sources and is what kbuild sees.

top := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)

KDIR ?= $(top)/build/kernel/obj
MO ?= $(top)/build/kernel/$(notdir $(here:/=))
ARCH ?= arm64
CROSS_COMPILE ?= aarch64-linux-gnu-

sources := $(notdir $(wildcard $(here)*.c $(here)*.h)) Kbuild
links := $(addprefix $(MO)/,$(sources))
kbuild = $(MAKE) -C $(KDIR) M=$(abspath $(MO)) ARCH=$(ARCH) CROSS_COMPILE=$(CROSS_COMPILE) AMP_INCLUDE=$(top)/include

modules: $(links)
	$(kbuild) modules

check: $(links)
	$(kbuild) C=2 CF=-D__CHECK_ENDIAN__ W=1 modules

style:
	cd $(here) && $(abspath $(KDIR))/source/scripts/checkpatch.pl --strict --no-tree --show-types -f *.c *.h

clean:
	rm -rf $(MO)

$(MO)/%: $(here)% | $(MO)
	ln -sf $< $@

$(MO):
	mkdir -p $@

.PHONY: modules check style clean
