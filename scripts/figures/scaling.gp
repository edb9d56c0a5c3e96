# SPDX-License-Identifier: MIT
# Test RMSE against parameters (left) and against the energy of training (right), a line per number of training months;
# the linear regression of the same months as a dotted line of the same colour, persistence dashed, bars the 95 % interval over months and
# seeds. Reads scaling.csv, which build/bin/report --scaling writes.
width_cm = 14; height_cm = 7.2
load "scripts/figures/style.gp"

table = data."/scaling.csv"
months = ""; any_busy = 0
known(value) = sum [i = 1:words(months)] (word(months, i) eq value)
stats table using (months = known(strcol("training_months")) ? months : months." ".strcol("training_months"), \
  any_busy = any_busy || column("machine_busy") == 1, 0) nooutput
colours_of_months = sky." ".green." ".orange." ".vermillion." ".purple." ".blue
marks_of_months = "9 7 11 5 13 15"
at(model, n, name) = strcol("model") eq model && strcol("training_months") eq word(months, n) ? column(name) : NaN
persistence = NaN
array value_of[words(months)]
do for [n = 1:words(months)] {
  found = NaN
  stats table using (strcol("model") eq "linear_regression" && strcol("training_months") eq word(months, n) ? \
    (found = column("rmse_test"), persistence = column("persistence_rmse_test")) : 0) nooutput
  value_of[n] = found
}
eval reset_range
stats table using (strcol("model") eq "cnn" ? (take(column("rmse_low_test")), take(column("rmse_high_test"))) : 0) nooutput
set yrange [range_low - 0.03:range_high + 0.03]
set ytics nice_step(range_high - range_low)
set format y "%.2f"
set logscale x
set format x "10^{%T}"
unset mxtics
set datafile missing NaN
set multiplot
set tmargin at screen 0.95
set bmargin at screen 0.27
if (any_busy) set label 3 "The machine was busy: energies not comparable" at screen 0.98, screen 0.985 right font small
do for [panel = 1:2] {
  along = panel == 1 ? "parameters" : "energy_kwh"
  set lmargin at screen (panel == 1 ? 0.085 : 0.57)
  set rmargin at screen (panel == 1 ? 0.49 : 0.975)
  set xlabel (panel == 1 ? "Parameters" : "Energy of training (kWh)") offset 0, 0.4
  set ylabel (panel == 1 ? with_unit("RMSE, test") : "") offset 0.8
  unset key
  if (panel == 2) { set key at screen 0.53, screen 0.01 center bottom vertical maxrows 2 width -1 }
  plot for [n = 1:words(months)] table using (at("cnn", n, along)):(at("cnn", n, "rmse_test")):(at("cnn", n, "rmse_low_test")): \
         (at("cnn", n, "rmse_high_test")) with yerrorbars linecolor rgb word(colours_of_months, n) pointtype 0 \
         linewidth 0.5 notitle, \
       for [n = 1:words(months)] table using (at("cnn", n, along)):(at("cnn", n, "rmse_test")) with linespoints \
         linecolor rgb word(colours_of_months, n) pointtype int(word(marks_of_months, n)) pointsize 0.6 * marker_size \
         linewidth 1.2 title "CNN, ".word(months, n)." months", \
       for [n = 1:words(months)] value_of[n] with lines linecolor rgb word(colours_of_months, n) dashtype 3 \
         linewidth 1 title (n == 1 ? "LR, same months" : ""), \
       persistence with lines linecolor rgb grey dashtype 2 linewidth 1 title "Persistence"
  unset label 3
}
unset multiplot
