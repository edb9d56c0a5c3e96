# SPDX-License-Identifier: MIT
# Both objectives of a study's trials and the front that no trial passes. Reads $trials and $front.
set lmargin at screen 0.175
set rmargin at screen 0.965
set tmargin at screen (1 - 0.55 / height_cm)
set bmargin at screen (2.0 / height_cm)
set xlabel objective[2] noenhanced offset 0, 0.6
set ylabel objective[1] noenhanced offset 0.4
set ytics nice_step(high[1] - low[1])
n_outside = 0
stats $trials using (n_outside = n_outside + (column("first") < low[1] || column("first") > high[1] || \
  column("second") < low[2] || column("second") > high[2]), 0) nooutput
note = ""
if (n_outside > 0) note = sprintf("%d of %d trials lie outside the frame", n_outside, n_drawn)
if (n_drawn < n_complete) note = sprintf("%s%s%d of %d trials are drawn", note, note eq "" ? "" : ", ", n_drawn, n_complete)
if (n_left_out > 0) note = sprintf("%s%s%d without finite values", note, note eq "" ? "" : ", ", n_left_out)
if (note ne "") set label 2 note at graph 0, graph 1.06 left font small textcolor rgb grey
n_trials = 0
stats $trials using (n_trials = column("trial") > n_trials ? column("trial") : n_trials, 0) nooutput
set palette defined (0 "#c3d9ea", 1 blue)
set cbrange [0:n_trials > 0 ? n_trials : 1]
unset colorbox
set key at screen 0.55, screen 0.02 center bottom vertical maxrows 2
plot [low[2]:high[2]] [low[1]:high[1]] \
     $trials using "second":"first":"trial" with points palette pointtype 7 pointsize 0.5 * point_scale notitle, \
     $front using "second":"first" with lines linecolor rgb black linewidth 0.8 notitle, \
     $front using "second":"first" with points linecolor rgb vermillion pointtype 7 pointsize 0.7 * point_scale notitle, \
     $trials using "second":"first":(sprintf("trial %d; %.6g; %.6g", column("trial"), column("first"), column("second"))) \
       with labels hypertext point pointtype 7 pointsize 1 linecolor rgb invisible notitle, \
     NaN with points linecolor rgb "#c3d9ea" pointtype 7 pointsize 0.5 * point_scale title "First trials", \
     NaN with points linecolor rgb blue pointtype 7 pointsize 0.5 * point_scale title "Last trials", \
     NaN with linespoints linecolor rgb vermillion pointtype 7 pointsize 0.7 * point_scale title "The front"
