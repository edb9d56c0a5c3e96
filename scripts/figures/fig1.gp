# SPDX-License-Identifier: MIT
# Figure 1: three levels at which AI acts on the climate (Kaack et al., Nature Climate Change 12, 518,
# 2022) and equation (1) of the poster, with what this study metered. Reads study.csv.
width_cm = 8.4; height_cm = 8
load "scripts/figures/style.gp"

energy = NaN; emissions = NaN; low = NaN; high = NaN
stats data."/study.csv" using (energy = column("energy_kwh"), emissions = column("emissions_kg"), \
  low = column("emissions_low_kg"), high = column("emissions_high_kg"), 0) nooutput
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen 1
set bmargin at screen 0
unset border
unset tics
unset grid
unset key
set xrange [0:90] # millimetres
set yrange [0:80]
bold(text) = "{/:Bold ".text."}"

# ---- the three levels, each holding the ones inside it ----------------------------------------
set object 1 rectangle from 2, 32 to 88, 76 fillcolor rgb "#edf4f9" fillstyle solid border rgb blue linewidth 0.8
set object 2 rectangle from 7, 34 to 83, 64 fillcolor rgb "#d2e5f1" fillstyle solid border rgb blue linewidth 0.8
set object 3 rectangle from 12, 36 to 78, 52 fillcolor rgb "#b0d2e7" fillstyle solid border rgb blue linewidth 0.8
set label 1 bold("System-level impacts") at 45, 72.4 center front
set label 2 "rebound, lock-in, what people and markets then do" at 45, 67.8 center font small front
set label 3 bold("Immediate application impacts") at 45, 60.4 center front
set label 4 "emissions that the use of the model adds or avoids" at 45, 55.8 center font small front
set label 5 bold("Computing-related impacts") at 45, 48.4 center front
set label 6 "making and disposal of the hardware," at 45, 43.8 center font small front
set label 7 bold("electricity of training and inference: metered here") at 45, 39.6 center font small front

# ---- equation (1) -----------------------------------------------------------------------------
set object 4 rectangle from 2, 15 to 13, 25 fillcolor rgb "white" fillstyle solid border rgb black linewidth 0.8
set object 5 rectangle from 31, 15 to 45, 25 fillcolor rgb "white" fillstyle solid border rgb black linewidth 0.8
set object 6 rectangle from 66, 15 to 88, 25 fillcolor rgb "white" fillstyle solid border rgb black linewidth 0.8
set label 8 "AI\nmodel" at 7.5, 21.4 center front
set label 9 "Energy\nusage" at 38, 21.4 center front
set label 10 "Environmental\nimpact" at 77, 21.4 center front
set arrow 1 from 13, 20 to 31, 20 head filled size 1.5, 20 linecolor rgb black linewidth 0.8
set arrow 2 from 45, 20 to 66, 20 head filled size 1.5, 20 linecolor rgb black linewidth 0.8
set label 11 "computation" at 22, 22 center font small
set label 12 "greenhouse gas\nemissions" at 55.5, 25.2 center font small
set label 13 "This study" at 2, 9.6 left
set label 17 meter at 2, 4.8 left font small
set label 14 number(energy)." kWh" at 34, 9.6 center
set label 15 number(emissions)." kg CO_2eq" at 70, 9.6 center
set label 16 low == low ? "(".number_like(low, emissions)." to ".number_like(high, emissions).")".ten_to(power(emissions)) : "" at 70, 4.8 center font small
plot NaN notitle
