# greenmile: build it, test it, reproduce the study. `make help` lists the targets.
# SPDX-License-Identifier: MIT
#
#: make reproduce     the whole study: every table and figure into results/ (installs what is missing)
#: make test          all tests (installs what is missing)
#: make               build the programs in build/bin
#: make conformance   compare with PyTorch and others, as far as they are installed
#: make figures       draw the tables and figures again from the runs that are there
#: make data          fetch gridded SST into a cache outside the tree: SST=ersst (default) or cobe
#: make bench         how fast it is, against this machine's floor and against PEERS, into results/bench
#: make install       track, the energy library, headers and manuals below PREFIX (/usr/local)
#: make clean         remove the build;  make clean-results: remove the results
#:
#: QUICK=1            a shortened protocol, under a minute, marked as such everywhere
#: DATASET=nino12     or a CSV file, then with DATA_OPTIONS="--date-column … --target … --train …",
#:                    or gridded monthly SST, FILE.nc, then with DATA_OPTIONS="--base-period Y:Y --box …"
#: SEEDS=1            train every CNN with so many seeds and report mean and standard deviation
#: COUNTRY=WLD        carbon intensity of this country (ISO 3166 alpha-3); WLD is the world average
#: PEERS=python3      of make bench: the Python whose PyTorch, scikit-learn and Optuna are compared, or none
#: QUALITY=1          of make conformance: also whether searches end as well as Optuna's (takes minutes)
#: RESULTS=results    where the study goes
#: B=build            where the build goes; CC and CFLAGS as usual; V=1 shows whole command lines

B ?= build
CC ?= cc
CFLAGS ?= -O2 -g
RESULTS ?= results
QUICK ?= 0
DATASET ?= nino12
DATA_OPTIONS ?=
SEEDS ?= 1
COUNTRY ?= WLD
QUALITY ?= 0

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all tests test data bench bench-docs reproduce study runs figures conformance help clean clean-results dependencies check FORCE
all: # the first target is the default; its prerequisites follow

# Compiler lines are short; V=1 shows them whole.
quiet = $(if $(V),,@echo "  $(1)  $@";)

# ---- build -----------------------------------------------------------------------

LIBRARIES := common models tuning energy datasets
PROGRAMS := linear_regression cnn tune inference report skill bench track
# Optional: without libnetcdf --sst, without hiredis journals in Redis are refused with a sentence.
optional := $(foreach package,netcdf hiredis,$(shell pkg-config --exists $(package) 2>/dev/null && echo $(package)))
have_netcdf := $(filter netcdf,$(optional))
PACKAGES := openblas json-c $(optional)

# What the code needs to be itself; CFLAGS, LDFLAGS and B are the user's.
# No contraction: the same formula gives the same bits with every compiler.
cflags := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -fopenmp-simd -ffp-contract=off \
  -I. -I$(B) -MMD -MP $(patsubst %,-DGM_HAVE_%,$(shell echo $(optional) | tr a-z A-Z)) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
ldlibs := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -ldl -lm -lpthread
cmocka := $(shell pkg-config --libs cmocka 2>/dev/null)

sources := $(filter-out $(if $(have_netcdf),,datasets/netcdf_%.c),$(wildcard $(LIBRARIES:=/*.c)))
data_tables := $(wildcard $(LIBRARIES:=/*.csv))
objects_of = $(patsubst %.c,$(B)/%.o,$(filter $(1)/%,$(sources))) \
  $(patsubst %.csv,$(B)/%.csv.o,$(filter $(1)/%,$(data_tables)))
programs := $(PROGRAMS:%=$(B)/bin/%)
shared := $(filter-out $(PROGRAMS:%=experiments/%.c),$(wildcard experiments/*.c experiments/*/*.c))
unit_tests := $(patsubst tests/%.c,$(B)/tests/%,$(filter-out $(if $(have_netcdf),,tests/test_netcdf_%.c),$(wildcard tests/test_*.c)))
conformance := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/conformance_*.c))
# models, tuning, energy and datasets call common, never one another, so common comes last.
archives := $(patsubst %,$(B)/lib%.a,$(filter-out common,$(LIBRARIES)) common)
experiments := $(B)/libexperiments.a

examples := $(B)/examples/minimise
all: $(programs)
tests: $(unit_tests) $(conformance) $(examples)

dependencies:
	@scripts/install-deps --check

# The version is a header of its own, so that a new commit recompiles one file.
version := 0.1
commit := $(shell git describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
$(B)/version.h: FORCE
	@mkdir -p $(@D)
	@printf '#define GM_VERSION "%s"\n#define GM_GIT_COMMIT "%s"\n' $(version) $(commit) > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/common/options.o: $(B)/version.h

# What the objects were compiled with: another compiler, other flags, or a library that has come or gone,
# and they are made anew.
flags := $(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(flags)' | cmp -s - $@ || printf '%s\n' '$(flags)' > $@

$(B)/%.o: %.c $(B)/flags | dependencies
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# A data table as a C array: gm_table_NAME and gm_table_NAME_size.
$(B)/%.csv.c: %.csv
	@mkdir -p $(@D)
	@{ name=gm_table_$(basename $(notdir $*)); echo "#include <stddef.h>"; \
	   echo "extern const char $$name[]; extern const size_t $${name}_size;"; echo "const char $$name[] = {"; \
	   od -An -v -td1 $< | sed 's/  */,/g; s/^,//; s/$$/,/'; echo "};"; \
	   echo "const size_t $${name}_size = sizeof $$name;"; } > $@
$(B)/%.csv.o: $(B)/%.csv.c $(B)/flags
	$(call quiet,CC)$(CC) $(cflags) $(CFLAGS) -c -o $@ $<

# The memory-bound kernels, once per instruction set; here contraction to FMA is wanted.
isas := baseline $(if $(filter x86_64,$(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)),avx2 avx512)
isa_avx2 := -mavx2 -mfma
isa_avx512 := $(isa_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512
$(B)/models/kernels/kernels_%.o: models/kernels/kernels.c $(B)/flags | dependencies
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -O3 -ffp-contract=fast -fno-math-errno $(isa_$*) -c -o $@ $<
$(B)/libmodels.a: $(isas:%=$(B)/models/kernels/kernels_%.o) $(B)/models/kernels/select.o

# What the bench says about its build.
$(B)/experiments/bench/machine.o: CPPFLAGS += -DGM_BUILD_FLAGS='"$(CFLAGS); kernels -O3 -ffp-contract=fast"'

define archive
$(B)/lib$(1).a: $$(call objects_of,$(1))
	@mkdir -p $$(@D); rm -f $$@
	$$(call quiet,AR)$$(AR) rcs $$@ $$^
endef
$(foreach library,$(LIBRARIES),$(eval $(call archive,$(library))))
$(experiments): $(shared:%.c=$(B)/%.o)
	@mkdir -p $(@D); rm -f $@
	$(call quiet,AR)$(AR) rcs $@ $^

$(B)/bin/%: $(B)/experiments/%.o $(experiments) $(archives)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs)
$(B)/examples/%: $(B)/examples/%.o $(B)/libtuning.a $(B)/libcommon.a
	$(call quiet,CC)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs)
$(B)/bin/track: LDFLAGS += -Wl,--as-needed# a meter that starts no BLAS threads
$(B)/tests/%: $(B)/tests/%.o $(experiments) $(archives)
	$(call quiet,CC)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs) $(cmocka)

include scripts/install.mk

$(B)/%.d: ;
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- the two commands -------------------------------------------------------------
# Each installs what is missing first and then starts make again, so that newly
# installed packages are found. Only the build runs in parallel: what is metered
# must have the machine to itself.

parallel = $(if $(findstring j,$(filter -j% --jobserver%,$(MAKEFLAGS))),,-j$(shell nproc 2>/dev/null || echo 1))

test:
	@scripts/install-deps
	@$(MAKE) $(parallel) all tests
	@$(MAKE) check
check: all tests
	@tests/run $(B)

reproduce:
	@scripts/install-deps
	@$(MAKE) $(parallel) all
	@$(MAKE) study

ifneq ($(filter study runs,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

include scripts/study.mk

# ---- speed -------------------------------------------------------------------------------

PEERS ?= python3
bench: $(B)/bin/bench
	@mkdir -p $(RESULTS)/bench
	@$(B)/bin/bench --peers $(PEERS) $(if $(quick),--quick) --json $(RESULTS)/bench/bench.json > $(RESULTS)/bench/bench.md.new
	@mv $(RESULTS)/bench/bench.md.new $(RESULTS)/bench/bench.md
	@cat $(RESULTS)/bench/bench.md

# Puts the tables of the last runs into docs/performance.md, between "<!-- begin FILE -->" and "<!-- end -->".
bench-docs:
	@awk -v results=$(RESULTS) '/^<!-- end/ { skip = 0 } !skip { print } \
	  /^<!-- begin / { file = results "/" $$3; if ((getline line < file) > 0) { skip = 1; \
	    do print line; while ((getline line < file) > 0) } }' docs/performance.md > docs/performance.md.new
	@mv docs/performance.md.new docs/performance.md

# ---- comparisons with other implementations ------------------------------------------------

conformance: all $(B)/tests/peer_training $(B)/tests/peer_tuning
	@scripts/peers/run $(B) $(if $(filter-out 0,$(QUALITY)),--quality)

# ---- the rest ----------------------------------------------------------------------------

SST ?= ersst
data:
	@scripts/fetch-sst $(SST)
help:
	@sed -n 's/^#:\( \|$$\)//p' Makefile
clean:
	rm -rf $(B)
clean-results:
	rm -rf $(RESULTS)
