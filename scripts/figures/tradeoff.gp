# SPDX-License-Identifier: MIT
# Emissions against RMSE, validation above test. Figures 5 and 6 set `shown`, the models drawn, and
# `front`, 1 to draw their Pareto front, and load this. Reads study.csv, fig5_models.csv and, for the
# front, fig6_front.csv. Vertical bars: the 95 % interval of the difference to the linear regression, from its
# error on: a bar that does not reach the blue line is a difference. The interval of the meter, whose causes all
# points share, is drawn once, as a scale. A hollow ring: the machine was busy, the energy is not the run's own.
# Names stand between the cheap and the dear models, where there is room.
panel_cm = 3.9; gap_cm = 0.45; bottom_cm = 1.55
width_cm = 8.4; height_cm = bottom_cm + 2 * panel_cm + gap_cm + 0.4
load "scripts/figures/style.gp"

table = data."/fig5_models.csv"
front_table = data."/fig6_front.csv"
front = front && int(system(sprintf("wc -l < '%s'", front_table))) > 1 # none where no energy is comparable
# gnuplot reads what a loop over nothing then does not draw, and would warn of a file without a row or a point
if (!front) { front_table = table }
front_x(kg) = front ? kg : x_middle
is_in(list, model) = sum [i = 1:words(list)] (word(list, i) eq model)
in_split(value) = strcol("split") eq split ? value : NaN
of(model, name) = words(drawn) == 0 ? 1 : strcol("model") eq model ? in_split(column(name)) : NaN
shown_only(name) = is_in(shown, strcol("model")) ? column(name) : NaN

# Both panels have the same axes.
eval reset_range
scale_low = NaN; scale_high = NaN; busy = ""; drawn = ""
stats table using (take(shown_only("emissions_kg") > 0 ? column("emissions_kg") : NaN), strcol("model") eq "cnn" ? \
  (scale_low = column("emissions_low_kg") / column("emissions_kg"), \
   scale_high = column("emissions_high_kg") / column("emissions_kg")) : 0, \
  drawn = is_in(shown, strcol("model")) && !is_in(drawn, strcol("model")) && column("emissions_kg") > 0 ? \
    drawn." ".strcol("model") : drawn, \
  busy = column("machine_busy") == 1 && !is_in(busy, strcol("model")) ? busy." ".strcol("model") : busy, 0) nooutput
set logscale x
x_low = words(drawn) > 0 ? range_low / 2 : 1e-6; x_high = words(drawn) > 0 ? range_high * 2 : 1
x_middle = exp((log(x_low) + log(x_high)) / 2)
at_graph(x) = (log(x) - log(x_low)) / (log(x_high) - log(x_low))
set xrange [x_low:x_high]
set xtics 10 ** ceil((log10(x_high) - log10(x_low)) / 8.0)
unset mxtics
eval reset_range
stats table using (take(shown_only("rmse")), take(shown_only("rmse_low")), take(shown_only("rmse_high")), \
  take(strcol("model") eq "persistence" ? column("rmse") : NaN)) nooutput
y_air = 0.08 * (range_high - range_low)
y_low = range_low - 2 * y_air; y_high = range_high + y_air
set yrange [y_low:y_high]
set ytics nice_step(range_high - range_low)
set format y step_format(nice_step(range_high - range_low))

ringed = ""
do for [m in drawn] { if (is_in(busy, m)) { ringed = ringed." ".m } }
note = words(drawn) == 0 ? "No emissions are known" : ringed ne "" ? "In a ring: the machine was busy, energy not comparable" : ""
n_labels = words(shown) + 1
array label_at[n_labels]
array label_x[n_labels]
set style textbox opaque noborder margins 0.4, 0.4 fillcolor rgb "white"
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
  if (panel == 2 && note ne "") { set label 4 note at screen 0.98, screen 0.012 right font small }
  # ---- names: of the cheap models to their right, of the dear ones to their left, none on another ----
  label_low = y_low + 0.16 * (y_high - y_low); label_high = y_high - 0.04 * (y_high - y_low)
  label_gap = 0.085 * (y_high - y_low)
  cheap_edge = x_low; dear_edge = x_high
  do for [i = 1:n_labels] {
    label_at[i] = NaN; label_x[i] = NaN
    m = word(shown, i)
    if (m ne "" && is_in(drawn, m)) {
      stats table using (strcol("model") eq m && strcol("split") eq split ? \
        (label_x[i] = column("emissions_kg"), label_at[i] = column("rmse")) : 0) nooutput
      if (label_x[i] < x_middle) { cheap_edge = label_x[i] > cheap_edge ? label_x[i] : cheap_edge }
      if (label_x[i] >= x_middle) { dear_edge = label_x[i] < dear_edge ? label_x[i] : dear_edge }
    }
  }
  label_at[n_labels] = persistence
  load "scripts/figures/spread.gp"
  do for [i = 1:n_labels] {
    m = i < n_labels ? word(shown, i) : "persistence"
    name = i < n_labels ? title_of(m) : "Persistence (dashed)"
    cheap = i == n_labels || label_x[i] < x_middle
    names_x = cheap ? at_graph(cheap_edge) + 0.05 : at_graph(dear_edge) - 0.07
    unset label 20 + i
    if (label_place[i] == label_place[i]) {
      if (cheap) { set label 20 + i name at graph names_x, first label_place[i] left font small front boxed }
      if (!cheap) { set label 20 + i name at graph names_x, first label_place[i] right font small front boxed }
      if (i < n_labels) { set arrow 20 + i from first label_x[i], first label_at[i] to \
        graph names_x + (cheap ? -0.005 : 0.005), first label_place[i] nohead linecolor rgb colour_of(m) linewidth 0.4 }
    }
  }
  do for [i = 1:words(ringed)] { # a label that is only a point
    stats table using (strcol("model") eq word(ringed, i) && strcol("split") eq split ? \
      (ring_x = column("emissions_kg"), ring_y = column("rmse")) : 0) nooutput
    set label 100 + i "" at ring_x, ring_y point pointtype 6 pointsize 2 * marker_size linewidth 0.8 \
      linecolor rgb black front
  }
  if (panel == 1 && scale_low == scale_low) { # the meter's interval around some value, once
    set arrow 90 from x_middle * scale_low, graph 0.04 to x_middle * scale_high, graph 0.04 heads size graph 0.008, 90 \
      linecolor rgb black linewidth 0.8 front
    set label 3 "meter's interval, common to all" at x_middle, graph 0.09 center font small
  } else { unset label 3 }
  if (front) { # the front goes straight up from its cheapest point and straight right from its best
    cheapest = NaN; best = NaN
    stats front_table using (strcol("split") eq split ? \
      (cheapest = cheapest == cheapest ? cheapest : column("emissions_kg"), \
       highest = cheapest == column("emissions_kg") ? column("rmse") : highest, \
       dearest = column("emissions_kg"), best = column("rmse")) : 0) nooutput
    if (best == best) {
      set arrow 91 from cheapest, highest to cheapest, graph 1 nohead linecolor rgb grey linewidth 1 back
      set arrow 92 from dearest, best to graph 1, first best nohead linecolor rgb grey linewidth 1 back
    }
  }
  if (panel == 2) {
    set format x "10^{%T}"
    set xlabel "Emissions of training (kg CO_2eq)" offset 0, 0.5
  }
  plot persistence with lines linecolor rgb grey dashtype 2 linewidth 1 notitle, \
       for [i = 1:front] front_table using (front_x(in_split(column("emissions_kg")))):(in_split(column("rmse"))) with steps \
         linecolor rgb grey linewidth 1 notitle, \
       regression with lines linecolor rgb blue dashtype 3 linewidth 0.8 notitle, \
       for [m in drawn] table using (of(m, "emissions_kg")):(of(m, "rmse")):(of(m, "rmse_low")): \
         (of(m, "rmse_high")) with yerrorbars linecolor rgb colour_of(m) linewidth 0.8 pointtype 0 notitle, \
       for [m in drawn] table using (of(m, "emissions_kg")):(of(m, "rmse")) with points linecolor rgb colour_of(m) \
         pointtype marker_of(m) pointsize marker_size linewidth 1 notitle, \
       for [m in drawn] table using (of(m, "emissions_kg")):(of(m, "rmse")):(sprintf("%s; RMSE, %s: %s %s; %s kg CO2eq", \
         title_of(m), split, plain(of(m, "rmse")), unit, plain(of(m, "emissions_kg")))) with labels hypertext point \
         pointtype 7 pointsize 1.5 linecolor rgb invisible notitle
  unset label 1000
}
unset multiplot
