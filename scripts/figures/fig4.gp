# SPDX-License-Identifier: MIT
# Figure 4: the CNN's forecast (seed 0). Reads study.csv, fig4_series.csv, fig4_panels.csv.
figure = "fig4"; model = "cnn"
load "scripts/figures/forecast.gp"
