# SPDX-License-Identifier: MIT
# Skill against lead: RMSE and correlation of persistence, linear regression and CNN, validation
# (solid; bars: the 95 % interval of the difference to the linear regression, from its error on) and test (dashed). Reads study.csv and skill.csv, which build/bin/report writes.
width_cm = 14; height_cm = 7.0
load "scripts/figures/style.gp"

skill = data."/skill.csv"
shown = "persistence climatology linear_regression eof_regression cnn"
name_of(model) = model eq "persistence" ? "Persistence" : model eq "climatology" ? "Climatology" : title_of(model)
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
set label 2 "Solid: validation, dashed: test" at screen 0.985, screen 0.05 right font small
set multiplot
set tmargin at screen 0.96
set bmargin at screen 0.28
do for [panel = 1:2] {
  measure = panel == 1 ? "rmse" : "correlation"
  set ylabel (panel == 1 ? with_unit("RMSE") : "Correlation") offset 0.5
  set lmargin at screen (panel == 1 ? 0.09 : 0.58)
  set rmargin at screen (panel == 1 ? 0.48 : 0.98)
  unset key
  if (panel == 1) { set yrange [0:*]; set key at screen 0.08, screen 0.02 left bottom vertical maxrows 2 width 1 }
  if (panel == 2) { set yrange [*:1] }
  drawn = panel == 1 ? present : rest # a constant forecast has no correlation
  curves = 'for [model in drawn] skill using "lead":(pick(model, "validation", measure)) with linespoints \
    linecolor rgb line_of(model) pointtype point_of(model) pointsize 0.6 * marker_size linewidth 1.2 title name_of(model), \
    for [model in drawn] skill using "lead":(pick(model, "test", measure)) with lines linecolor rgb line_of(model) \
    dashtype 2 linewidth 1 notitle'
  bars = 'for [model in barred] skill using (column("lead") + shift(model)):(pick(model, "validation", "rmse")): \
    (pick(model, "validation", "rmse_low")):(pick(model, "validation", "rmse_high")) with yerrorbars \
    linecolor rgb line_of(model) pointtype 0 linewidth 0.6 notitle'
  eval "plot ".(panel == 1 ? bars.", " : "").curves
  unset label
}
unset multiplot
