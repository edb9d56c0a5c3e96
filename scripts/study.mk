# SPDX-License-Identifier: MIT
# Part of the Makefile: `make study`, from runs to tables, figures and report.

# ---- the study: every run directory is a target -------------------------------------

quick := $(filter-out 0,$(QUICK))
protocol := $(if $(quick),quick,full)
epochs := $(if $(quick),6,50)
trials := $(if $(quick),8,30)
prune_after := $(if $(quick),2,10)
patience := $(if $(quick),2,10)
seeds := $(shell seq 0 $$(($(if $(quick),1,$(SEEDS)) - 1)))
map := $(filter %.nc %.nc4 %.cdf,$(DATASET))
data := $(if $(map),--sst $(DATASET),$(if $(filter nino12,$(DATASET)),--dataset nino12,--csv $(DATASET))) $(DATA_OPTIONS)
data_file := $(filter-out nino12,$(DATASET))
R := $(RESULTS)/runs

# $(1) name of the run, $(2) its command line, $(3) what it needs besides. The run starts
# again when the command line has changed, and only then.
define run
all_runs += $(R)/$(1)/run.json
$(R)/$(1)/run.json: $(RESULTS)/commands/$(1) $(data_file) $(3) | $(programs)
	@echo "--- $(1)"
	@$(B)/bin/$(2) $$(run_options) --out $$(@D)
$(RESULTS)/commands/$(1): FORCE
	@mkdir -p $$(@D)
	@echo '$(2) $$(run_options)' | cmp -s - $$@ || echo '$(2) $$(run_options)' > $$@
endef
run_options := $(data) --country $(COUNTRY) --protocol $(protocol)

$(eval $(call run,linear_regression,linear_regression))
define seed_runs
$(call run,cnn-seed$(1),cnn --epochs $(epochs) --seed $(1))
$(call run,cnn_pruned-seed$(1),cnn --epochs $(epochs) --seed $(1) --prune-unstructured 0.5 --prune-after $(prune_after))
$(call run,cnn_structured-seed$(1),cnn --epochs $(epochs) --seed $(1) --prune-structured 0.5 --prune-after $(prune_after))
$(call run,cnn_early_stopping-seed$(1),cnn --epochs $(epochs) --seed $(1) --early-stopping $(patience))
endef
$(foreach s,$(seeds),$(eval $(call seed_runs,$(s))))
# Both searches are studies in one journal: interrupted, they go on where they were. Other data, another study.
data_sum := $(if $(data_file)$(DATA_OPTIONS),-$(shell { echo '$(DATA_OPTIONS)'; cat $(data_file) /dev/null; } | cksum | cut -d' ' -f1))
journal = --journal $(RESULTS)/journal.log --study $(notdir $(basename $(DATASET)))$(data_sum)-$(1)-$(protocol)
$(eval $(call run,tune,tune --trials $(trials) --epochs $(epochs) $(call journal,tune)))
$(eval $(call run,tune_pruned,tune --trials $(trials) --epochs $(epochs) --pruner percentile:10 $(call journal,tune_pruned)))
$(eval $(call run,inference_linear_regression,inference --model $(R)/linear_regression/linear.json,$(R)/linear_regression/run.json))
$(eval $(call run,inference_cnn,inference --model $(R)/cnn-seed0/model.safetensors,$(R)/cnn-seed0/run.json))

# On maps also the skill against the lead; lead 1 is that of the runs above.
leads := $(if $(map),2 3 $(if $(quick),,4 5 6 7 8 9 10 11 12))
define lead_runs
$(call run,linear_regression-lead$(1),linear_regression --lead $(1))
$(call run,cnn-lead$(1),cnn --epochs $(epochs) --lead $(1))
endef
$(foreach l,$(leads),$(eval $(call lead_runs,$(l))))

runs: $(all_runs)

# ---- tables, figures, report -----------------------------------------------------------

F := $(RESULTS)/figures
figure_numbers := 1 2 3 4 5 6 7 8
drawings := $(foreach n,$(figure_numbers),$(F)/fig$(n).svg $(F)/fig$(n).pdf $(F)/fig$(n).png)

# The report writes all tables and the data of all figures at once; study.csv stands for them.
$(F)/study.csv: $(all_runs) | $(B)/bin/report
	@$(B)/bin/report --results $(RESULTS) --seeds $(words $(seeds))
$(drawings): $(F)/study.csv $(wildcard scripts/figures/*.gp)
	@gnuplot -d -e "data='$(F)'; out='$@'" scripts/figures/$(basename $(@F)).gp

# Of maps: skill against lead, and where the forecasts come from.
formats := svg pdf png
map_drawings := $(if $(map),$(formats:%=$(F)/skill.%) $(formats:%=$(F)/maps.%))
skill_runs := $(R)/linear_regression $(R)/cnn-seed0 $(foreach l,$(leads),$(R)/linear_regression-lead$(l) $(R)/cnn-lead$(l))
$(F)/skill.csv: $(F)/study.csv $(skill_runs:%=%/run.json) | $(B)/bin/skill
	@$(B)/bin/skill --out $@ $(skill_runs)
$(formats:%=$(F)/skill.%): $(F)/skill.csv $(wildcard scripts/figures/*.gp)
	@gnuplot -d -e "data='$(F)'; out='$@'" scripts/figures/skill.gp
$(formats:%=$(F)/maps.%): $(F)/study.csv $(R)/linear_regression/run.json $(R)/cnn-seed0/run.json $(wildcard scripts/figures/*.gp)
	@gnuplot -d -e "data='$(F)'; linear='$(R)/linear_regression'; cnn='$(R)/cnn-seed0'; out='$@'" scripts/figures/maps.gp

# One row per run, CodeCarbon's columns.
$(RESULTS)/emissions.csv: $(all_runs)
	@awk 'FNR > 1 || NR == 1' $(all_runs:run.json=emissions.csv) > $@.new && mv $@.new $@

$(RESULTS)/report.html: $(drawings) $(F)/study.csv | $(B)/bin/report
	@$(B)/bin/report --results $(RESULTS) --seeds $(words $(seeds)) --page

study: $(RESULTS)/report.html $(RESULTS)/emissions.csv $(map_drawings)
	@echo "--- done: read $(RESULTS)/report.html, $(RESULTS)/tables, $(RESULTS)/figures, $(RESULTS)/disclosure.md"
figures:
	@rm -f $(F)/study.csv
	@$(MAKE) study
