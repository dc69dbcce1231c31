# SPDX-License-Identifier: MIT
# echo64: see `make help`. Everything that is made stands in $(B).
B        ?= build
prefix   ?= /usr/local
bindir   ?= $(prefix)/bin
datadir  ?= $(prefix)/share
mandir   ?= $(datadir)/man
libexecdir ?= $(prefix)/libexec

CFLAGS   ?= -O2 -g
MUSL_CC  ?= $(shell command -v musl-gcc)
STATIC_CC = $(or $(MUSL_CC),$(CC))

ALL_CFLAGS = -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wshadow \
	-Wmissing-prototypes $(if $(CI),-Werror) $(CPPFLAGS) $(CFLAGS)
XML_CFLAGS := $(shell pkg-config --cflags libxml-2.0 2>/dev/null || \
	echo -I/usr/include/libxml2)
# Every symbol is bound at the start: else each worker binds its own, anew.
D_LDFLAGS = -Wl,-z,now

SRC      := $(sort $(wildcard src/*.c))
HARNESS  := $(filter-out harness/crowd_main.c,\
	$(sort $(wildcard harness/*.c harness/cases/*.c)))
CROWD    := harness/crowd_main.c harness/frame.c harness/histogram.c
SERVERS  := $(sort $(wildcard fixtures/servers/*.c))
UNITS    := $(sort $(wildcard harness/unit/*.c))

obj       = $(patsubst %.c,$(B)/obj/%.o,$(1))
D_OBJ     = $(call obj,$(filter-out src/echo64.c,$(SRC)))
C_OBJ     = $(call obj,src/echo64.c src/net.c src/io.c)
H_OBJ     = $(call obj,$(HARNESS))
PROGRAMS  = $(B)/echo64d $(B)/echo64 $(B)/harness $(B)/harness-crowd
FIXTURES  = $(patsubst fixtures/servers/%.c,$(B)/fixtures/servers/%,$(SERVERS))

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
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(D_LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/echo64: $(C_OBJ)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(B)/harness: $(H_OBJ)
	$(say) LINK $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ -ljansson -lxml2 $(LDLIBS)
$(B)/harness-crowd: $(CROWD) $(wildcard harness/*.h)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(STATIC_CC) $(ALL_CFLAGS) -static -o $@ $(CROWD)

$(B)/obj/src/%.o: src/%.c
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Isrc -MMD -MP -c -o $@ $<
$(B)/obj/harness/%.o: harness/%.c
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(XML_CFLAGS) -Iharness -MMD -MP -c -o $@ $<
$(B)/unit/%: harness/unit/%.c $(filter-out %/main.o,$(H_OBJ))
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -Iharness -o $@ $^ -ljansson -lxml2
$(B)/fixtures/servers/%: fixtures/servers/%.c \
		$(wildcard fixtures/servers/*.h)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -o $@ $< -pthread

static: $(B)/static/echo64d ## build/static/echo64d with musl-gcc
$(B)/static/echo64d: $(filter-out src/echo64.c,$(SRC)) $(wildcard src/*.h)
	$(say) CC $@
	@mkdir -p $(@D)
	$(Q)$(STATIC_CC) $(ALL_CFLAGS) -Isrc -static -o $@ $(filter %.c,$^)

fixtures: $(FIXTURES) ## build the broken servers

clean: ## remove what was made
	rm -rf $(B)

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | \
		column -t -s '|'

.PHONY: all static fixtures clean help
-include $(shell find $(B)/obj -name '*.d' 2>/dev/null)
