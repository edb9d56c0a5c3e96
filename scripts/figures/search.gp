# SPDX-License-Identifier: MIT
# A hyperparameter search: the learning curve of every trial above, the best five with their numbers, and below the
# value of every trial, the best so far and the energy spent so far. Figures 7 and 8 set `figure` and load this; both
# have the same scales, so that beside each other they show what pruning saves and loses. Reads study.csv,
# FIGURE_curves.csv, FIGURE_trials.csv and FIGURE_axes.csv; Figure 8 has a third panel, of fig8_frontier.csv.
panels = figure eq "fig8" ? 3 : 2
panel_cm = 3.6; gap_cm = 1.2; bottom_cm = panels == 3 ? 2.5 : 1.9
width_cm = 8.4; height_cm = bottom_cm + panels * panel_cm + (panels - 1) * gap_cm + 0.55
load "scripts/figures/style.gp"

curves = data."/".figure."_curves.csv"
trials = data."/".figure."_trials.csv"
axes = data."/".figure."_axes.csv"
low = NaN; high = NaN; persistence = NaN; n_trials = 0; n_outside = 0; spent_high = NaN; busy = 0
stats axes using (low = column("rmse_low"), high = column("rmse_high"), persistence = column("persistence"), \
  n_trials = column("n_trials"), n_outside = column("n_outside"), spent_high = column("spent_high_kwh"), \
  busy = column("machine_busy") > 0, 0) nooutput
ended(state) = strcol("state") eq state
if_value(condition, name) = condition ? column(name) : NaN
shown_trials = 5 # the best ones, each in its own dashes; the others faint
n_pruned = 0; n_failed = 0; last_epoch = 1; spent = 0; last_spent = NaN
stats trials using (n_pruned = n_pruned + ended("pruned"), n_failed = n_failed + ended("fail"), \
  last_spent = column("spent_kwh"), 0) nooutput
stats curves using (last_epoch = column("epoch") > last_epoch ? column("epoch") : last_epoch, 0) nooutput

# ---- the numbers of the best, beside the ends of their curves ---------------------------------
n_labels = shown_trials
array label_at[n_labels]
array label_end[n_labels]
array label_text[n_labels]
do for [r = 1:n_labels] {
  label_at[r] = NaN; label_end[r] = NaN; label_text[r] = ""
  stats curves using (column("rank") == r && column("last") == 1 ? (label_at[r] = column("rmse_validation"), \
    label_end[r] = column("epoch"), label_text[r] = sprintf("trial %d", column("trial"))) : 0) nooutput
  if (label_at[r] > high) { label_at[r] = NaN }
}
label_low = low + 0.03 * (high - low); label_high = high - 0.03 * (high - low); label_gap = 0.085 * (high - low)
load "scripts/figures/spread.gp"

set multiplot
set lmargin at screen 0.15
set rmargin at screen 0.855
set yrange [low:high]
set ytics nice_step(high - low)
set format y step_format(nice_step(high - low))
set ylabel with_unit("RMSE, validation") offset 0.6
unset mxtics
unset key

set tmargin at screen (1 - 0.55 / height_cm)
set bmargin at screen (1 - (0.55 + panel_cm) / height_cm)
set xlabel "Epoch of the trial" offset 0, 0.6
set xtics nice_step(last_epoch)
if (n_outside > 0) set label 2 sprintf("%d of %d trials end above the frame", n_outside, n_trials) \
  at graph 0, graph 1.06 left font small
set label 3 "persistence" at graph 0.02, first persistence left offset 0, 0.45 font small front
do for [r = 1:n_labels] {
  if (label_place[r] == label_place[r]) {
    set label 10 + r label_text[r] at graph 1.03, first label_place[r] left font (r == 1 ? bold_small : small)
    set arrow 10 + r from first label_end[r], first label_at[r] to graph 1.025, first label_place[r] nohead \
      linecolor rgb grey linewidth 0.4
  }
}
plot [0:last_epoch] curves using "epoch":(if_value(ended("complete") && column("rank") > shown_trials, "rmse_validation")) \
       with lines linecolor rgb faint linewidth 0.4 notitle, \
     curves using "epoch":(if_value(ended("fail"), "rmse_validation")) with lines \
       linecolor rgb grey linewidth 0.8 dashtype 3 notitle, \
     curves using "epoch":(if_value(ended("pruned"), "rmse_validation")) with lines \
       linecolor rgb vermillion linewidth 0.8 notitle, \
     curves using "epoch":(if_value(ended("pruned") && column("last") == 1, "rmse_validation")) with points \
       linecolor rgb vermillion pointtype 2 pointsize 0.5 * point_scale linewidth 1.2 notitle, \
     persistence with lines linecolor rgb grey dashtype 2 linewidth 1 notitle, \
     for [r = 2:shown_trials] curves using "epoch":(if_value(column("rank") == r, "rmse_validation")) with lines \
       linecolor rgb blue dashtype r linewidth 1.0 notitle, \
     curves using "epoch":(if_value(column("rank") == 1, "rmse_validation")) with lines \
       linecolor rgb black linewidth 1.8 notitle
unset label
unset arrow

# ---- trial by trial, with what they drew -------------------------------------------------------
spent_unit = spent_high > 0 ? 10.0 ** floor(log10(spent_high)) : 1
second_cm = bottom_cm + (panels - 2) * (panel_cm + gap_cm)
set tmargin at screen ((second_cm + panel_cm) / height_cm)
set bmargin at screen (second_cm / height_cm)
set xlabel "Trial" offset 0, 0.6
set xtics nice_step(n_trials)
set border 11
set ytics nomirror
set y2range [0:(spent_high > 0 ? 1.2 * spent_high / spent_unit : 1)]
set y2tics 0, nice_step(spent_high > 0 ? spent_high / spent_unit : 1)
set y2label sprintf("Spent (10^{%s%d} kWh)%s", spent_unit < 1 ? "−" : "", abs(int(round_of(log10(spent_unit)))), \
  busy ? " †" : "") offset -1.2 textcolor rgb black
set key at screen 0.53, screen 0.005 center bottom vertical maxrows (panels == 3 ? 4 : 3) width -2 font small
if (busy) set label 4 "† machine busy: others' work is in it" at graph 0.02, graph 1.06 left font small textcolor rgb warning
spent_label = last_spent > 0 ? number(last_spent)." kWh" : ""
set label 5 spent_label at first n_trials - 0.6, second last_spent / spent_unit right offset 0, 0.6 font small front
plot [-0.7:n_trials - 0.3] trials using "trial":(column("spent_kwh") / spent_unit) axes x1y2 with steps \
       linecolor rgb green linewidth 1.2 title "Energy spent (right)", \
     trials using "trial":(if_value(ended("complete"), "value")) with points \
       linecolor rgb sky pointtype 7 pointsize 0.5 * point_scale title "Finished trial", \
     trials using "trial":"best_so_far" with steps linecolor rgb black linewidth 1.4 title "Best so far", \
     persistence with lines linecolor rgb grey dashtype 2 linewidth 1 notitle, \
     trials using "trial":"value":(sprintf("trial %d; %s; %s %s; %s kWh so far", column("trial"), strcol("state"), \
       plain(column("value")), unit, plain(column("spent_kwh")))) with labels hypertext point pointtype 7 pointsize 1 \
       linecolor rgb invisible notitle, \
     trials using "trial":(if_value(ended("pruned"), "value")) with points linecolor rgb vermillion pointtype 2 \
       pointsize 0.5 * point_scale linewidth 1.2 notitle, \
     trials using "trial":(column("value") > high ? high - 0.03 * (high - low) : NaN) with points linecolor rgb grey \
       pointtype 8 pointsize 0.5 * point_scale linewidth 1 notitle, \
     NaN with points linecolor rgb vermillion pointtype 2 pointsize 0.5 * point_scale linewidth 1.2 \
       title (n_pruned > 0 ? "Pruned, where it stopped" : ""), \
     NaN with points linecolor rgb grey pointtype 8 pointsize 0.5 * point_scale linewidth 1 \
       title (n_outside > 0 ? "Ends above the frame" : ""), \
     NaN with lines linecolor rgb grey dashtype 3 linewidth 0.8 title (n_failed > 0 ? "Failed trial" : ""), \
     NaN with points linecolor rgb blue pointtype 6 pointsize 0.5 * point_scale \
       title (panels == 3 ? "Other pruner, replayed" : ""), \
     NaN with points linecolor rgb blue pointtype 7 pointsize 0.6 * point_scale title (panels == 3 ? "Their frontier" : "")
unset label
if (panels == 3) {
  frontier = data."/fig8_frontier.csv"
  highest = 0
  set yrange [*:*]
  stats frontier using (highest = column("regret") > highest ? column("regret") : highest, 0) nooutput
  highest = highest > 0 ? highest : 1e-3
  unset key
  unset y2label
  unset y2tics
  set border 3
  set tmargin at screen ((bottom_cm + panel_cm) / height_cm)
  set bmargin at screen (bottom_cm / height_cm)
  set xlabel "Epochs saved in the search without pruner, %" offset 0, 0.6
  set lmargin at screen 0.185
  set ylabel with_unit("Regret of the best found") offset 0.6
  set xtics 20
  set ytics 0, nice_step(highest)
  set format y step_format(nice_step(highest))
  plot [0:100] [0:1.05 * highest] frontier using "epochs_saved_percent":"regret" with points \
         linecolor rgb blue pointtype 6 pointsize 0.5 * point_scale notitle, \
       frontier using "epochs_saved_percent":(column("on_frontier") == 1 ? column("regret") : NaN) \
         with points linecolor rgb blue pointtype 7 pointsize 0.6 * point_scale notitle, \
       frontier using "epochs_saved_percent":"regret":"mark" with labels hypertext point pointtype 7 \
         pointsize 1 linecolor rgb invisible notitle, \
       0 with lines linecolor rgb invisible notitle # a range without any point
}
unset multiplot
