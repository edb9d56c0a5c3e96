# SPDX-License-Identifier: MIT
# Where on the map a forecast comes from: coefficients of the linear regression and mean input
# gradients of the CNN over the validation samples, both of the last input month and on one scale
# that is symmetric about zero; land is grey within its outline. Reads study.csv and maps_coast.csv, and
# of the run directories below `runs` linear_regression/coefficient_map.csv and cnn-seed0/saliency_map.csv.
width_cm = 14; height_cm = 11.5
load "scripts/figures/style.gp"

file(panel) = panel == 1 ? runs."/linear_regression/coefficient_map.csv" : runs."/cnn-seed0/saliency_map.csv"
measure(panel) = panel == 1 ? "coefficient" : "gradient_mean"
heading(panel) = panel == 1 ? "Linear regression: coefficients" : "CNN: mean input gradients"
degrees_north(y) = sprintf("%g°%s", abs(y), y < 0 ? "S" : y > 0 ? "N" : "")
wrapped(x) = x - 360 * floor((x + 180) / 360.0)
degrees_east(x) = sprintf("%g°%s", abs(wrapped(x)), wrapped(x) == 0 || abs(wrapped(x)) == 180 ? "" : wrapped(x) < 0 ? "W" : "E")

# The extent, and the spacing of the grid: the least distance between neighbours in the file's order.
eval reset_range
stats file(1) using (take(column("longitude"))) nooutput
west = range_low; east = range_high
eval reset_range
stats file(1) using (take(column("latitude"))) nooutput
south = range_low; north = range_high
dx = 360; dy = 180; last_x = NaN; last_y = NaN
nearer(d, best) = d > 1e-3 && d < best ? d : best
stats file(1) using (dx = nearer(abs(column("longitude") - last_x), dx), dy = nearer(abs(column("latitude") - last_y), dy), \
  last_x = column("longitude"), last_y = column("latitude"), 0) nooutput

set palette defined (-1 blue, 0 "#ffffff", 1 vermillion)
set xrange [west - dx / 2:east + dx / 2]
set yrange [south - dy / 2:north + dy / 2]
set border 15
unset grid
unset key
set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind fillcolor rgb pale fillstyle solid noborder
set style fill solid 1.0 noborder
x_step = east - west > 200 ? 60 : east - west > 60 ? 30 : nice_step(east - west)
y_step = north - south > 100 ? 30 : nice_step(north - south)
set xtics ()
do for [x = ceil(west / x_step) * x_step:floor(east):x_step] { set xtics add (degrees_east(x) x) }
set ytics ()
do for [y = ceil(south / y_step) * y_step:floor(north):y_step] { set ytics add (degrees_north(y) y) }
set lmargin at screen 0.08
set rmargin at screen 0.83
eval reset_range
do for [panel = 1:2] {
  stats file(panel) using (column("lag") == 0 ? take(abs(column(measure(panel)))) : 0) nooutput
}
set cbrange [-range_high:range_high]
set multiplot
do for [panel = 1:2] {
  set format cb "%g"
  set cblabel (unit eq "" ? "" : shown_unit." per ".shown_unit) offset 0.5
  set title heading(panel) offset 0, -0.6
  set tmargin at screen (panel == 1 ? 0.93 : 0.45)
  set bmargin at screen (panel == 1 ? 0.57 : 0.09)
  plot file(panel) using "longitude":"latitude":(column("longitude") - dx / 2):(column("longitude") + dx / 2): \
    (column("latitude") - dy / 2):(column("latitude") + dy / 2): \
    (column("lag") == 0 ? column(measure(panel)) : NaN) with boxxyerror fillcolor palette, \
    data."/maps_coast.csv" using "longitude":"latitude":"dx":"dy" with vectors nohead linecolor rgb black linewidth 0.6
  unset label 1000
}
unset multiplot
