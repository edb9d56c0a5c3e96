# SPDX-License-Identifier: MIT
# Figure 2: the network of the CNN runs, one row per layer from input to forecast: what it does, how
# many values it puts out (bar), their shape, and its parameters. Reads study.csv and fig2_layers.csv,
# whose first row is the input.
n_layers = 0
set datafile separator comma
stats data."/fig2_layers.csv" every ::1 using (n_layers = n_layers + 1, 0) nooutput
row_cm = 0.62
width_cm = 8.4; height_cm = 1.6 + row_cm * n_layers
load "scripts/figures/style.gp"

layers = data."/fig2_layers.csv"
shape(channels, length) = length > 1 ? grouped(channels)." × ".grouped(length) : grouped(channels)
colour(kind) = kind eq "conv" ? 0x0072b2 : kind eq "dense" ? 0xd55e00 : kind eq "input" ? 0x000000 : 0x767676
# Bars are as wide as the decimal logarithm of the number of values plus one; the widest leaves room for the shapes.
total = 0; widest = 1
stats layers using (total = total + column("parameters"), \
  values = column("channels") * column("length"), widest = values > widest ? values : widest, 0) nooutput
half_width(values) = 1.6 * (1 + log10(values)) / (1 + log10(widest))

unset border
unset tics
unset grid
unset key
set lmargin at screen 0.02
set rmargin at screen 0.98
set bmargin at screen 0.35 / height_cm
set tmargin at screen 1 - 0.35 / height_cm
set xrange [0:10]
set yrange [n_layers + 0.1:-1.2]
set style fill solid 1.0 noborder
set label 1 "Layer" at 0, -0.75 left
set label 2 "Values (log scale)" at 4.7, -0.75 center
set label 3 "Shape" at 8.1, -0.75 right
set label 4 "Parameters" at 10, -0.75 right
set arrow 1 from 0, -0.42 to 10, -0.42 nohead linecolor rgb black linewidth 0.8
set arrow 2 from 0, n_layers - 0.42 to 10, n_layers - 0.42 nohead linecolor rgb black linewidth 0.8
set label 5 "Trainable parameters in all" at 0, n_layers - 0.02 left
set label 6 grouped(total) at 10, n_layers - 0.02 right
plot layers using (4.7):"position":(4.7 - half_width(column("channels") * column("length"))): \
       (4.7 + half_width(column("channels") * column("length"))):(column("position") - 0.2): \
       (column("position") + 0.2):(colour(strcol("kind"))) with boxxyerror linecolor rgb variable, \
     layers using (4.7):(column("position") < n_layers - 1 ? column("position") + 0.24 : NaN):(0):(0.5) with vectors \
       head size screen 0.008, 30 filled linecolor rgb black linewidth 0.8, \
     layers using (0):"position":"name" with labels left, \
     layers using (8.1):"position":(shape(column("channels"), column("length"))) with labels right, \
     layers using (10):"position":(column("parameters") > 0 ? grouped(column("parameters")) : "–") with labels right
