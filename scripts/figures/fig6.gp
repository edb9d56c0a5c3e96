# SPDX-License-Identifier: MIT
# Figure 6: all models and their Pareto front. Reads study.csv, fig5_models.csv and fig6_front.csv.
shown = "linear_regression eof_regression cnn cnn_pruned cnn_structured cnn_early_stopping tune tune_pruned"
front = 1
load "scripts/figures/tradeoff.gp"
