# SPDX-License-Identifier: MIT
# One line per trial through its objectives and parameters, better trials darker and on top. Reads $lines and $best.
n_axes = n_objectives + n_parameters
unset border
unset grid
unset key
unset ytics
unset xtics
set lmargin at screen 0.045
set rmargin at screen 0.93
set tmargin at screen (1 - 0.75 / height_cm)
set bmargin at screen (1.6 / height_cm)
set palette defined (0 "#e3edf5", 0.6 sky, 1 blue)
set cbrange [0:1]
unset colorbox
note = "better trials darker, the best one black"
if (n_drawn < n_complete) note = sprintf("%d of %d trials, ", n_drawn, n_complete).note
if (outside[1] > 0) note = sprintf("%s; %d beyond the axis of the objective run along its end", note, outside[1])
set label 1 note at screen 0.995, screen (0.2 / height_cm) right font small textcolor rgb grey
is_objective(a) = a <= n_objectives
do for [a = 1:n_axes] {
  p = a - n_objectives
  set arrow 10 + a from a, 0 to a, 1 nohead linecolor rgb black linewidth 0.8 front
  title = is_objective(a) ? objective[a] : name[p]
  below = -0.12 - (n_axes > 5 ? 0.09 * (a % 2) : 0)
  if (a == 1) { set label 100 + a title noenhanced at a, below left offset -4.5, 0 font small front } else {
    set label 100 + a title noenhanced at a, below center font small front
  }
  if (is_objective(a)) {
    set label 200 + a sprintf("%.4g", low[a]) at a, -0.04 center font small front
    set label 300 + a sprintf("%.4g", high[a]) at a, 1.04 center font small front
  } else { if (!is_choice[p]) {
    set label 200 + a sprintf("%.4g", from[p]) at a, -0.04 center font small front
    set label 300 + a sprintf("%.4g", to[p]) at a, 1.04 center font small front
  } else {
    do for [c = 1:n_choices[p]] {
      set label 1000 + 20 * a + c choice[first_choice[p] + c] noenhanced at a, (c - 0.5) / (to[p] - from[p]) left offset 0.5, 0 font small front
    }
  } }
}
plot [1:n_axes > 1 ? n_axes : 2] [0:1] \
     $lines using "axis":"place":"shade" with lines palette linewidth 0.7, \
     $best using "axis":"place" with lines linecolor rgb black linewidth 1.6
