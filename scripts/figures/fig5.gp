# SPDX-License-Identifier: MIT
# Figure 5: linear regression against CNN. Reads study.csv and fig5_models.csv.
shown = "linear_regression cnn"
front = 0
load "scripts/figures/tradeoff.gp"
