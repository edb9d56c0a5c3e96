# SPDX-License-Identifier: MIT
# Every objective against every parameter, at most four in a row, later trials darker. Reads $slice.
columns = n_parameters < 4 ? n_parameters : 4
n_trials = 0
stats $slice using (n_trials = column(1) > n_trials ? column(1) : n_trials, 0) nooutput
set palette defined (0 "#c3d9ea", 1 blue)
set cbrange [0:n_trials > 0 ? n_trials : 1]
unset colorbox
unset key
unset mxtics
left_cm = 1.45; gap_cm = 0.35; width = (width_cm - left_cm - 0.35 + gap_cm) / columns; panel_cm = 2.65
is_inside(k) = column(1 + k) >= low[k] && column(1 + k) <= high[k]
note = "later trials darker"
if (n_drawn < n_complete) note = sprintf("%d of %d trials, ", n_drawn, n_complete).note
if (outside[1] + (n_objectives > 1 ? outside[2] : 0) > 0) note = note.", some lie outside the frame"
set label 3 note at screen 0.995, screen (1 - 0.28 / height_cm) right font small textcolor rgb grey
set multiplot
do for [k = 1:n_objectives] {
  do for [i = 1:n_parameters] {
    row = (i - 1) / columns + (k - 1) * ((n_parameters + columns - 1) / columns)
    place = (i - 1) % columns
    set lmargin at screen ((left_cm + place * width) / width_cm)
    set rmargin at screen ((left_cm + (place + 1) * width - gap_cm) / width_cm)
    set tmargin at screen (1 - (0.55 + row * row_cm) / height_cm)
    set bmargin at screen (1 - (0.55 + row * row_cm + panel_cm) / height_cm)
    if (is_log[i]) { set logscale x; set format x "10^{%T}" } else { unset logscale x; set format x "%.4g" }
    span = to[i] - from[i]
    unset xtics
    if (is_choice[i]) {
      set xtics nomirror () rotate by (n_choices[i] > 3 ? 30 : 0) right font small
      if (n_choices[i] <= 3) { set xtics nomirror () norotate center font small }
      do for [c = 1:n_choices[i]] { set xtics add (choice[first_choice[i] + c] c - 1) noenhanced }
    } else {
      decades = is_log[i] ? log10(to[i]) - log10(from[i]) : 0
      if (is_log[i] && (decades < 1 || decades > 100)) {
        set xtics nomirror norotate center (sprintf("%.3g", from[i]) from[i], sprintf("%.3g", to[i]) to[i])
      } else { if (is_log[i]) {
        set xtics nomirror norotate center 10 ** (decades < 4 ? 1 : ceil(decades / 4))
      } else { set xtics nomirror norotate center nice_step(span) } }
    }
    set xlabel name[i] noenhanced offset 0, 0.5
    if (place == 0) { set ylabel objective[k] noenhanced offset 0.8; set format y } else { unset ylabel; set format y "" }
    margin = is_log[i] ? exp(0.04 * (log(to[i]) - log(from[i]))) : 1
    if (is_log[i] && (from[i] < 1e-280 || to[i] > 1e280)) { margin = 1 }
    from_x = is_log[i] ? from[i] / margin : is_choice[i] ? from[i] : from[i] - 0.04 * span
    to_x = is_log[i] ? to[i] * margin : is_choice[i] ? to[i] : to[i] + 0.04 * span
    plot [from_x:to_x] [low[k]:high[k]] $slice using (is_inside(k) ? column(1 + n_objectives + i) : NaN):(column(1 + k)):(column(1)) \
           with points palette pointtype 7 pointsize 0.4 * point_scale, \
         $slice using (is_inside(k) ? column(1 + n_objectives + i) : NaN):(column(1 + k)):(sprintf("trial %d; %.6g", column(1), column(1 + k))) \
           with labels hypertext point pointtype 7 pointsize 0.8 linecolor rgb invisible, \
         NaN with points
    if (i == 1 && k == 1) { unset label 3 }
  }
}
unset multiplot
