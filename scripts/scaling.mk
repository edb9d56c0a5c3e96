# SPDX-License-Identifier: MIT
# Part of the Makefile: `make scaling`, networks of the same kind from 1,000 to 30 million parameters on 24 to 192 months of
# training, three seeds each, early stopping, every run metered, and the linear regression on the same months. Each run
# is a target, so it goes on where it was interrupted. The report has it from then on.

scaling_parameters := $(if $(quick),1000 30000 1000000,1000 3000 10000 30000 100000 300000 1000000 3000000 10000000 30000000)
# The training months end in 1995-12; of so many the first.
scaling_months := $(if $(quick),48 192,24 48 96 192)
first_24 := 1994-01
first_48 := 1992-01
first_96 := 1988-01
first_192 := 1980-01
scaling_seeds := $(if $(quick),0,0 1 2)

ifneq ($(filter scaling-runs,$(MAKECMDGOALS)),)
.NOTPARALLEL:
all_runs :=
scaling_train = --train $(first_$(1)):1995-12
define scaling_run
$(call run,scaling/p$(1)-n$(2)-s$(3),cnn --parameters $(1) --seed $(3) --epochs $(epochs) --early-stopping $(patience) $(call scaling_train,$(2)))
endef
$(foreach n,$(scaling_months),$(eval $(call run,scaling/lr-n$(n),linear_regression $(call scaling_train,$(n)))))
$(foreach n,$(scaling_months),$(foreach p,$(scaling_parameters),$(foreach s,$(scaling_seeds),$(eval $(call scaling_run,$(p),$(n),$(s))))))
.PHONY: scaling-runs
scaling-runs: $(all_runs)
endif

.PHONY: scaling
scaling:
	$(if $(filter nino12,$(DATASET)),,$(error make scaling is of the embedded series, DATASET=nino12))
	@$(MAKE) $(parallel) all
	@$(MAKE) scaling-runs
	@$(B)/bin/report --results $(RESULTS) --scaling
	@for format in svg pdf png; do \
	  LC_ALL=C.UTF-8 gnuplot -d -e "data='$(F)'; out='$(F)/scaling.$$format'" scripts/figures/scaling.gp || exit 1; done
	@echo "--- done: read $(RESULTS)/tables/scaling.md, $(RESULTS)/figures/scaling.svg; make figures puts them into the report"
