# SPDX-License-Identifier: MIT
# A model's forecast against the truth, validation above test. Figures 3 and 4 set `figure` and
# `model` and load this. Reads study.csv, FIGURE_series.csv and FIGURE_panels.csv.
width_cm = 8.4; height_cm = 9.7
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
set rmargin at screen 0.96
set label 1 with_unit(quantity) at screen 0.03, screen 0.55 center rotate
set format y "%g"
do for [panel = 1:2] {
  split = panel == 1 ? "validation" : "test"
  correlation = NaN; rmse = NaN; persistence = NaN
  stats panels using (strcol("split") eq split ? \
    (correlation = column("correlation"), rmse = column("rmse"), persistence = column("persistence_correlation")) : 0) \
    nooutput
  beside = persistence == persistence ? sprintf(" (persistence %.3f)", persistence) : ""
  set title sprintf("%s: correlation %.3f%s, RMSE %.3f%s", panel == 1 ? "Validation" : "Test", correlation, beside, \
    rmse, unit eq "" ? "" : " ".unit) font small offset 0, -0.6

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

  set tmargin at screen (panel == 1 ? 0.915 : 0.48)
  set bmargin at screen (panel == 1 ? 0.615 : 0.18)
  unset key
  if (panel == 2) {
    set key at screen 0.55, screen 0.01 center bottom vertical maxrows 1 width -1
    set xlabel (has_dates ? "Month that is forecast" : "Step that is forecast") offset 0, 0.5
  }
  plot series using (in_split(moment(strcol("month")))):(in_split(column("truth"))) with lines \
         linecolor rgb black linewidth 1.4 title "Truth", \
       series using (in_split(moment(strcol("month")))):(in_split(column("prediction"))) with linespoints \
         linecolor rgb colour_of(model) pointtype marker_of(model) pointsize 0.2 * point_scale linewidth 1 title title_of(model), \
       series using (in_split(moment(strcol("month")))):(in_split(column("prediction"))):(sprintf("%s; forecast %.2f; truth %.2f %s", \
         strcol("month"), column("prediction"), column("truth"), unit)) with labels hypertext point pointtype 7 \
         pointsize 0.6 linecolor rgb invisible notitle
  unset label
}
unset multiplot
