# SPDX-License-Identifier: MIT
# Figure 7: the search without pruner. Reads study.csv, fig7_curves.csv, fig7_trials.csv, fig7_axes.csv.
figure = "fig7"
load "scripts/figures/search.gp"
