# SPDX-License-Identifier: MIT
# A hyperparameter search: the learning curve of every trial above, the best finished value so far
# below. Figures 7 and 8 set `figure` and load this. Reads study.csv, FIGURE_curves.csv,
# FIGURE_trials.csv and FIGURE_axes.csv; Figure 8 has a third panel, of fig8_frontier.csv.
panels = figure eq "fig8" ? 3 : 2
panel_cm = 3.6; gap_cm = 1.2; bottom_cm = panels == 3 ? 3.0 : 2.6
width_cm = 8.4; height_cm = bottom_cm + panels * panel_cm + (panels - 1) * gap_cm + 0.55
load "scripts/figures/style.gp"

curves = data."/".figure."_curves.csv"
trials = data."/".figure."_trials.csv"
axes = data."/".figure."_axes.csv"
low = NaN; high = NaN; persistence = NaN; n_trials = 0; n_outside = 0
stats axes using (low = column("rmse_low"), high = column("rmse_high"), persistence = column("persistence"), \
  n_trials = column("n_trials"), n_outside = column("n_outside"), 0) nooutput
ended(state) = strcol("state") eq state
if_value(condition, name) = condition ? column(name) : NaN
faint = "#c3d9ea"
shown_trials = 5 # the best ones, each in its own dashes; the others faint
n_pruned = 0; n_failed = 0
stats trials using (n_pruned = n_pruned + ended("pruned"), n_failed = n_failed + ended("fail"), 0) nooutput

set multiplot
set lmargin at screen 0.15
set rmargin at screen 0.965
set yrange [low:high]
set ytics nice_step(high - low)
set format y "%.2f"
set ylabel with_unit("RMSE, validation") offset 0.6
unset mxtics
unset key

set tmargin at screen (1 - 0.55 / height_cm)
set bmargin at screen (1 - (0.55 + panel_cm) / height_cm)
set xlabel "Epoch of the trial" offset 0, 0.6
if (n_outside > 0) set label 2 sprintf("%d of %d trials end above the frame", n_outside, n_trials) \
  at graph 0, graph 1.06 left font small textcolor rgb grey
plot [0:*] curves using "epoch":(if_value(ended("complete") && column("rank") > shown_trials, "rmse_validation")) with lines \
       linecolor rgb faint linewidth 0.5 notitle, \
     curves using "epoch":(if_value(ended("fail"), "rmse_validation")) with lines \
       linecolor rgb grey linewidth 0.8 dashtype 3 notitle, \
     curves using "epoch":(if_value(ended("pruned"), "rmse_validation")) with lines \
       linecolor rgb vermillion linewidth 0.8 notitle, \
     curves using "epoch":(if_value(ended("pruned") && column("last") == 1, "rmse_validation")) with points \
       linecolor rgb vermillion pointtype 2 pointsize 0.5 * point_scale linewidth 1.2 notitle, \
     persistence with lines linecolor rgb grey dashtype 2 linewidth 1 notitle, \
     for [r = 2:shown_trials] curves using "epoch":(if_value(column("rank") == r, "rmse_validation")) with lines \
       linecolor rgb blue dashtype r linewidth 1.0 notitle, \
     curves using "epoch":(if_value(column("best") == 1, "rmse_validation")) with lines \
       linecolor rgb black linewidth 1.8 notitle
unset label

second_cm = bottom_cm + (panels - 2) * (panel_cm + gap_cm)
set tmargin at screen ((second_cm + panel_cm) / height_cm)
set bmargin at screen (second_cm / height_cm)
set xlabel "Trial" offset 0, 0.6
set key at screen 0.53, screen 0.005 center bottom vertical maxrows (panels == 3 ? 5 : 4) width -2
plot [-0.7:n_trials - 0.3] trials using "trial":(if_value(ended("complete"), "value")) with points \
       linecolor rgb sky pointtype 7 pointsize 0.5 * point_scale notitle, \
     trials using "trial":(if_value(ended("pruned"), "value")) with points \
       linecolor rgb vermillion pointtype 2 pointsize 0.5 * point_scale linewidth 1.2 notitle, \
     trials using "trial":(column("value") > high ? high - 0.03 * (high - low) : NaN) with points \
       linecolor rgb grey pointtype 8 pointsize 0.5 * point_scale linewidth 1 notitle, \
     trials using "trial":"value":(sprintf("trial %d; %s; %.4f %s", column("trial"), strcol("state"), column("value"), unit)) \
       with labels hypertext point pointtype 7 pointsize 1 linecolor rgb invisible notitle, \
     trials using "trial":"best_so_far" with steps linecolor rgb black linewidth 1.4 notitle, \
     persistence with lines linecolor rgb grey dashtype 2 linewidth 1 title "Persistence", \
     NaN with lines linecolor rgb black linewidth 1.8 title "Best trial, best so far", \
     NaN with lines linecolor rgb blue dashtype 2 linewidth 1 title "Second to fifth best", \
     NaN with linespoints linecolor rgb sky pointtype 7 pointsize 0.5 * point_scale linewidth 0.8 title "Finished trial", \
     for [i = 1:(n_pruned > 0)] NaN with linespoints linecolor rgb vermillion pointtype 2 pointsize 0.5 * point_scale \
       linewidth 0.8 title "Pruned trial", \
     for [i = 1:(n_failed > 0)] NaN with lines linecolor rgb grey dashtype 3 linewidth 0.8 title "Failed trial", \
     for [i = 1:(n_outside > 0)] NaN with points linecolor rgb grey pointtype 8 pointsize 0.5 * point_scale linewidth 1 \
       title "Ends above the frame", \
     (panels == 3 ? NaN : 1 / 0) with points linecolor rgb blue pointtype 6 pointsize 0.5 * point_scale \
       title (panels == 3 ? "Other pruner, replayed" : ""), \
     (panels == 3 ? NaN : 1 / 0) with points linecolor rgb blue pointtype 7 pointsize 0.6 * point_scale \
       title (panels == 3 ? "Their frontier" : "")
if (panels == 3) {
  frontier = data."/fig8_frontier.csv"
  unset key
  set tmargin at screen ((bottom_cm + panel_cm) / height_cm)
  set bmargin at screen (bottom_cm / height_cm)
  set xlabel "Epochs saved in the search without pruner, %" offset 0, 0.6
  set lmargin at screen 0.185
  set ylabel with_unit("Regret of the best found") offset 0.6
  set autoscale y
  set ytics autofreq
  set format y "%.3f"
  plot [0:100] [0:*] frontier using "epochs_saved_percent":"regret" with points \
         linecolor rgb blue pointtype 6 pointsize 0.5 * point_scale notitle, \
       frontier using "epochs_saved_percent":(column("on_frontier") == 1 ? column("regret") : NaN) \
         with points linecolor rgb blue pointtype 7 pointsize 0.6 * point_scale notitle, \
       frontier using "epochs_saved_percent":"regret":"mark" with labels hypertext point pointtype 7 \
         pointsize 1 linecolor rgb invisible notitle, \
       1e-3 with lines linecolor rgb invisible notitle # a range without any point
}
unset multiplot
