# greenmile: build, test and reproduce the study. `make help` lists the targets.
# SPDX-License-Identifier: MIT
B ?= build
CC ?= cc
CFLAGS ?= -O2 -g
LIBRARIES := common models tuning energy datasets
PROGRAMS := linear_regression cnn tune inference report
PACKAGES := openblas json-c

# What the code needs to be itself; CFLAGS, LDFLAGS and B are the user's.
# No contraction: the same formula gives the same bits with every compiler.
cflags := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -fopenmp -ffp-contract=off \
  -I. -I$(B) -MMD -MP $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ldlibs := -fopenmp $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -ldl -lm -lpthread

sources := $(wildcard $(LIBRARIES:=/*.c))
tables := $(wildcard $(LIBRARIES:=/*.csv))
objects_of = $(patsubst %.c,$(B)/%.o,$(filter $(1)/%,$(sources))) $(patsubst %.csv,$(B)/%.csv.o,$(filter $(1)/%,$(tables)))
mains := $(PROGRAMS:%=experiments/%.c)
shared := $(filter-out $(mains),$(wildcard experiments/*.c))
programs := $(PROGRAMS:%=$(B)/bin/%)
tests := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/test_*.c))
conformance := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/conformance_*.c))
# models … datasets call common, never one another, so common comes last.
archives := $(patsubst %,$(B)/lib%.a,$(filter-out common,$(LIBRARIES)) common)

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all tests help clean dependencies
all: $(programs)

tests: $(tests) $(conformance)

help:
	@sed -n 's/^#: //p' Makefile

dependencies:
	@scripts/install-deps --check

# The version is a header of its own, so that a new commit recompiles one file.
version := 0.1
commit := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
.PHONY: version-check
$(B)/version.h: version-check
	@mkdir -p $(@D)
	@printf '#define GM_VERSION "%s"\n#define GM_GIT_COMMIT "%s"\n' $(version) $(commit) > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/common/options.o: $(B)/version.h

$(B)/%.o: %.c | dependencies
	@mkdir -p $(@D)
	$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# A data table as a C array: gm_table_NAME and gm_table_NAME_size.
$(B)/%.csv.c: %.csv
	@mkdir -p $(@D)
	@{ name=gm_table_$(basename $(notdir $*)); echo "#include <stddef.h>"; \
	   echo "extern const char $$name[]; extern const size_t $${name}_size;"; echo "const char $$name[] = {"; \
	   od -An -v -td1 $< | sed 's/  */,/g; s/^,//; s/$$/,/'; echo "};"; \
	   echo "const size_t $${name}_size = sizeof $$name;"; } > $@
$(B)/%.csv.o: $(B)/%.csv.c
	$(CC) $(cflags) $(CFLAGS) -c -o $@ $<

# The memory-bound kernels, once per instruction set; here contraction to FMA is wanted.
isas := baseline $(if $(filter x86_64,$(shell uname -m)),avx2 avx512)
isa_avx2 := -mavx2 -mfma
isa_avx512 := $(isa_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512
kernel_objects := $(isas:%=$(B)/models/kernels/kernels_%.o) $(B)/models/kernels/select.o
$(B)/models/kernels/kernels_%.o: models/kernels/kernels.c | dependencies
	@mkdir -p $(@D)
	$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -O3 -ffp-contract=fast -fno-math-errno $(isa_$*) -c -o $@ $<
$(B)/libmodels.a: $(kernel_objects)

define archive
$(B)/lib$(1).a: $$(call objects_of,$(1))
	@rm -f $$@
	$(AR) rcs $$@ $$^
endef
$(foreach library,$(LIBRARIES),$(eval $(call archive,$(library))))

$(B)/bin/%: $(B)/experiments/%.o $(shared:%.c=$(B)/%.o) $(archives)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs)

$(B)/tests/%: $(B)/tests/%.o $(archives)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs) $(shell pkg-config --libs cmocka 2>/dev/null)

clean:
	rm -rf $(B)

$(B)/%.d: ;
-include $(shell find $(B) -name '*.d' 2>/dev/null)
