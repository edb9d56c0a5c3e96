# SPDX-License-Identifier: MIT
# Figure 8: the search with the percentile pruner, and what other pruners would have saved and lost in the search
# without. Reads study.csv, fig8_curves.csv, fig8_trials.csv, fig8_axes.csv and fig8_frontier.csv.
figure = "fig8"
load "scripts/figures/search.gp"
