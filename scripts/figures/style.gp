# SPDX-License-Identifier: MIT
# The look of every figure and nothing else. A figure sets width_cm and height_cm and loads this
# first; the caller gives `data`, the directory of the CSVs that build/bin/report writes, and
# `out`, the file to draw, whose ending (svg, pdf, png) chooses the terminal:
#   gnuplot -d -e "data='results/figures'; out='results/figures/fig3.svg'" scripts/figures/fig3.gp
set encoding utf8
set minussign
set datafile separator comma
set datafile columnheaders

# ---- terminal: one physical size, text of 7 pt, in all three formats ------------------------
text_pt = 7
if (!exists("ending")) ending = out[strlen(out) - 2:strlen(out)]
if (ending eq "svg") set terminal svg size width_cm / 2.54 * 96, height_cm / 2.54 * 96 enhanced \
  font sprintf("DejaVu Sans,%.2f", text_pt * 96 / 72) background "white" linewidth 1.0
if (ending eq "pdf") set terminal pdfcairo size width_cm cm, height_cm cm enhanced \
  font sprintf("DejaVu Sans,%.2f", text_pt) fontscale 0.75 background "white" linewidth 1.1
if (ending eq "png") set terminal pngcairo size width_cm / 2.54 * 300, height_cm / 2.54 * 300 enhanced \
  font sprintf("DejaVu Sans,%.2f", text_pt) fontscale 300 / 96.0 background "white" linewidth 2.6
set output out
point_scale = ending eq "png" ? 3.6 : 1.0

# ---- colours of Wong, Nature Methods 8, 441 (2011), those below 3 : 1 on white darkened to it ------
# (scripts/check-contrast). `warning` is for text; `faint` for what stands behind the lines that matter.
set colorsequence podo
black = "#000000"; blue = "#0072b2"; vermillion = "#d55e00"; green = "#009e73"; purple = "#b85f93"
sky = "#2f93cf"; orange = "#b87800"; grey = "#767676"; pale = "#d9d9d9"; faint = "#7596ad"; warning = "#a33f00"

# ---- a model keeps its colour and its marker --------------------------------------------------
models = "linear_regression eof_regression cnn cnn_pruned cnn_structured cnn_early_stopping tune tune_pruned"
titles = "'Linear regression' 'EOF regression' CNN 'Pruned CNN' 'Pruned CNN (structured)' 'CNN + early stopping' \
'CNN + tuning' 'CNN + tuning, pruner'"
colours = blue." ".grey." ".vermillion." ".green." ".purple." ".sky." ".orange." ".black
markers = "7 6 5 9 11 13 15 2"
marker_size = 0.75 * point_scale
index_of(model) = sum [i = 1:words(models)] (word(models, i) eq model ? i : 0)
title_of(model) = index_of(model) > 0 ? word(titles, index_of(model)) : ""
colour_of(model) = index_of(model) > 0 ? word(colours, index_of(model)) : black
marker_of(model) = index_of(model) > 0 ? int(word(markers, index_of(model))) : 0

# Marks that only answer the mouse: `with labels hypertext point … linecolor rgb invisible`. What follows a
# comma would be lost, so parts are set apart by semicolons.
invisible = "#ff000000"

# ---- axes -------------------------------------------------------------------------------------
set border 3 linecolor rgb black linewidth 0.8
set tics nomirror out scale 0.5
set grid noxtics ytics linetype 1 linecolor rgb pale linewidth 0.5
set key samplen 1.4 spacing 1.1 Left reverse

# Smallest and largest of what take() is given while `stats` goes through a file.
reset_range = "range_low = 1e300; range_high = -1e300"
take(value) = (value < range_low ? range_low = value : 0, value > range_high ? range_high = value : 0, 0)
# A step of 1, 2 or 5 · 10^n that gives about four intervals.
step_unit(span) = 10 ** floor(log10(span / 4.0))
nice_step(span) = step_unit(span) * (span / 4.0 / step_unit(span) < 1.5 ? 1 : \
  span / 4.0 / step_unit(span) < 3.5 ? 2 : span / 4.0 / step_unit(span) < 7.5 ? 5 : 10)

# Tics of such a step: as many decimals as it has, a power of ten where that would be many.
step_decimals(step) = step >= 1 ? 0 : int(ceil(-log10(step) - 1e-6))
step_format(step) = step < 1e-4 || step >= 1e5 ? "%.1t × 10^{%T}" : sprintf("%%.%df", step_decimals(step))

# ---- numbers as the report's tables write them ------------------------------------------------
power(x) = x >= 0.01 && x < 1000 || !(x > 0) ? 0 : int(floor(log10(x)))
decimals(x) = power(x) != 0 || !(x > 0) ? 2 : int(floor(log10(x))) > 1 ? 0 : 2 - int(floor(log10(x)))
number_like(x, other) = sprintf(sprintf("%%.%df", decimals(other)), x / 10.0 ** power(other))
ten_to(p) = p == 0 ? "" : sprintf(" × 10^{%s%d}", p < 0 ? "−" : "", abs(p))
number(x) = x == x ? number_like(x, x).ten_to(power(x)) : "not known:"
grouped(n) = n < 1e3 ? sprintf("%d", n) : n < 1e6 ? sprintf("%d,%03d", int(n) / 1000, int(n) % 1000) : \
  sprintf("%d,%03d,%03d", int(n) / 1000000, int(n) / 1000 % 1000, int(n) % 1000)
# The same as plain text, for what shows under the mouse: 2.83e-05.
plain(x) = x == x ? sprintf("%.3g", x) : "not known"

# ---- what every figure says -------------------------------------------------------------------
protocol = ""; quantity = ""; unit = ""; meter = ""
if (system("test -s '".data."/study.csv' && echo yes") eq "yes") { # `make scaling` needs no study
  stats data."/study.csv" using (protocol = strcol("protocol"), quantity = strcol("quantity"), unit = strcol("unit"), \
    meter = strcol("meter"), 0) \
    nooutput
} else { protocol = "full"; unit = "°C" }
# A unit is shown as its file has it: what enhanced text would take as its own is escaped, and what is very long cut.
escaped(s) = strlen(s) == 0 ? "" : (strstrt("_^{}@&~\\", s[1:1]) > 0 ? "\\".s[1:1] : s[1:1]).escaped(s[2:strlen(s)])
shown_unit = escaped(strlen(unit) > 16 ? unit[1:15]."…" : unit)
with_unit(name) = unit eq "" ? name : name." (".shown_unit.")"
if (protocol ne "full") set label 1000 protocol." protocol" at screen 0.995, screen 0.985 right \
  font sprintf(",%.1f", ending eq "svg" ? 8 : 6) textcolor rgb warning
small = sprintf(",%.2f", (text_pt - 1) * (ending eq "svg" ? 96 / 72.0 : 1))
bold_small = "DejaVu Sans Bold".small
round_of(x) = floor(x + 0.5)
