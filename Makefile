# SPDX-License-Identifier: MIT
# echo64: see `make help`. Everything that is made stands in $(B).
$(if $(word 2,$(CURDIR)),$(error make cannot work in a directory with \
	spaces in its path: '$(CURDIR)'))

B        ?= build
prefix   ?= /usr/local
bindir   ?= $(prefix)/bin
datadir  ?= $(prefix)/share
mandir   ?= $(datadir)/man
libexecdir ?= $(prefix)/libexec
# What `make coverage` demands, in per cent.
SRC_LINES     ?= 100
SRC_BRANCHES  ?= 95
HARNESS_LINES ?= 90

# An empty environment has none, and then programs beside sh are not found.
PATH     ?= /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

CFLAGS   ?= -O2 -g
MUSL_CC  ?= $(shell command -v musl-gcc)
STATIC_CC = $(or $(MUSL_CC),$(CC))
STATIC   ?= -static

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow \
	-Wmissing-prototypes $(if $(CI),-Werror) $(CPPFLAGS) $(CFLAGS)
XML_CFLAGS := $(shell pkg-config --cflags libxml-2.0 2>/dev/null || \
	echo -I/usr/include/libxml2)
# Every symbol is bound at the start: else each child that is forked binds its
# own, anew.
BIND_NOW  = -Wl,-z,now
H_LDLIBS  = -ljansson -lxml2 -lseccomp -lmnl -lelf -lunistring -pthread

SRC      := $(sort $(wildcard src/*.c))
UNITS    := $(sort $(wildcard harness/*/test_*.c))
CROWD    := $(addprefix harness/,base/address.c base/frame.c base/histogram.c \
	client/protocol.c client/talk.c client/talk_end.c client/talk_flood.c \
	stress/crowd_client.c stress/crowd_gate.c stress/crowd_main.c)
HARNESS  := $(filter-out harness/stress/crowd_% $(UNITS),\
	$(sort $(wildcard harness/*.c harness/*/*.c harness/cases/*/*.c)))
SERVERS  := $(sort $(wildcard fixtures/servers/*.c fixtures/hostile/*.c \
	fixtures/patience/*.c fixtures/starts/*.c))
CLIENTS  := $(sort $(wildcard fixtures/clients/*.c fixtures/containers/*.c))
# What memcheck is to look into; the others are static, since a worker of those
# costs a third less to fork, and the tests start a million of them.
DYNAMIC  := $(shell grep -l '^ \* [A-Z][a-z-]*: memory/' fixtures/servers/*.c)

obj       = $(patsubst %.c,$(B)/obj/%.o,$(1))
D_SRC     = $(filter-out src/echo64.c src/frame.c,$(SRC))
D_OBJ     = $(call obj,$(D_SRC))
C_OBJ     = $(call obj,$(patsubst %,src/%.c,echo64 frame io net number))
H_OBJ     = $(call obj,$(HARNESS))
PROGRAMS  = $(B)/echo64d $(B)/echo64 $(B)/harness $(B)/harness-crowd
FIXTURES  = $(patsubst %.c,$(B)/%,$(SERVERS) $(CLIENTS))
TESTS     = $(patsubst %.c,$(B)/unit/%,$(notdir $(UNITS)))

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '%-5s %s\n'
endif

all: $(PROGRAMS) ## build echo64d, echo64, harness and its crowd (default)

$(B)/echo64d: $(D_OBJ)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(BIND_NOW) -o $@ $^ $(LDLIBS)
$(B)/echo64: $(C_OBJ)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/harness: $(H_OBJ)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(BIND_NOW) -o $@ $^ $(H_LDLIBS) $(LDLIBS)
$(B)/harness-crowd: $(CROWD) $(wildcard harness/*/*.h)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(STATIC_CC) $(ALL_CFLAGS) $(LDFLAGS) $(STATIC) -Iharness -o $@ \
		$(CROWD) $(LDLIBS)

$(B)/obj/src/%.o: src/%.c
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Isrc -MMD -MP -c -o $@ $<
$(B)/obj/harness/%.o: harness/%.c
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(XML_CFLAGS) -Iharness -MMD -MP -c -o $@ $<
.SECONDEXPANSION:
# A test stands beside its unit, in whichever folder; a % would be the stem.
any := %
$(TESTS): $(B)/unit/%: $$(filter $$(any)/$$*.o,$(call obj,$(UNITS))) \
		$(filter-out %/main.o,$(H_OBJ))
	$(say) LINK $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(H_LDLIBS) $(LDLIBS)
.SECONDARY: $(call obj,$(UNITS))
$(B)/fixtures/%: fixtures/%.c $(wildcard fixtures/*/*.h)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(LINK) -o $@ $< -pthread $(LDLIBS)
$(FIXTURES): LINK = $(STATIC)
$(DYNAMIC:%.c=$(B)/%): LINK = $(BIND_NOW)

static: $(B)/static/echo64d ## the daemon as one static executable
$(B)/static/echo64d: $(D_SRC) $(wildcard src/*.h)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(STATIC_CC) $(ALL_CFLAGS) $(LDFLAGS) -Isrc -static -o $@ \
		$(filter %.c,$^) $(LDLIBS)

fixtures: $(FIXTURES) ## servers and clients known to be wrong, or right
units: $(TESTS)
tests: all fixtures static units

# What is missing is installed before a sub-make looks at the machine; it uses
# all cores, unless the caller said how many jobs.
MORE = $(Q)+$(MAKE) --no-print-directory $(if $(filter -j%,$(MAKEFLAGS)),,\
	-j$(shell nproc 2>/dev/null || echo 1))

stress: ## the main job: 500 clients against echo64d
	$(Q)ci/deps build
	$(MORE) all
	$(Q)$(B)/harness -c 500
check: ## every test: unit tests and bats files
	$(Q)ci/deps build check
	$(MORE) tests
	$(Q)ci/check $(B) unit bats
check-all: ## every test in its long form, for an hour
	$(Q)ci/deps build check browser
	$(MORE) tests
	$(Q)WHOLE=1 FILE_S=7200 ci/check $(B) unit bats
check-unit: ## the unit tests of the harness
	$(Q)ci/deps build
	$(MORE) units
	$(Q)ci/check $(B) unit
check-bats: ## the bats files, or one: T=bats/daemon.bats
	$(Q)ci/deps build check
	$(MORE) tests
	$(Q)ci/check $(B) bats $(T)

kill-matrix: ## write fixtures/kill-matrix.md: which case sees what
	$(Q)ci/deps build check
	$(MORE) all fixtures static
	$(Q)ci/kill-matrix $(B)
peers: ## write fixtures/peers.md: Debian's own servers, judged
	$(Q)ci/deps build check peers
	$(MORE) all
	$(Q)ci/peers peers $(B)
daemons: ## write fixtures/daemons.md: Debian's daemons, judged
	$(Q)ci/deps build check daemons
	$(MORE) all
	$(Q)ci/peers daemons $(B)

# A build of another kind in $(B)/NAME finds the frames and the servers, which
# are the same, where its harness and the tests look for them.
$(B)/fixtures/frames:
	@mkdir -p $(@D)
	@ln -sfn $(CURDIR)/fixtures/frames $(CURDIR)/fixtures/protocols $(@D)
# What is undefined ends the program: a report on the stderr of a daemon is read
# by nobody. In gcc's shared libraries UBSan has a copy of its own of what ASan
# is told, the file for reports with it, and writes to stderr all the same.
ASAN = B=$(B)/asan MUSL_CC= STATIC= CFLAGS="-O1 -g -fno-omit-frame-pointer \
	-fsanitize=address,undefined -fno-sanitize-recover=undefined" \
	LDFLAGS="$(if $(findstring clang,$(CC)),,-static-libasan -static-libubsan)"
asan-self:
	$(Q)ci/deps build
	$(MORE) $(ASAN) $(B)/asan/broken
	$(Q)ci/asan $(B)/asan self
$(B)/broken: ci/broken.c
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(LDLIBS)
asan: asan-self $(B)/fixtures/frames ## unit tests and stress with sanitizers
	$(MORE) $(ASAN) all units
	$(Q)ci/asan $(B)/asan
comma    := ,
COVERAGE = $(abspath $(B))/coverage
coverage: $(B)/fixtures/frames ## every test, and the lines they reached
	$(Q)ci/deps build check coverage
	$(MORE) fixtures static
	@mkdir -p $(COVERAGE)
	@ln -sfn ../fixtures ../static $(COVERAGE)
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $(COVERAGE)/coverage_exit.o \
		ci/coverage_exit.c
	$(MORE) B=$(COVERAGE) MUSL_CC= all units \
		CFLAGS='-O0 -g --coverage' LDLIBS=$(COVERAGE)/coverage_exit.o \
		LDFLAGS='$(addprefix -Wl$(comma)--wrap=,_exit fdopen sigwaitinfo)'
	$(Q)ci/coverage $(COVERAGE) $(SRC_LINES) $(SRC_BRANCHES) \
		$(HARNESS_LINES)
valgrind: ## memcheck: the daemon under load, and the client
	$(Q)ci/deps build check
	$(MORE) all
	$(Q)ci/valgrind $(B)
lint: ## shellcheck, clang-tidy, include directions, man pages
	$(Q)ci/deps build lint
	$(MORE) all
	$(Q)ci/lint $(B) "$(ALL_CFLAGS) $(XML_CFLAGS)"
bench: ## ratios against the other servers that are installed
	$(Q)ci/deps build bench
	$(MORE) all
	$(Q)ci/bench $(B)

INSTALL = install -D
install: all ## into $(DESTDIR)$(prefix); one prefix for all
	$(Q)for p in harness echo64 echo64d; do \
		$(INSTALL) $(B)/$$p $(DESTDIR)$(bindir)/$$p || exit; done
	$(Q)$(INSTALL) $(B)/harness-crowd \
		$(DESTDIR)$(libexecdir)/echo64/harness-crowd
	$(Q)$(INSTALL) -m 644 -t $(DESTDIR)$(datadir)/echo64/frames \
		fixtures/frames/*.frame
	$(Q)$(INSTALL) -m 644 -t $(DESTDIR)$(datadir)/echo64/protocols \
		fixtures/protocols/*
	$(Q)$(INSTALL) -m 644 -t $(DESTDIR)$(mandir)/man1 \
		harness/harness.1 harness/harness-report.1 src/echo64.1
	$(Q)$(INSTALL) -m 644 -t $(DESTDIR)$(mandir)/man5 \
		harness/harness-protocol.5
	$(Q)$(INSTALL) -m 644 -t $(DESTDIR)$(mandir)/man8 src/echo64d.8
uninstall: ## what install has put there
	rm -f $(addprefix $(DESTDIR)$(bindir)/,harness echo64 echo64d) \
		$(addprefix $(DESTDIR)$(mandir)/,man1/harness.1 \
		man1/harness-report.1 man1/echo64.1 man5/harness-protocol.5 man8/echo64d.8)
	rm -rf $(DESTDIR)$(libexecdir)/echo64 $(DESTDIR)$(datadir)/echo64

clean: ## remove what was made
	rm -rf $(B)

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / \
		{ printf "  make %-11s %s\n", $$1, $$2 }' Makefile

.PHONY: all static fixtures units tests stress check check-all check-unit \
	check-bats kill-matrix peers daemons asan asan-self coverage valgrind \
	lint bench install uninstall clean help
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
