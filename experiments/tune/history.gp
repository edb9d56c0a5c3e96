# SPDX-License-Identifier: MIT
# The values of a study's trials in their order, and the best so far. Reads $history.
set lmargin at screen 0.175
set rmargin at screen 0.945
set tmargin at screen (1 - 0.55 / height_cm)
set bmargin at screen (1.75 / height_cm)
set xlabel "Trial" offset 0, 0.6
set ylabel objective[1] noenhanced offset 0.4
set ytics nice_step(high[1] - low[1])
unset mxtics
inside(value) = value >= low[1] && value <= high[1]
edge = maximize[1] ? low[1] + 0.02 * (high[1] - low[1]) : high[1] - 0.02 * (high[1] - low[1])
is_outside(kind) = column("kind") == kind && column("value") == column("value") && !inside(column("value"))
n_pruned = 0; n_failed = 0; n_finished = 0; n_outside = 0
stats $history using (n_pruned = n_pruned + (column("kind") == 2), n_failed = n_failed + (column("kind") == 0), \
  n_finished = n_finished + (column("kind") > 0), n_outside = n_outside + is_outside(1) + is_outside(2), 0) nooutput
note = ""
if (every > 1) note = sprintf("one of %d trials is drawn", every)
if (n_outside > 0) note = sprintf("%s%s%d of %d trials end %s the frame", note, note eq "" ? "" : ", ", n_outside, n_finished, maximize[1] ? "below" : "above")
if (n_left_out > 0) note = sprintf("%s%s%d without a finite value", note, note eq "" ? "" : ", ", n_left_out)
if (note ne "") set label 2 note at graph 0, graph 1.06 left font small textcolor rgb grey
set key at screen 0.55, screen 0.02 center bottom vertical maxrows 2 width -4
plot [-0.7:n_trials - 0.3] [low[1]:high[1]] \
     $history using "trial":(column("kind") == 1 && inside(column("value")) ? column("value") : NaN) with points \
       linecolor rgb sky pointtype 7 pointsize 0.5 * point_scale title "Finished trial", \
     for [i = 1:(n_outside > 0)] $history using "trial":(is_outside(1) ? edge : NaN) \
       with points linecolor rgb grey pointtype (maximize[1] ? 10 : 8) pointsize 0.5 * point_scale linewidth 1 \
       title "Outside", \
     for [i = 1:(n_outside > 0)] $history using "trial":(is_outside(2) ? edge : NaN) with points linecolor rgb vermillion \
       pointtype (maximize[1] ? 10 : 8) pointsize 0.5 * point_scale linewidth 1 notitle, \
     for [i = 1:(n_pruned > 0)] $history using "trial":(column("kind") == 2 && inside(column("value")) ? column("value") : NaN) \
       with points linecolor rgb vermillion pointtype 2 pointsize 0.5 * point_scale linewidth 1.2 title "Pruned trial", \
     for [i = 1:(n_failed > 0)] $history using "trial":(column("kind") == 0 ? low[1] + 0.02 * (high[1] - low[1]) : NaN) \
       with points linecolor rgb grey pointtype 1 pointsize 0.5 * point_scale title "Failed trial", \
     $history using "trial":"best" with steps linecolor rgb black linewidth 1.4 title "Best so far", \
     for [i = 1:(every == 1)] $history using "trial":(inside(column("value")) ? column("value") : NaN):(sprintf("trial %d; %.6g", column("trial"), column("value"))) \
       with labels hypertext point pointtype 7 pointsize 1 linecolor rgb invisible notitle
