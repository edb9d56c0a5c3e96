# SPDX-License-Identifier: MIT
# Where the energy of the study went: watts against time, stacked by component, one program after the
# other. Reads study.csv, power.csv and power_runs.csv.
width_cm = 17.4; height_cm = 6.4
load "scripts/figures/style.gp"

pieces = data."/power.csv"
kinds = data."/power_runs.csv"
highest = 0; last = 0; known = 0; with_gpu = 0; any_busy = 0
stats pieces using (highest = column("power_w") > highest ? column("power_w") : highest, \
  last = column("end_s"), known = known || column("cpu_w") == column("cpu_w"), \
  with_gpu = with_gpu || column("gpu_w") > 0, 0) nooutput
stats kinds using (any_busy = any_busy || column("machine_busy") > 0, 0) nooutput
minutes = last > 300 ? 60.0 : 1.0
at(name) = column(name) / minutes
label_of(kind) = strstrt(kind, "inference") > 0 ? (kind eq "inference_cnn" ? "Inference, CNN" : "Inference, LR") : title_of(kind)

set lmargin at screen 0.06
set rmargin at screen 0.985
set bmargin at screen 0.16
set tmargin at screen 0.93
set xrange [0:last / minutes]
set yrange [0:highest * 1.6] # the names stand above
set ytics 0, nice_step(highest), highest
set xlabel (minutes > 1 ? "Time of the programs, one after the other (minutes)" : "Time of the programs, one after the other (s)") offset 0, 0.6
set ylabel meter eq "measured" ? "Power (W)" : "Power, ".meter." (W)" offset 1
if (any_busy) set label 2 "† the machine was busy: others' work is in it" at screen 0.985, screen 0.9 right font small textcolor rgb warning
set style fill solid 1.0 noborder
set key at screen 0.06, screen 0.995 left top horizontal
plot pieces using (at("start_s")):(known ? 0 : NaN):(at("start_s")):(at("end_s")):(0):(column("cpu_w")) \
       with boxxyerror linecolor rgb blue title (known ? "Processor" : ""), \
     pieces using (at("start_s")):(known ? 0 : NaN):(at("start_s")):(at("end_s")):(column("cpu_w")):(column("cpu_w") + column("memory_w")) \
       with boxxyerror linecolor rgb orange title (known ? "Memory" : ""), \
     pieces using (at("start_s")):(with_gpu ? 0 : NaN):(at("start_s")):(at("end_s")):(column("cpu_w") + column("memory_w")):"power_w" \
       with boxxyerror linecolor rgb green title (with_gpu ? "Graphics card" : ""), \
     pieces using (at("start_s")):(known ? NaN : 0):(at("start_s")):(at("end_s")):(0):"power_w" \
       with boxxyerror linecolor rgb grey title (known ? "" : "All components"), \
     pieces using (0.5 * (at("start_s") + at("end_s"))):(0.5 * column("power_w")):(sprintf("%s; %s; %.1f W for %.3g s", \
       strcol("run"), strcol("phase"), column("power_w"), column("end_s") - column("start_s"))) \
       with labels hypertext point pointtype 7 pointsize 1.5 linecolor rgb invisible notitle, \
     kinds using (at("end_s")):(0):(0):(highest * 1.05) with vectors nohead linecolor rgb "white" linewidth 1.2 notitle, \
     kinds using (0.5 * (at("start_s") + at("end_s"))):(highest * 1.07):(label_of(strcol("kind")).(column("machine_busy") > 0 ? " †" : "")) with labels left rotate by 45 \
       font small offset -0.5, 0.2 notitle
