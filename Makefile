# SPDX-License-Identifier: GPL-2.0-only
# The front door: `make help`. CMake builds programs, library and firmware (CMakePresets.json); this file puts the
# parts of the lab together and does the set-up of a fresh Debian 12.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

BUILD   := build
REPORTS := $(BUILD)/reports
# Each SoC description is one SoC: `make up SOC=NAME`.
SOCS    := $(patsubst qemu/%.dts,%,$(wildcard qemu/*.dts))
SOC     ?=
# The cores that there is firmware for, by CMake preset.
FIRMWARE_PRESETS := cortex-m3 cortex-m33 riscv32 cortex-a53
DEMO    ?= bring-up

# Which kernel: a version of Debian's, the user's own tree, with debugging, with patches. And which QEMU.
KERNEL     ?=
KERNEL_SRC ?=
DEBUG      ?=
FIXES      ?=
QEMU       ?=
# The user's own firmware file, and whether packages may be installed.
FIRMWARE   ?=
SETUP      ?= yes
FUZZ_SECONDS ?= 60
PREFIX     ?= /usr/local
# Where an installation is put together, if not in its place: for packages.
DESTDIR    ?=
INSTALLED  := $(DESTDIR)$(PREFIX)
export SETUP KERNEL KERNEL_SRC DEBUG FIXES

# Each kernel has a lab of its own, whose firmware and SoCs are those of build/lab.
SHARED_FILES := $(BUILD)/lab
LAB_FILES := $(SHARED_FILES)$(shell KERNEL='$(KERNEL)' KERNEL_SRC='$(KERNEL_SRC)' DEBUG='$(DEBUG)' kernel/which.sh 2>/dev/null)
# With these a program runs that lab, with that QEMU; what it waits for takes longer under Linux's checkers.
IN_LAB := AMPRELAY_LAB='$(CURDIR)/$(LAB_FILES)'$(if $(QEMU), PATH='$(CURDIR)/$(BUILD)/qemu-$(QEMU)/bin':"$$PATH")$(if $(filter %-debug,$(LAB_FILES)), AMPRELAY_PATIENCE=5)

JOBS := $(shell nproc)
AMPRELAY := $(BUILD)/bin/amprelay
FIRMWARE_ARG := $(if $(FIRMWARE),--firmware '$(FIRMWARE)')
SOC_ARG := $(if $(SOC),--soc '$(SOC)')

# One build at a time in one tree: a second `make` waits for the first one's build, not for its demo.
LOCKED = @scripts/locked.sh $(BUILD) $(MAKE)

##@ See it work
.PHONY: demo demo-native up down
demo: lab ## Play DEMO=NAME (default bring-up; 'amprelay demo --list' names all) on SOC=NAME; report in build/reports/demo-NAME.json
	@mkdir -p $(REPORTS)
	@$(if $(filter bring-up,$(DEMO)),ln -sfn demo-bring-up.json $(REPORTS)/demo.json) # the name that it had first
	@$(IN_LAB) $(AMPRELAY) demo '$(DEMO)' --report '$(REPORTS)/demo-$(DEMO).json' $(SOC_ARG) $(FIRMWARE_ARG)

demo-native: ## The library alone: host and remote core as two processes; needs a C compiler and CMake, no QEMU
	$(LOCKED) .native
	@$(BUILD)/library/docs/examples/native_demo $(BUILD)/library/docs/examples/demo_firmware.elf

up: lab ## Start a lab and leave it running (SOC=NAME: qemu/NAME.dts): then build/bin/amprelay status, exec, fault …
	@$(IN_LAB) $(AMPRELAY) up $(SOC_ARG) $(FIRMWARE_ARG)

down: ## Take that lab down
	@$(AMPRELAY) down

##@ Build
.PHONY: all lab setup tools firmware guest kernel cross docs
all: lab ## Everything that the lab needs, and the library

lab: ## Programs, firmware, kernel, guest image: all parts of the lab, in build/lab (of another kernel: build/lab-6.12, lab-debug)
	$(LOCKED) .lab

tools: ## Only the programs and the library for this machine (preset dev)
	$(LOCKED) .setup .tools

firmware: ## Only firmware and boot ROMs, of all cores; a running lab takes it with `amprelay restart CORE`
	$(LOCKED) .setup .firmware

kernel: ## Only the kernel, its modules and the guest image; KERNEL=6.12, KERNEL_SRC=DIR, DEBUG=1, FIXES=yes choose another
	$(LOCKED) .path .setup .image

guest-net: lab ## What `amprelay up --net` adds to Linux: an ssh server, for build/lab
	@kernel/initramfs/net.sh

recovery-pictures: lab ## Take the pictures of docs/explanation/three-recoveries.md anew, from a lab and a browser
	@tests/browser/recoveries.sh $(BUILD)/dev/bin/amprelay docs/explanation

cross: ## The library for every core and for arm64 Linux, installed in build/prefix/PRESET
	$(LOCKED) .setup .cross

docs: ## Reference of the public headers: build/docs/html/index.html
	$(LOCKED) .setup .docs

setup: ## Install the Debian packages of packages.txt that are missing (SETUP=no: only name them)
	@scripts/setup.sh

.PHONY: .lab .path .setup .tools .native .firmware .lint-firmware .guest .kernel .image .qemu .cross .docs .coverage
.lab: .path .setup .qemu .tools .firmware .lint-firmware .image

# Said before anything is built, not after five minutes.
.path:
	@kernel/build.sh --check

.setup:
	@scripts/setup.sh

# A preset is configured once, then built; what takes no time is not talked about.
define build_preset
	@[ -f $(BUILD)/$(1)/build.ninja ] || { echo "configuring preset $(1) (once)"; mkdir -p $(BUILD); \
		cmake --preset $(1) >$(BUILD)/$(1).log 2>&1 || { cat $(BUILD)/$(1).log; rm -f $(BUILD)/$(1)/CMakeCache.txt; exit 1; }; }
	@scripts/build.sh $(BUILD)/$(1) $(2)
endef

# put FILE TO: a shell command that replaces TO if it is another, whole or not at all.
put = { cmp -s $(1) $(2) || { cp $(1) $(2).new && mv $(2).new $(2); }; }

.tools:
	$(call build_preset,dev)
	@mkdir -p $(BUILD)/bin $(SHARED_FILES)/firmware
	@ln -sfn ../dev/bin/amprelay $(AMPRELAY)
	@$(foreach s,$(SOCS),$(call put,$(BUILD)/dev/gen/$(s)/soc.json,$(SHARED_FILES)/$(s).json);)

.firmware: $(FIRMWARE_PRESETS:%=.firmware-%)
	@mkdir -p $(SHARED_FILES)/firmware
	@for f in $(FIRMWARE_PRESETS:%=$(BUILD)/%/firmware/*.elf); do \
		case $${f##*/} in bootrom-*) to=$(SHARED_FILES) ;; *) to=$(SHARED_FILES)/firmware ;; esac; \
		$(call put,$$f,$$to/$${f##*/}) || exit; \
	done

# The firmware is looked at for the core whose name it has.
.lint-firmware: .tools .firmware
	@for f in $(SHARED_FILES)/firmware/amprelay-*.elf; do \
		core=$${f##*/amprelay-} && core=$${core%.elf} && core=$${core%-private}; \
		[ ! -f $(SHARED_FILES)/$$core.json ] || found=$$($(AMPRELAY) lint --lab $(SHARED_FILES) --soc $$core $$f) || \
			{ printf '%s\n' "$$found"; exit 1; }; \
	done

.firmware-%:
	$(call build_preset,$*)

# Of a compiler and CMake alone: that preset needs no ninja.
.native:
	@[ -x $(BUILD)/library/docs/examples/native_demo ] || { mkdir -p $(BUILD); echo "building the library and its demonstration"; }
	@{ cmake --preset library && cmake --build --preset library -j$(JOBS); } >$(BUILD)/library.log 2>&1 || { cat $(BUILD)/library.log; exit 1; }

.guest:
	$(call build_preset,arm64-linux)

# install_library PRESET: what an application for that machine needs.
define install_library
	$(call build_preset,$(1))
	@rm -rf $(BUILD)/prefix/$(1)
	@DESTDIR= cmake --install $(BUILD)/$(1) --component library --prefix $(BUILD)/prefix/$(1) >/dev/null
endef

.cross: $(FIRMWARE_PRESETS:%=.cross-%) .cross-cortex-m0plus .cross-arm64-linux

.cross-%:
	$(call install_library,$*)

.docs:
	@scripts/docs.sh $(BUILD)/docs
	@echo 'reference: $(BUILD)/docs/html/index.html'

.coverage:
	$(call build_preset,coverage,amprelay)
	@scripts/coverage.sh

.kernel:
	@kernel/build.sh

# One that is not the usual one has the firmware and SoCs of that: new ones appear in both.
.image: .guest .kernel
	@kernel/initramfs/build.sh
	@[ $(LAB_FILES) = $(SHARED_FILES) ] || (cd $(LAB_FILES) && ln -sfn ../lab/firmware firmware && ln -sf ../lab/*.json ../lab/bootrom-*.elf .)

.qemu:
	@$(if $(QEMU),qemu/fetch.sh '$(QEMU)' $(BUILD),:)

##@ Check
# What `make check-long` runs, one target after the other: all that CI has no time for. A new one is a word here.
LONG_CHECKS := stress soak soak-lifecycle peers scenarios campaign check-kernel upstream options check-lto mutations fuzz headers check-release

.PHONY: check check-long check-unit check-asan check-tsan lint .lint lint-kernel check-kernel .debug-kernel check-lab coverage stress soak soak-lifecycle mutations peers scenarios campaign random-faults upstream headers options check-lto
check: lab guest-net ## Everything that CI runs: static analysis, checks, unit tests (plain, sanitizers), cross builds, lab tests
	@$(MAKE) lint check-asan check-tsan cross
	@ctest --test-dir $(BUILD)/dev -j$(JOBS) --output-on-failure --no-tests=error --timeout 300

check-long: FUZZ_SECONDS = 10
check-long: ROUNDS = 200
check-long: ## What takes longer than CI allows: stress, soak, model peers, all scenarios, a campaign, Linux's checkers, upstream patches, options, mutations, fuzz, headers, releases; all run
	@$(MAKE) -k -j1 $(LONG_CHECKS) FUZZ_SECONDS='$(FUZZ_SECONDS)' ROUNDS='$(ROUNDS)'

check-unit: ## Only the unit tests (seconds)
	$(LOCKED) .setup .tools
	@ctest --test-dir $(BUILD)/dev -L unit -j$(JOBS) --output-on-failure --no-tests=error

check-asan: ## Unit tests under the address and undefined-behaviour sanitizers
	$(call build_preset,asan)
	@ctest --test-dir $(BUILD)/asan -L unit -j$(JOBS) --output-on-failure --no-tests=error

check-tsan: ## Unit tests of the library under the thread sanitizer
	$(call build_preset,tsan)
	@ctest --test-dir $(BUILD)/tsan -L unit -j$(JOBS) --output-on-failure --no-tests=error

lint: ## Static analysis: clang-tidy, cppcheck with MISRA, gcc -fanalyzer; sparse and checkpatch for the driver; build/reports/lint.json
	$(LOCKED) .setup .lint

.lint:
	@scripts/lint.sh

lint-kernel: ## sparse and checkpatch over the driver
	@kernel/lint.sh

check-kernel: ## The driver under Linux's own checkers (KASAN, lockdep, kmemleak …), with allocations that fail: a report of theirs fails it
	@$(MAKE) lab DEBUG=1
	@$(MAKE) .debug-kernel DEBUG=1

.debug-kernel:
	@$(IN_LAB) kernel/check.sh $(AMPRELAY)

check-lab: lab ## Only the lab tests: real Linux, real firmware
	@$(IN_LAB) ctest --test-dir $(BUILD)/dev -L lab -j$(JOBS) --output-on-failure --no-tests=error --timeout $(if $(DEBUG),1500,300)

coverage: ## What the unit tests execute of lib/: table, build/reports/coverage.json; fails below 95 % of lines, 85 % of branches
	$(LOCKED) .setup .coverage

.PHONY: fuzz .fuzz
fuzz: ## Fuzz every boundary for FUZZ_SECONDS each (default 60): table, build/reports/fuzz.json; inputs kept in build/fuzz
	$(LOCKED) .setup .fuzz
	@FUZZ_SECONDS='$(FUZZ_SECONDS)' FUZZ='$(FUZZ)' tests/fuzz/run.sh $(BUILD)/fuzz/tests/fuzz $(BUILD)/fuzz $(REPORTS)/fuzz.json

.fuzz:
	$(call build_preset,fuzz,fuzzers)

stress: ## Both sides at full speed on two CPUs: COUNT=N messages (default 200000000, minutes), from SEED=N; build/reports/stress.json
	$(LOCKED) .setup
	@COUNT='$(COUNT)' SEED='$(SEED)' tests/stress/run.sh

soak: ## Simulate the library under faults: a restart at every step, WAYS=N ways to run (default 64); then RUNS=N schedules (default 1000000) from SEED=N; Ctrl-C ends it with a summary
	$(LOCKED) .setup .tools
	@$(BUILD)/dev/tests/sim/simulate --progress --class every --ways $(or $(WAYS),64)
	@$(BUILD)/dev/tests/sim/simulate --progress --runs $(or $(RUNS),1000000) --seed $(or $(SEED),1)

soak-lifecycle: lab ## ROUNDS=N (default 1000) deaths of Linux, which a core outlives, and as many restarts of the core, on SOC=NAME (default m3); build/reports/soak-lifecycle.json
	@$(IN_LAB) tests/soak/lifecycle.sh $(AMPRELAY) $(or $(ROUNDS),1000) $(or $(SOC),m3) $(REPORTS)/soak-lifecycle.json

peers: ## Our library against models of the other libraries and of Linux: RUNS=N schedules (default 20000) from SEED=N
	$(LOCKED) .setup .tools
	@$(BUILD)/dev/tests/peers/peers --runs $(or $(RUNS),20000) --seed $(or $(SEED),1)

scenarios: lab ## Every scenario of scenarios/, each fault of the catalogue among them; build/reports/scenarios.xml, logs in build/reports/scenarios
	@mkdir -p $(REPORTS)
	@$(IN_LAB) $(AMPRELAY) scenario run scenarios --junit $(REPORTS)/scenarios.xml --artifacts $(REPORTS)/scenarios

campaign: lab ## ROUNDS=N rounds (default 1000) of random faults under messages on all channels, from SEED=N, on SOC=NAME (default m3 and star); build/reports/campaign.json and a page
	@mkdir -p $(REPORTS)
	@$(IN_LAB) $(AMPRELAY) campaign --rounds $(or $(ROUNDS),1000) $(if $(SEED),--seed '$(SEED)') $(SOC_ARG) --report $(REPORTS)/campaign.json \
		--scenarios $(REPORTS)/campaign --artifacts $(REPORTS)/campaign-labs; status=$$?; $(AMPRELAY) report $(REPORTS)/campaign.json; exit $$status

random-faults: lab ## COUNT=N times (default 1) 100 random faults, with wild writes, on a lab of SOC=NAME (default m3), from SEED=N
	@$(IN_LAB) $(AMPRELAY) scenario run scenarios/random-faults.yaml --soc $(or $(SOC),m3) --repeat $(or $(COUNT),1) --seed $(or $(SEED),1)

upstream: ## What a core does to Linux with the patches of kernel/upstream: sound in each row; the lab is the unmodified one again after it
	@$(MAKE) lab FIXES=yes
	@kernel/upstream/reproduce.sh; status=$$?; $(MAKE) lab FIXES=; exit $$status

options: ## The library's unit tests without each option of lib/options.cmake, without all, and optimised at link time
	$(LOCKED) .setup
	@tests/options/matrix.sh $(BUILD)/options

check-lto: ## All unit tests of a build that is optimised at link time (preset lto)
	$(LOCKED) .setup
	$(call build_preset,lto)
	@ctest --test-dir $(BUILD)/lto -L unit -j$(JOBS) --output-on-failure --no-tests=error

mutations: ## Do the tests find bugs? Takes each barrier and check out of a copy of the library (some minutes)
	@$(MAKE) .setup
	@tests/sim/mutations.sh $(BUILD)/mutations

headers: ## Each installed header as a strict application compiles it, with gcc and clang, from C99 to C++23
	$(LOCKED) .setup .tools
	@rm -rf $(BUILD)/headers && DESTDIR= cmake --install $(BUILD)/dev --component library --prefix "$(CURDIR)/$(BUILD)/headers/prefix" >/dev/null
	@tests/consumer/headers.sh "$(CURDIR)/$(BUILD)/headers/prefix" tests/consumer $(BUILD)/headers/work all

##@ Measure
.PHONY: bench size baseline
bench: lab ## Instruction counts, threads, processes, lab: tables, build/reports/bench.json, pictures (LAB=no leaves the lab out)
	@bench/run.sh

size: ## Flash, RAM and stack of the library on a Cortex-M3, and the difference to bench/baseline.json; build/reports/size.json
	$(LOCKED) .setup
	@bench/size.sh

baseline: ## Record instruction counts and sizes that are meant to have changed: bench/baseline.json, to be committed
	$(LOCKED) .setup
	@bench/guard.sh --record

##@ Release
.PHONY: release deb check-release check-abi
release: lab ## Source archive, Debian packages and checksums in build/dist, from a tree without changes; see RELEASING.md
	$(call build_preset,release)
	@scripts/release.sh $(BUILD)/dist

deb: lab ## Debian packages of what is built, in build/dist
	$(call build_preset,release)
	@scripts/deb.sh $(BUILD)/release $(LAB_FILES) $(BUILD)/dist

check-release: deb ## ABI check, release, and packages and Containerfile in fresh Debian roots (as root; half an hour)
	@set -e; for test in abi release packages containerfile; do tests/long/$$test.sh; done

check-abi: ## Compare the shared library's interface with the last release's
	$(LOCKED) .setup
	@scripts/abi.sh $(BUILD)/abi

##@ Other
.PHONY: help clean distclean install uninstall
install: lab ## Install programs, library and the lab's files below PREFIX (default /usr/local; DESTDIR=DIR: below DIR/PREFIX)
	$(call build_preset,release)
	@DESTDIR='$(DESTDIR)' cmake --install $(BUILD)/release --prefix '$(PREFIX)' >/dev/null
	@mkdir -p '$(INSTALLED)/share/amprelay/firmware'
	@cp $(LAB_FILES)/Image $(LAB_FILES)/initramfs.cpio $(LAB_FILES)/*.json $(LAB_FILES)/bootrom-*.elf '$(INSTALLED)/share/amprelay/'
	@cp $(LAB_FILES)/firmware/*.elf '$(INSTALLED)/share/amprelay/firmware/'
	@scripts/installed.sh $(BUILD)/release/install_manifest.txt '$(DESTDIR)' '$(PREFIX)'
	@echo 'installed below $(INSTALLED)'

uninstall: ## Remove what `make install` with the same PREFIX and DESTDIR has installed
	@scripts/uninstall.sh '$(INSTALLED)'

clean: ## Remove what was built, but keep kernels (2 to 3 minutes each to build) and fetched QEMUs
	@[ ! -d $(BUILD) ] || find $(BUILD) -mindepth 1 -maxdepth 1 ! -name kernel ! -name guest ! -name 'qemu-*' -exec rm -rf {} +

distclean: ## Remove all of build/
	@rm -rf $(BUILD)

help: ## This list
	@awk 'BEGIN {FS = ":.*## "; printf "AmpRelay: make TARGET [VARIABLE=value]\n"} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2} \
		END {printf "\nVariables\n  KERNEL=6.12      run that Linux of Debian'\''s, in build/lab-6.12\n  KERNEL_SRC=DIR   build this kernel tree instead of Debian'\''s linux-source-6.1\n  DEBUG=1          Linux with its checkers (KASAN, lockdep …), in build/lab-debug\n  FIXES=yes        Linux with the patches of kernel/upstream/; every target that builds the lab takes these\n  QEMU=10          run that QEMU of Debian'\''s backports: demo, up, check-lab and scenarios take it\n"; \
		printf "  SOC=NAME         what up starts, and demo plays on: one of qemu/*.dts\n  DEMO=NAME        what demo plays\n"; \
		printf "  FIRMWARE=FILE    run this firmware on the core\n  SETUP=no         install nothing; name what is missing\n"; \
		printf "  FUZZ_SECONDS=N   how long each fuzzer runs\n  FUZZ=NAMES       run only these fuzzers\n"}' $(MAKEFILE_LIST)
