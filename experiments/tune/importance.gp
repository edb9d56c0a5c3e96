# SPDX-License-Identifier: MIT
# How important each parameter was for being among the best tenth. Reads named and of.
set lmargin at screen 0.36
set rmargin at screen 0.93
set tmargin at screen (1 - 0.25 / height_cm)
set bmargin at screen (1.35 / height_cm)
set xlabel "Importance (they add up to 1)" offset 0, 0.6
set label 1 sprintf("for the best %d of %d trials%s", n_best, n_judged, n_best < 5 ? ": so few make it a guess" : "") \
  at screen 0.93, screen (0.2 / height_cm) right font small textcolor rgb (n_best < 5 ? vermillion : grey)
set grid xtics noytics linetype 1 linecolor rgb pale linewidth 0.5
unset ytics
unset key
do for [i = 1:n_named] {
  set label 10 + i named[i] noenhanced at graph 0, first n_named - i right offset -0.8, 0
  set label 100 + i sprintf(of[i] < 0.005 ? "%.1g" : "%.2f", of[i]) at first of[i], first n_named - i left offset 0.4, 0 font small
  set object i rectangle from 0, n_named - i - 0.32 to of[i], n_named - i + 0.32 fillcolor rgb blue fillstyle solid noborder
}
plot [0:1] [-0.6:n_named - 0.4] NaN with points
