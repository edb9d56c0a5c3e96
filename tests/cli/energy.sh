# SPDX-License-Identifier: MIT
# Energy and emissions in run.json and emissions.csv: identities between figures, never
# their size. GREENMILE_SYSFS_ROOT is empty here, so the labelled model speaks.
# shellcheck shell=sh disable=SC2086 # $small is a list of options
# Figures are computed from one another in double precision and printed exactly.
rounding=1e-12
run="cnn $small --epochs 3"

runs $run --out unset
ok "without a country emissions are null" equal "$(for key in emissions_kg emissions_low_kg emissions_high_kg \
  carbon_intensity_g_per_kwh country_iso_code; do member unset/run.json $key; done | tr '\n' ' ')" "null null null null null "
export COUNTRY=USA
runs $run --out variable
unset COUNTRY
ok "the variable COUNTRY belongs to make, not to programs" equal "$(member variable/run.json emissions_kg)" null
ok "the source is labelled a model" sh -c \
  'grep -q "^  \"energy_measured\": false" unset/run.json && grep -q "^  \"energy_sources\": \"power model (modelled)" unset/run.json'

runs $run --country WLD --out world
ok "WLD is 471.08 g/kWh" equal "$(member world/run.json carbon_intensity_g_per_kwh)" 471.08
ok "WLD is recorded" equal "$(member world/run.json country_iso_code)" WLD
runs $run --country FRA --carbon-intensity 500 --out stated
ok "a stated intensity wins, the place stays" equal \
  "$(member stated/run.json carbon_intensity_g_per_kwh) $(member stated/run.json country_iso_code)" "500 FRA"
product() { awk -v kwh="$(member $1/run.json energy_kwh)" -v g="$(member $1/run.json carbon_intensity_g_per_kwh)" \
  'BEGIN { printf "%.17g", kwh * g / 1000 }'; }
for name in world stated; do
  ok "$name: kg = kWh · g/kWh / 1000" near "$(member $name/run.json emissions_kg)" "$(product $name)" $rounding
  ok "$name: low ≤ value ≤ high" awk \
    -v a="$(member $name/run.json energy_low_kwh)" -v b="$(member $name/run.json energy_kwh)" -v c="$(member $name/run.json energy_high_kwh)" \
    -v x="$(member $name/run.json emissions_low_kg)" -v y="$(member $name/run.json emissions_kg)" -v z="$(member $name/run.json emissions_high_kg)" \
    'BEGIN { exit !(0 < a && a < b && b < c && 0 < x && x < y && y < z) }'
done

total() { awk -v c="$(member $1/run.json energy_cpu_kwh)" -v r="$(member $1/run.json energy_ram_kwh)" 'BEGIN { printf "%.17g", c + r }'; }
ok "energy is that of its components" near "$(member world/run.json energy_kwh)" "$(total world)" $rounding
epochs() { awk -F, 'NR > 1 { j += $7 } END { printf "%.17g", j / 3.6e6 }' $1/epochs.csv; }
ok "the epochs' joules are the run's" near "$(epochs world)" "$(member world/run.json energy_kwh)" 1e-9
ok "the process took at least as much as the training" awk -v a="$(member world/run.json energy_kwh)" \
  -v b="$(member world/run.json process_energy_kwh)" 'BEGIN { exit !(b >= a && a > 0) }'

field() { # DIR COLUMN of emissions.csv, which has no quoted commas in these runs
  awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) k = i } NR == 2 { print $k }' $1/emissions.csv
}
runs $run --country WLD --pue 2 --out doubled
ok "PUE is recorded" equal "$(member doubled/run.json pue) $(field doubled pue)" "2 2"
ok "PUE is in the energy: components add up" near "$(member doubled/run.json energy_kwh)" "$(total doubled)" $rounding
ok "PUE is in the epochs" near "$(epochs doubled)" "$(member doubled/run.json energy_kwh)" 1e-9
ok "PUE is in the emissions" near "$(member doubled/run.json emissions_kg)" "$(product doubled)" $rounding

ok "emissions.csv: 38 columns, one row" awk -F, 'NF != 38 { bad = 1 } END { exit bad || NR != 2 }' world/emissions.csv
ok "emissions.csv: kg" near "$(field world emissions)" "$(member world/run.json emissions_kg)" $rounding
ok "emissions.csv: kWh" near "$(field world energy_consumed)" "$(member world/run.json energy_kwh)" $rounding
ok "emissions.csv: country" equal "$(field world country_iso_code)" WLD
ok "emissions.csv: without a country no emissions" equal "$(field unset emissions)$(field unset country_iso_code)" ""
runs $run --country WLD --out world
ok "a second run replaces the row" lines world/emissions.csv 2

runs inference --threads 1 --batch-seconds 0.01 --country WLD --model world/model.safetensors --out forecast
ok "a forecast's energy is that of one call" near "$(member forecast/run.json energy_per_forecast_j)" \
  "$(awk -v kwh="$(member forecast/run.json energy_kwh)" 'BEGIN { printf "%.17g", kwh * 3.6e6 }')" $rounding
ok "a forecast's emissions are that of one call" near "$(member forecast/run.json emissions_per_forecast_kg)" \
  "$(member forecast/run.json emissions_kg)" $rounding
