# SPDX-License-Identifier: MIT
# Figure 3: the linear regression's forecast. Reads study.csv, fig3_series.csv, fig3_panels.csv.
figure = "fig3"; model = "linear_regression"
load "scripts/figures/forecast.gp"
