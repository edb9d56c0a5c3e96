# SPDX-License-Identifier: MIT
# Emissions against RMSE, validation above test. Figures 5 and 6 set `shown`, the models drawn, and
# `front`, 1 to draw their Pareto front, and load this. Reads study.csv, fig5_models.csv and, for the
# front, fig6_front.csv. Vertical bars: the 95 % interval of the difference to the linear regression, from its
# error on: a bar that does not reach the blue line is a difference. The interval of the meter, whose causes all
# points share, is drawn once, as a scale. A hollow ring: the machine was busy, the energy is not the run's own.
key_rows = front ? 5 : 2
panel_cm = 3.6; gap_cm = 0.45; bottom_cm = 1.75 + 0.34 * key_rows
width_cm = 8.4; height_cm = bottom_cm + 2 * panel_cm + gap_cm + 0.4
load "scripts/figures/style.gp"

table = data."/fig5_models.csv"
front_table = data."/fig6_front.csv"
front = front && int(system(sprintf("wc -l < '%s'", front_table))) > 1 # none where no energy is comparable
is_shown(model) = sum [i = 1:words(shown)] (word(shown, i) eq model)
in_split(value) = strcol("split") eq split ? value : NaN
of(model, name) = strcol("model") eq model ? in_split(column(name)) : NaN
shown_only(name) = is_shown(strcol("model")) ? column(name) : NaN

# Both panels have the same axes.
eval reset_range
scale_low = NaN; scale_high = NaN; busy = ""
stats table using (take(shown_only("emissions_kg")), strcol("model") eq "cnn" ? \
  (scale_low = column("emissions_low_kg") / column("emissions_kg"), \
   scale_high = column("emissions_high_kg") / column("emissions_kg")) : 0, \
  busy = column("machine_busy") == 1 ? busy." ".strcol("model") : busy, 0) nooutput
there(model) = sum [i = 1:words(present)] (word(present, i) eq model)
present = ""
stats table using (present = there(strcol("model")) ? present : present." ".strcol("model"), 0) nooutput
set logscale x
x_low = range_low / 2; x_high = range_high * 2
set xrange [x_low:x_high]
set xtics 10
unset mxtics
eval reset_range
stats table using (take(shown_only("rmse")), take(shown_only("rmse_low")), take(shown_only("rmse_high")), \
  take(strcol("model") eq "persistence" ? column("rmse") : NaN)) nooutput
set yrange [range_low - 0.08 * (range_high - range_low):range_high + 0.08 * (range_high - range_low)]
set ytics nice_step(range_high - range_low)
set format y "%.3f"

drawn = ""
ringed = ""
do for [m in shown] {
  if (there(m)) { drawn = drawn." ".m }
  if (sum [i = 1:words(busy)] (word(busy, i) eq m)) { ringed = ringed." ".m }
}
if (ringed ne "") set label 4 "In a ring: the machine was busy, energy not comparable" at screen 0.54, \
  screen ((0.34 * key_rows + 0.3) / height_cm) center font small
highest = NaN
set multiplot
set lmargin at screen 0.17
set rmargin at screen 0.965
do for [panel = 1:2] {
  split = panel == 1 ? "validation" : "test"
  persistence = NaN; regression = NaN
  stats table using (strcol("split") ne split ? 0 : strcol("model") eq "persistence" ? (persistence = column("rmse")) : \
    strcol("model") eq "linear_regression" ? (regression = column("rmse")) : 0) nooutput
  set ylabel with_unit("RMSE, ".split) offset 0.5
  base_cm = bottom_cm + (panel == 1 ? panel_cm + gap_cm : 0)
  set bmargin at screen (base_cm / height_cm)
  set tmargin at screen ((base_cm + panel_cm) / height_cm)
  unset key
  set format x ""
  unset arrow
  do for [i = 1:words(ringed)] { # a label that is only a point
    stats table using (strcol("model") eq word(ringed, i) && strcol("split") eq split ? \
      (ring_x = column("emissions_kg"), ring_y = column("rmse")) : 0) nooutput
    set label 100 + i "" at ring_x, ring_y point pointtype 6 pointsize 2 * marker_size linewidth 0.8 \
      linecolor rgb black front
  }
  if (panel == 1 && scale_low == scale_low) { # the meter's interval around some value, once
    middle = exp((log(x_low) + log(x_high)) / 2)
    set arrow from middle * scale_low, graph 0.06 to middle * scale_high, graph 0.06 heads size graph 0.008, 90 \
      linecolor rgb black linewidth 0.8 front
    set label 3 "meter's interval, common to all" at middle, graph 0.11 center font small
  } else { unset label 3 }
  if (front) { # the front goes straight up from its cheapest point and straight right from its best
    cheapest = NaN; best = NaN
    stats front_table using (strcol("split") eq split ? \
      (cheapest = cheapest == cheapest ? cheapest : column("emissions_kg"), \
       highest = cheapest == column("emissions_kg") ? column("rmse") : highest, \
       dearest = column("emissions_kg"), best = column("rmse")) : 0) nooutput
    if (best == best) {
      set arrow from cheapest, highest to cheapest, graph 1 nohead linecolor rgb grey linewidth 1 back
      set arrow from dearest, best to graph 1, first best nohead linecolor rgb grey linewidth 1 back
    }
  }
  if (panel == 2) {
    set key at screen 0.54, screen 0.005 center bottom vertical maxrows key_rows width -1 font small
    set format x "10^{%T}"
    set xlabel "Emissions of training (kg CO_2eq)" offset 0, 0.5
  }
  plot persistence with lines linecolor rgb grey dashtype 2 linewidth 1 title "Persistence (no training)", \
       for [i = 1:front] front_table using (in_split(column("emissions_kg"))):(in_split(column("rmse"))) with steps \
         linecolor rgb grey linewidth 1 title "Pareto front", \
       regression with lines linecolor rgb blue dashtype 3 linewidth 0.8 notitle, \
       for [m in drawn] table using (of(m, "emissions_kg")):(of(m, "rmse")):(of(m, "rmse_low")): \
         (of(m, "rmse_high")) with yerrorbars linecolor rgb colour_of(m) linewidth 0.8 pointtype 0 notitle, \
       for [m in drawn] table using (of(m, "emissions_kg")):(of(m, "rmse")) with points linecolor rgb colour_of(m) \
         pointtype marker_of(m) pointsize marker_size linewidth 1 title title_of(m), \
       for [m in drawn] table using (of(m, "emissions_kg")):(of(m, "rmse")):(sprintf("%s; RMSE, %s: %.3f %s; %.2e kg CO2eq", \
         title_of(m), split, column("rmse"), unit, column("emissions_kg"))) with labels hypertext point pointtype 7 \
         pointsize 1.5 linecolor rgb invisible notitle
  unset label 1000
}
unset multiplot
