# SPDX-License-Identifier: GPL-2.0-only
# A module, out of the kernel's tree. A module's Makefile sets "here", its directory with a "/" behind it, perhaps "oldest", the
# first kernel that has what it needs, and "why"; and includes this:
#
#   make KDIR=DIR [MO=DIR]        build; KDIR is a configured and built kernel, MO takes every object
#   make KDIR=DIR [MO=DIR] check  sparse over the sources
#   make KDIR=DIR style           checkpatch
#   make [MO=DIR] clean
#
# kbuild writes objects beside the sources, so MO holds links to the sources and is what kbuild sees.

top := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))..)

oldest ?= 0
KDIR ?= $(top)/build/kernel/obj
MO ?= $(top)/build/kernel/$(notdir $(here:/=))
ARCH ?= arm64
CROSS_COMPILE ?= aarch64-linux-gnu-

sources := $(notdir $(wildcard $(here)*.c $(here)*.h)) Kbuild
links := $(addprefix $(MO)/,$(sources))
kbuild = $(MAKE) -C $(KDIR) M=$(abspath $(MO)) ARCH=$(ARCH) CROSS_COMPILE=$(CROSS_COMPILE) AMP_INCLUDE=$(top)/include

modules: version $(links)
	$(kbuild) modules

release = $(KDIR)/include/config/kernel.release
version:
	@[ ! -e $(release) ] || [ "$$( (echo $(oldest); cat $(release)) | sort -V | head -n 1)" = $(oldest) ] || { \
		echo "kernel: $(KDIR) is Linux $$(cat $(release)): $(notdir $(here:/=)) needs $(oldest) or later, $(why)" >&2; exit 1; }

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

.PHONY: modules version check style clean
