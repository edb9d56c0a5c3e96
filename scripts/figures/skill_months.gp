# SPDX-License-Identifier: MIT
# Skill against climatology by lead and target month: the better linear model left, the CNN right. Reads
# study.csv and skill_months.csv, which build/bin/report writes.
width_cm = 14; height_cm = 6.4
load "scripts/figures/style.gp"

months = data."/skill_months.csv"
linear = ""; last = 1
stats months using (last = column("lead") > last ? column("lead") : last, \
  linear = strcol("model") ne "CNN" ? strcol("model") : linear, 0) nooutput
in_unit(value) = value < -1 ? -1 : value # what is worse than twice climatology's error looks alike
set palette defined (-1 vermillion, 0 "#ffffff", 1 blue)
set cbrange [-1:1]
set cbtics 0.5
set cblabel "1 − MSE ÷ climatology's" offset 0.5
set xrange [0.5:12.5]
set yrange [0.5:last + 0.5]
every = last > 24 ? 6 : last > 12 ? 2 : 1
set ytics every
set xtics ("J" 1, "F" 2, "M" 3, "A" 4, "M" 5, "J" 6, "J" 7, "A" 8, "S" 9, "O" 10, "N" 11, "D" 12)
set border 15
unset grid
unset key
set style fill solid 1.0 noborder
set xlabel "Month that is forecast" offset 0, 0.4
set multiplot
set tmargin at screen 0.88
set bmargin at screen 0.19
do for [panel = 1:2] {
  model = panel == 1 ? linear : "CNN"
  set title model offset 0, -0.6
  set lmargin at screen (panel == 1 ? 0.075 : 0.49)
  set rmargin at screen (panel == 1 ? 0.44 : 0.855)
  set ylabel (panel == 1 ? "Lead (months)" : "") offset 0.5
  if (panel == 1) { unset colorbox } else { set colorbox }
  plot months using (strcol("model") eq model ? column("target_month") : NaN):"lead":(0.5):(0.5):(in_unit(column("skill"))) \
    with boxxyerror fillcolor palette
  unset label 1000
}
unset multiplot
