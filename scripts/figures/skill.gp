# SPDX-License-Identifier: MIT
# Skill against lead: RMSE and correlation of persistence, linear regression and CNN, validation
# (solid; bars: the 95 % interval of the difference to the linear regression, from its error on) and test (dashed).
# Names stand beside the ends of the solid lines. Reads study.csv and skill.csv, which build/bin/report writes.
width_cm = 14; height_cm = 6.4
load "scripts/figures/style.gp"

skill = data."/skill.csv"
shown = "persistence climatology linear_regression eof_regression cnn"
name_of(model) = model eq "persistence" ? "Persistence" : model eq "climatology" ? "Climatology" : model eq "cnn" ? "CNN" : \
  model eq "eof_regression" ? "EOF" : "LR"
line_of(model) = model eq "persistence" ? black : model eq "climatology" ? grey : colour_of(model)
point_of(model) = model eq "persistence" ? 4 : model eq "climatology" ? 1 : marker_of(model)
pick(model, split, name) = strcol("model") eq model && strcol("split") eq split ? column(name) : NaN

shift(model) = model eq "cnn" ? 0.08 : -0.08
present = ""; rest = ""
is_in(list, model) = sum [i = 1:words(list)] (word(list, i) eq model)
stats skill using (present = is_in(shown, strcol("model")) && !is_in(present, strcol("model")) ? \
  present." ".strcol("model") : present, 0) nooutput
do for [model in present] { if (model ne "climatology") { rest = rest." ".model } }
barred = is_in(present, "eof_regression") ? "eof_regression cnn" : "cnn"
last = 1
stats skill using (last = column("lead") > last ? column("lead") : last, 0) nooutput
set xrange [0.5:last + 0.5]
every = last > 24 ? 12 : last > 12 ? 2 : 1
set xtics every
set datafile missing NaN # rows of other models do not break a line
set xlabel "Lead (months)" offset 0, 0.4
set multiplot
set tmargin at screen 0.96
set bmargin at screen 0.16
do for [panel = 1:2] {
  measure = panel == 1 ? "rmse" : "correlation"
  set ylabel (panel == 1 ? with_unit("RMSE") : "Correlation") offset 0.5
  set lmargin at screen (panel == 1 ? 0.075 : 0.575)
  set rmargin at screen (panel == 1 ? 0.385 : 0.885)
  unset key
  drawn = panel == 1 ? present : rest # a constant forecast has no correlation
  eval reset_range
  stats skill using (is_in(drawn, strcol("model")) ? take(column(measure)) : 0) nooutput
  if (panel == 1) { stats skill using (is_in(barred, strcol("model")) && strcol("split") eq "validation" ? take(column("rmse_high")) : 0) nooutput }
  range_low = panel == 1 ? 0 : range_low - 0.04 * (1 - range_low)
  range_high = panel == 1 ? 1.05 * range_high : 1
  set yrange [range_low:range_high]
  set ytics nice_step(range_high - range_low)
  set format y step_format(nice_step(range_high - range_low))
  # ---- names ------------------------------------------------------------------------------------
  n_labels = words(drawn)
  array label_at[n_labels]
  do for [i = 1:n_labels] {
    label_at[i] = NaN
    stats skill using (strcol("model") eq word(drawn, i) && strcol("split") eq "validation" && column("lead") == last ? \
      (label_at[i] = column(measure)) : 0) nooutput
  }
  label_low = range_low; label_high = range_high; label_gap = 0.07 * (range_high - range_low)
  load "scripts/figures/spread.gp"
  do for [i = 1:n_labels] {
    if (label_place[i] == label_place[i]) {
      name = name_of(word(drawn, i))
      set label i name at graph 1.03, first label_place[i] left font small
      set arrow i from first last, first label_at[i] to graph 1.025, first label_place[i] nohead \
        linecolor rgb line_of(word(drawn, i)) linewidth 0.4
    }
  }
  if (panel == 2) { set label 20 "solid: validation, dashed: test" at graph 0.03, graph 0.05 left font small }
  curves = 'for [model in drawn] skill using "lead":(pick(model, "validation", measure)) with linespoints \
    linecolor rgb line_of(model) pointtype point_of(model) pointsize 0.6 * marker_size linewidth 1.2 notitle, \
    for [model in drawn] skill using "lead":(pick(model, "test", measure)) with lines linecolor rgb line_of(model) \
    dashtype 2 linewidth 1 notitle'
  bars = 'for [model in barred] skill using (column("lead") + shift(model)):(pick(model, "validation", "rmse")): \
    (pick(model, "validation", "rmse_low")):(pick(model, "validation", "rmse_high")) with yerrorbars \
    linecolor rgb line_of(model) pointtype 0 linewidth 0.6 notitle'
  eval "plot ".(panel == 1 ? bars.", " : "").curves
  unset label
  unset arrow
}
unset multiplot
