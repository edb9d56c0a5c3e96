# greenmile: build it, test it, reproduce the study. `make help` lists the targets.
# SPDX-License-Identifier: MIT
#
#: make reproduce     the whole study: every table and figure into results/ (installs what is missing)
#: make test          all tests (installs what is missing)
#: make               build the programs in build/bin
#: make conformance   compare with PyTorch and others, as far as they are installed
#: make figures       draw the tables and figures again from the runs that are there
#: make fuzz          every reader of foreign files under libFuzzer, FUZZ_SECONDS=60 each (clang)
#: make data          fetch gridded SST into a cache outside the tree: SST=ersst (default) or cobe
#: make two-stacks    the study, then again by turns with PyTorch, scikit-learn and Optuna of PEERS, side by side in the report
#: make coverage-power  refit the power model and count what its bands cover: POWER_DATA=a folder with the results
#: make scaling       RMSE and energy of networks of 1 k to 30 M parameters on 24 to 192 months (a quarter of an hour)
#: make objectives    fronts of error and energy found by one objective, by two, and at random (minutes, idle machine)
#: make coverage      how often the intervals of RMSE differences hold the truth, by simulation (minutes)
#: make compare       two studies side by side: A=DIR B=DIR, the results of both; into A/compare
#: make torture       kills, full disks, failing calls and damaged files against the programs, MINUTES (20); a table at the end
#: make soak          a long track and four workers of one search, MINUTES (60): their memory, open files, cgroups
#: make gcov          lines that no test runs (gcc)
#: make bench         how fast it is, against this machine's floor and against PEERS, into results/bench
#: make install       track, the energy library, headers and manuals below PREFIX (/usr/local)
#: make clean         remove the build;  make clean-results: remove the results
#:
#: QUICK=1            a shortened protocol, under a minute, marked as such everywhere
#: DATASET=nino12     or a CSV file, then with DATA_OPTIONS="--date-column … --target … --train …",
#:                    or gridded monthly SST in netCDF, then with DATA_OPTIONS="--base-period Y:Y --box …"
#: SEEDS=5            train every CNN with so many seeds and report mean and standard deviation; searches have one
#: REPEAT=busy        run those again whose energy includes other programs' work
#: COUNTRY=WLD        carbon intensity of this country (ISO 3166 alpha-3); WLD is the world average. Another one is
#:                    multiplied with the recorded energy: nothing is trained again
#: CONTRACT=G         factor of your electricity contract, g CO2eq/kWh: market-based kg beside the others in the disclosure
#: PEERS=python3      the Python whose PyTorch, scikit-learn and Optuna are compared; PEERS=: make bench without
#: QUALITY=1          of make conformance: also whether searches end as well as Optuna's (takes minutes)
#: RESULTS=results    where the study goes
#: B=build            where the build goes; CC and CFLAGS as usual; V=1 shows whole command lines

B ?= build
# Of `make compare A=DIR B=DIR`, B is the other study.
ifneq ($(filter compare,$(MAKECMDGOALS)),)
other := $(if $(filter command,$(firstword $(origin B))),$(B))
override B := build
endif
CC ?= cc
CFLAGS ?= -O2 -g
RESULTS ?= results
QUICK ?= 0
DATASET ?= nino12
DATA_OPTIONS ?=
SEEDS ?= 5
COUNTRY ?= WLD
CONTRACT ?=
QUALITY ?= 0
REPEAT ?=
PEERS ?= python3

# These name directories and files in targets and command lines, where make and the shell split at blanks and
# read some characters as their own: refused before anything runs.
comma := ,
hash := \#
special := $(hash) $$ ' " ` ; & | < > ( ) { } [ ] * ? ! \ : % = $(comma)
unfit = $(or $(findstring $$,$(value $(1))),$(if $(filter 1,$(words $($(1)))),,blank or nothing),$(if $(filter-out x$(strip $($(1)))x,x$($(1))x),blank),\
  $(filter -%,$($(1))),$(firstword $(foreach c,$(special),$(if $(findstring $(c),$($(1))),$(c)))))
misnamed = $(name)="$(value $(name))": expected one name without blanks, without any of $(special) and without - in front
$(foreach name,RESULTS B DATASET,$(if $(call unfit,$(name)),\
  $(error $(misnamed))))

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: all compare objectives tests test data torture soak bench bench-docs reproduce study two-stacks runs figures conformance help clean clean-results dependencies check gcov FORCE
all: # the first target is the default; its prerequisites follow

# Compiler lines are short; V=1 shows them whole.
quiet = $(if $(V),,@echo "  $(1)  $@";)

# ---- build -----------------------------------------------------------------------

LIBRARIES := common models tuning energy datasets
PROGRAMS := linear_regression cnn tune inference report bench track
# Optional: without libnetcdf --sst, without hiredis journals in Redis, without hiredis_ssl (hiredis 1.0) and
# OpenSSL those over TLS are refused with a sentence.
optional := $(foreach package,netcdf hiredis hiredis_ssl openssl,$(shell pkg-config --exists $(package) 2>/dev/null && echo $(package)))
optional := $(if $(filter hiredis_ssl,$(optional)),$(optional),$(filter-out openssl,$(optional)))
have_netcdf := $(filter netcdf,$(optional))
PACKAGES := openblas json-c libxxhash $(optional)

# What the code needs to be itself; CFLAGS, LDFLAGS and B are the user's.
# No contraction: the same formula gives the same bits with every compiler. An enumeration constant is an int
# (C11 6.7.2.2); clang 19 and later warn of its use with a double, which C++ deprecates.
cflags := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -fopenmp-simd -ffp-contract=off \
  $(if $(findstring clang,$(CC)),-Wno-enum-float-conversion )-I. -I$(B) -MMD -MP $(patsubst %,-DGM_HAVE_%,$(shell echo $(optional) | tr a-z A-Z)) $(patsubst -I%,-isystem%,$(shell pkg-config --cflags $(PACKAGES) 2>/dev/null))
ldlibs := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) -lcsv -ldl -lm -lpthread
cmocka := $(shell pkg-config --libs cmocka 2>/dev/null)

# A library is its folder and the rooms in it; the kernels are compiled once per instruction set, below.
sources := $(filter-out models/kernels/% $(if $(have_netcdf),,datasets/maps/netcdf_%.c),$(wildcard $(LIBRARIES:=/*.c) $(LIBRARIES:=/*/*.c)))
data_tables := $(wildcard $(LIBRARIES:=/*.csv) $(LIBRARIES:=/*/*.csv))
objects_of = $(patsubst %.c,$(B)/%.o,$(filter $(1)/%,$(sources))) \
  $(patsubst %.csv,$(B)/%.csv.o,$(filter $(1)/%,$(data_tables)))
programs := $(PROGRAMS:%=$(B)/bin/%)
shared := $(filter-out $(PROGRAMS:%=experiments/%.c),$(wildcard experiments/*.c experiments/*/*.c))
# The tests stand in the folders of what they test, their programs side by side in $(B)/tests.
test_sources := $(filter-out $(if $(have_netcdf),,%/test_netcdf_classic.c),$(wildcard tests/*/test_*.c))
unit_tests := $(patsubst %.c,$(B)/tests/%,$(notdir $(test_sources)))
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
commit := $(shell scripts/commit)
$(B)/version.h: $(if $(AS_BUILT),,FORCE) | $(B)/flags
	@printf '#define GM_VERSION "%s"\n#define GM_GIT_COMMIT "%s"\n' $(version) $(commit) > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/common/options.o: $(B)/version.h

# What the objects were compiled with: another compiler, other flags, or a library that has come or gone,
# and they are made anew; with AS_BUILT=1 what is built is taken as it is, whatever flags and commit it is of.
flags := $(strip $(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS))
ifneq ($(flags),$(if $(AS_BUILT),$(flags),$(shell cat $(B)/flags 2>/dev/null)))
$(B)/flags: FORCE
endif
$(B)/flags:
	@scripts/clean --mark build $(B)
	@printf '%s\n' '$(subst ','\'',$(flags))' > $@

$(B)/%.o: %.c $(B)/flags | dependencies
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# A data table, a page or a style sheet as a C string: gm_table_NAME; a script of gnuplot as gm_figure_NAME. They are
# made anew when this file changes, which says how. Bytes are character constants, which fit a char with a sign and one without (arm64).
define embed
$(B)/%.$(1).c: %.$(1) Makefile | $(B)/flags
	@mkdir -p $$(@D)
	@{ name=gm_$(if $(filter gp,$(1)),figure,table)_$$(basename $$(notdir $$*)); \
	   echo "extern const char $$$$name[]; const char $$$$name[] = {"; \
	   od -An -v -to1 $$< | sed "s/ \([0-7]*\)/'\\\\\1',/g"; echo "0};"; } > $$@
$(B)/%.$(1).o: $(B)/%.$(1).c $(B)/flags
	$$(call quiet,CC)$$(CC) $$(cflags) $$(CFLAGS) -c -o $$@ $$<
endef
$(foreach kind,csv html css md txt gp,$(eval $(call embed,$(kind))))

# The memory-bound kernels, once per instruction set; here contraction to FMA is wanted. gcc needs a third of its time
# here to find out where variables stand at every instruction, for a debugger, and gives up in the longest functions.
isas := baseline $(if $(filter x86_64,$(shell $(CC) -dumpmachine 2>/dev/null | cut -d- -f1)),avx2 avx512)
isa_avx2 := -mavx2 -mfma
isa_avx512 := $(isa_avx2) -mavx512f -mavx512bw -mavx512dq -mavx512vl -mprefer-vector-width=512
kernel_flags := -O3 -ffp-contract=fast -fno-math-errno $(shell $(CC) -fno-var-tracking-assignments -E -x c /dev/null > /dev/null 2>&1 && echo -fno-var-tracking-assignments)
$(B)/models/kernels/kernels_%.o: models/kernels/kernels.c $(B)/flags | dependencies
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CPPFLAGS) $(CFLAGS) $(kernel_flags) $(isa_$*) -c -o $@ $<
$(B)/libmodels.a: $(isas:%=$(B)/models/kernels/kernels_%.o) $(B)/models/kernels/select.o

# What the bench says about its build.
$(B)/experiments/bench/machine.o: CPPFLAGS += -DGM_BUILD_FLAGS='"$(CFLAGS); kernels -O3 -ffp-contract=fast"'

define archive
$(B)/lib$(1).a: $$(call objects_of,$(1))
	@mkdir -p $$(@D); rm -f $$@
	$$(call quiet,AR)$$(AR) qcs $$@ $$^
endef
$(foreach library,$(LIBRARIES),$(eval $(call archive,$(library))))
$(experiments): $(shared:%.c=$(B)/%.o) $(patsubst %,$(B)/%.o,$(wildcard $(foreach kind,html css md txt gp,experiments/*/*.$(kind))) scripts/figures/style.gp)
	@mkdir -p $(@D); rm -f $@
	$(call quiet,AR)$(AR) qcs $@ $^

$(B)/bin/%: $(B)/experiments/%.o $(experiments) $(archives)
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs)
$(B)/examples/%: $(B)/examples/%.o $(B)/libtuning.a $(B)/libcommon.a
	$(call quiet,CC)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(ldlibs)
$(B)/bin/track: LDFLAGS += -Wl,--as-needed# a meter that starts no BLAS threads
link = $(CC) $(CFLAGS) $(LDFLAGS) -o $$@ $$^ $(ldlibs) $(cmocka)
define test_program
$(B)/tests/$(basename $(notdir $(1))): $(B)/$(1:.c=.o) $(experiments) $(archives)
	$$(call quiet,CC)$(link)
endef
$(foreach test,$(test_sources) $(wildcard tests/*.c),$(eval $(call test_program,$(test))))

include scripts/install.mk
include tests/fuzz/fuzz.mk

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
gcov:
	@$(MAKE) $(parallel) all tests B=$(B)/gcov CFLAGS="-O0 --coverage"
	@tests/run $(B)/gcov
	@scripts/never-run $(B)/gcov

reproduce:
	@scripts/install-deps
	@$(MAKE) $(parallel) all
	@$(MAKE) study

ifneq ($(filter study two-stacks runs,$(MAKECMDGOALS)),)
.NOTPARALLEL:
endif

# ---- the study: every run directory is a target -------------------------------------

quick := $(filter-out 0,$(QUICK))
protocol := $(if $(quick),quick,full)
epochs := $(if $(quick),6,50)
trials := $(if $(quick),8,30)
prune_after := $(if $(quick),2,10)
patience := $(if $(quick),2,10)
seeds := $(shell seq 0 $$(($(if $(quick),1,$(SEEDS)) - 1)))
# What --dataset knows.
embedded := $(patsubst ROW(%),%,$(shell sed -n 's/^.define GM_DATASETS(ROW) //p' datasets/embedded.h))
# A map by its first bytes (classic netCDF or HDF5), whatever it is called.
map := $(if $(filter-out $(embedded),$(DATASET)),$(shell head -c 4 '$(DATASET)' 2>/dev/null | od -An -tx1 | \
  grep -qE ' (43 44 46 0[125]|89 48 44 46)' && echo map))
data := $(if $(map),--sst $(DATASET),$(if $(filter $(embedded),$(DATASET)),--dataset,--csv) $(DATASET)) $(DATA_OPTIONS)
data_file := $(filter-out $(embedded),$(DATASET))
R := $(RESULTS)/runs
# Says that the directory is a study's and nothing else, so that clean-results may remove it.
study_mark := $(RESULTS)/.greenmile-study
$(study_mark):
	@scripts/clean --mark results $(RESULTS)

# Runs whose energy includes other programs' work are marked (experiments/run/foreign_load.h). REPEAT=busy makes
# them anew; a search then gets a study of its own in the journal, as it would find itself finished.
busy = $(shell grep -l '"machine_busy": true' $(R)/*/run.json 2>/dev/null)
ifneq ($(and $(filter busy,$(REPEAT)),$(filter study runs,$(MAKECMDGOALS))),)
$(foreach run,$(patsubst $(R)/%/run.json,%,$(busy)),$(shell rm -f $(R)/$(run)/run.json; \
  case $(run) in tune*) printf .again >> $(RESULTS)/commands/$(run).again ;; esac))
endif

# $(1) name of the run, $(2) its command line, in which @ is RESULTS, $(3) what it needs besides, $(4) options that
# prevail over those of all runs. The run starts again when what decides its numbers has changed, and only then: the
# command is remembered without the country, which is multiplied in by the report, without RESULTS, which may be
# moved, and with the contents of the data in place of their path.
define run
all_runs += $(R)/$(1)/run.json
$(R)/$(1)/run.json: $(RESULTS)/commands/$(1) $(3) | $(programs)
	@echo "--- $(1)"
	@$(B)/bin/$(subst @,$(RESULTS),$(2)) $(data) $$(run_options)$(if $(4), $(4)) --country $(COUNTRY) --out $$(@D)
$(RESULTS)/commands/$(1): FORCE | $(study_mark)
	@mkdir -p $$(@D)
	@echo '$(2) $(data_as_is) $$(run_options)$(if $(4), $(4))' | cmp -s - $$@ || \
	  echo '$(2) $(data_as_is) $$(run_options)$(if $(4), $(4))' > $$@
endef
run_options := --protocol $(protocol)
# Other data, another study, wherever they lie.
data_sum := $(if $(data_file)$(DATA_OPTIONS),-$(shell { echo '$(DATA_OPTIONS)'; cat $(data_file) /dev/null; } 2>/dev/null | cksum | cut -d' ' -f1))
data_as_is := $(notdir $(DATASET))$(data_sum) $(DATA_OPTIONS)

$(eval $(call run,linear_regression,linear_regression))
define seed_runs
$(call run,cnn-seed$(1),cnn --epochs $(epochs) --seed $(1))
$(call run,cnn_pruned-seed$(1),cnn --epochs $(epochs) --seed $(1) --prune-unstructured 0.5 --prune-after $(prune_after))
$(call run,cnn_structured-seed$(1),cnn --epochs $(epochs) --seed $(1) --prune-structured 0.5 --prune-after $(prune_after))
$(call run,cnn_early_stopping-seed$(1),cnn --epochs $(epochs) --seed $(1) --early-stopping $(patience))
endef
$(foreach s,$(seeds),$(eval $(call seed_runs,$(s))))
# Both searches are studies in one journal: interrupted, they go on where they were.
journal = --journal @/journal.log --study $(notdir $(basename $(DATASET)))$(data_sum)-$(1)-$(protocol)$(shell cat $(RESULTS)/commands/$(1).again 2>/dev/null)
$(eval $(call run,tune,tune --trials $(trials) --epochs $(epochs) $(call journal,tune)))
$(eval $(call run,tune_pruned,tune --trials $(trials) --epochs $(epochs) --pruner percentile:10 $(call journal,tune_pruned)))
$(eval $(call run,inference_linear_regression,inference --model @/runs/linear_regression/linear.json,$(R)/linear_regression/run.json))
$(eval $(call run,inference_cnn,inference --model @/runs/cnn-seed0/model.safetensors,$(R)/cnn-seed0/run.json))

# On maps also the regression on their leading patterns, and the skill against the lead; one of the leads is that of the runs above.
lead := $(or $(shell echo ' $(DATA_OPTIONS)' | sed -n 's/.* --lead[= ] *\([0-9][0-9]*\).*/\1/p'),1)
n_leads := $(if $(map),$(if $(quick),3,12),0)
$(if $(map),$(eval $(call run,eof_regression,linear_regression --components blocks)))
define lead_runs
$(call run,linear_regression-lead$(1),linear_regression,,--lead $(1))
$(call run,eof_regression-lead$(1),linear_regression --components blocks,,--lead $(1))
$(call run,cnn-lead$(1),cnn --epochs $(epochs),,--lead $(1))
endef
$(foreach l,$(filter-out $(lead),$(shell seq $(n_leads))),$(eval $(call lead_runs,$(l))))

runs: $(all_runs)

# ---- tables, figures, report -----------------------------------------------------------

F := $(RESULTS)/figures
figure_numbers := 1 2 3 4 5 6 7 8
drawings := $(foreach name,$(figure_numbers:%=fig%) power,$(F)/$(name).svg $(F)/$(name).pdf $(F)/$(name).png)

# Of maps besides: skill against lead, and where the forecasts come from.
drawings += $(if $(map),$(foreach format,svg pdf png,$(F)/skill.$(format) $(F)/skill_months.$(format) $(F)/maps.$(format)))

# The report writes all tables, emissions.csv and the data of all figures at once; study.csv stands for them.
report_options := --seeds $(words $(seeds)) --leads $(n_leads) --country $(COUNTRY) $(CONTRACT:%=--contract-intensity %)
report := $(B)/bin/report --results $(RESULTS) $(report_options)
$(F)/study.csv: $(all_runs) $(RESULTS)/commands/report $(wildcard $(RESULTS)/peers/stacks.json) | $(B)/bin/report
	@$(report)
$(RESULTS)/commands/report: FORCE | $(study_mark)
	@mkdir -p $(@D)
	@echo 'report $(report_options)' | cmp -s - $@ || echo 'report $(report_options)' > $@
$(drawings): $(F)/study.csv $(wildcard scripts/figures/*)
	@scripts/figures/draw "$(F)" "$(R)" "$@"

$(RESULTS)/report.html: $(drawings) $(F)/study.csv | $(B)/bin/report
	@$(report) --page

study: $(RESULTS)/report.html
	@runs='$(patsubst $(R)/%/run.json,%,$(busy))'; [ -z "$$runs" ] || echo "--- the machine was busy with other programs during: $$runs;" \
	  "their energies are not comparable. On an idle machine: make reproduce REPEAT=busy"
	@echo "--- done: read $(RESULTS)/report.html, $(RESULTS)/tables, $(RESULTS)/figures, $(RESULTS)/disclosure.md"
figures:
	@rm -f $(F)/study.csv
	@$(MAKE) study

# Two studies side by side, A and B the directories of their results: A/compare/compare.html and its table.
compare: $(B)/bin/report
	@test -n "$(A)" -a -n "$(other)" || { echo "make compare: expected A=DIR B=DIR, the results of two studies" >&2; exit 2; }
	@$(B)/bin/report --results "$(A)" --compare "$(other)" $(if $(filter command,$(firstword $(origin COUNTRY))),--country $(COUNTRY))
	@echo "--- done: read $(A)/compare/compare.html"

two-stacks: study
	@$(PEERS) scripts/peers/study.py --results $(RESULTS) --bin $(B)/bin
	@$(MAKE) figures

# ---- robustness --------------------------------------------------------------------------

MINUTES ?= 20
$(B)/tests/failing_io.so: tests/torture/failing_io.c $(B)/flags
	@mkdir -p $(@D)
	$(call quiet,CC)$(CC) $(cflags) $(CFLAGS) -fPIC -shared -o $@ $< -ldl
torture: all $(B)/tests/failing_io.so
	@tests/torture/run $(B) $(MINUTES)

soak: all
	@tests/torture/soak $(B) $(if $(filter file,$(origin MINUTES)),60,$(MINUTES))

# ---- speed -------------------------------------------------------------------------------

bench: $(B)/bin/bench | $(study_mark)
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

# ---- is the bigger model worth it? -------------------------------------------------------------

include scripts/scaling.mk

# ---- intervals that hold --------------------------------------------------------------------

.PHONY: coverage coverage-power
coverage: $(B)/tests/coverage_rmse
	@$(B)/tests/coverage_rmse
# The front of error and energy, searched by one objective and by two (docs/search.md); on an idle machine.
objectives: all $(B)/tests/hypervolume_table
	@scripts/objectives $(B) $(B)/objectives
# Published server results, which are not part of the suite; docs/power-model.md says where they are from.
POWER_DATA ?= $(firstword $(wildcard ../*/data/power))
coverage-power:
	@test -n "$(POWER_DATA)" || { echo "coverage-power: expected POWER_DATA=FOLDER with specpower_ends.csv and specpower_curves.csv (docs/power-model.md)" >&2; exit 2; }
	@scripts/coverage-power $(POWER_DATA)/specpower_ends.csv $(POWER_DATA)/specpower_curves.csv docs/power-model.md

# ---- comparisons with other implementations ------------------------------------------------

conformance: all $(B)/tests/peer_training $(B)/tests/peer_tuning $(B)/tests/peer_intervals $(B)/tests/peer_data
	@$(if $(filter file,$(origin PEERS)),,PEERS='$(PEERS)') scripts/peers/run $(B) $(if $(filter-out 0,$(QUALITY)),--quality)

# ---- the rest ----------------------------------------------------------------------------

SST ?= ersst
data:
	@scripts/fetch-sst $(SST)
help:
	@sed -n 's/^#:\( \|$$\)//p' Makefile
clean:
	@scripts/clean build $(B)
clean-results:
	@scripts/clean results $(RESULTS)
