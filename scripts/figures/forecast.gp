# SPDX-License-Identifier: MIT
# A model's forecast against the truth, validation above test. Figures 3 and 4 set `figure` and
# `model` and load this. Reads study.csv, FIGURE_series.csv and FIGURE_panels.csv.
width_cm = 8.4; height_cm = 9.0
load "scripts/figures/style.gp"

series = data."/".figure."_series.csv"
panels = data."/".figure."_panels.csv"
in_split(value) = strcol("split") eq split ? value : NaN

# Months and days are dates; years and row numbers are numbers as they stand.
has_dates = 0
stats series using (has_dates = has_dates || strstrt(strcol("month"), "-") > 0, 0) nooutput
moment(text) = !has_dates ? real(text) : strptime(strlen(text) == 7 ? "%Y-%m" : "%Y-%m-%d", text)

set multiplot
set lmargin at screen 0.12
set rmargin at screen 0.875
set label 9 with_unit(quantity) at screen 0.03, screen 0.55 center rotate
set format y "%g"
do for [panel = 1:2] {
  split = panel == 1 ? "validation" : "test"
  correlation = NaN; rmse = NaN; persistence = NaN
  stats panels using (strcol("split") eq split ? \
    (correlation = column("correlation"), rmse = column("rmse"), persistence = column("persistence_correlation")) : 0) \
    nooutput
  beside = persistence == persistence ? sprintf(" (persistence %.3f)", persistence) : ""
  set title sprintf("%s: correlation %.3f%s, RMSE %s%s", panel == 1 ? "Validation" : "Test", correlation, beside, \
    number(rmse), unit eq "" ? "" : " ".shown_unit) font small offset 0, -0.6

  eval reset_range
  stats series using (take(in_split(moment(strcol("month"))))) nooutput
  set xrange [range_low:range_high]
  if (has_dates) {
    first_year = int(strftime("%Y", range_low)); last_year = int(strftime("%Y", range_high))
    every = ceil((last_year - first_year) / 9.0)
    every = every > 0 ? every : 1
    set xtics ()
    do for [year = int(ceil(first_year / (1.0 * every))) * every:last_year:every] {
      set xtics add (sprintf("%d", year) strptime("%Y", sprintf("%d", year)))
    }
  }
  eval reset_range
  stats series using (take(in_split(column("truth"))), take(in_split(column("prediction")))) nooutput
  set yrange [range_low - 0.05 * (range_high - range_low):range_high + 0.05 * (range_high - range_low)]
  set ytics nice_step(range_high - range_low)

  # ---- names beside the ends of the lines ---------------------------------------------------------
  n_labels = 2
  array label_at[n_labels]
  stats series using (strcol("split") eq split ? (label_at[1] = column("truth"), label_at[2] = column("prediction")) : 0) nooutput
  label_low = range_low; label_high = range_high; label_gap = 0.13 * (range_high - range_low)
  load "scripts/figures/spread.gp"
  do for [i = 1:n_labels] {
    if (label_place[i] == label_place[i]) {
      name = i == 1 ? "Truth" : model eq "cnn" ? "CNN" : "LR"
      set label i name at graph 1.02, first label_place[i] left font (i == 1 ? bold_small : small)
    }
  }
  set tmargin at screen (panel == 1 ? 0.925 : 0.455)
  set bmargin at screen (panel == 1 ? 0.595 : 0.125)
  unset key
  if (panel == 2) { set xlabel (has_dates ? "Month that is forecast" : "Step that is forecast") offset 0, 0.5 }
  plot series using (in_split(moment(strcol("month")))):(in_split(column("truth"))) with lines \
         linecolor rgb black linewidth 1.4 notitle, \
       series using (in_split(moment(strcol("month")))):(in_split(column("prediction"))) with linespoints \
         linecolor rgb colour_of(model) pointtype marker_of(model) pointsize 0.2 * point_scale linewidth 1 notitle, \
       series using (in_split(moment(strcol("month")))):(in_split(column("prediction"))):(sprintf("%s; forecast %s; truth %s %s", \
         strcol("month"), plain(column("prediction")), plain(column("truth")), unit)) with labels hypertext point pointtype 7 \
         pointsize 0.6 linecolor rgb invisible notitle
  unset label
}
unset multiplot
