# SPDX-License-Identifier: MIT
# Figure 8: the search with the percentile pruner. Reads study.csv, fig8_curves.csv, fig8_trials.csv, fig8_axes.csv.
figure = "fig8"
load "scripts/figures/search.gp"
