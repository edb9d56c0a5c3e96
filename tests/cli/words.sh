# SPDX-License-Identifier: MIT
# What programs say while they work and at their end.
# shellcheck shell=sh disable=SC2086,SC2154 # $small is a list of options, set by run

number='[0-9.]+(e[-+][0-9]+)?'
ends_with() { # RUN PROGRAM WHAT PLACE: the last two lines of its standard error, and the scores of run.json
  scores="$2: RMSE validation $number, test $number °C \(persistence $number, $number\)"
  cost="$2: $number (µJ|mJ|J|kJ)$3 \($number to $number\)$4; in $1"
  tail -n 2 err | head -n 1 | grep -Eqx -e "$scores" && tail -n 1 err | grep -Eqx -e "$cost" &&
    near "$(sed -n "s/^$2: RMSE validation \([0-9.]*\),.*/\1/p" err)" "$(member "$1/run.json" rmse_validation)" 1e-3 &&
    near "$(sed -n "s/^$2: RMSE .*, test \([0-9.]*\) .*/\1/p" err)" "$(member "$1/run.json" rmse_test)" 1e-3 ||
    { cat err; return 1; }
}
no_country="; kg need --country ISO3 \(WLD: the world\) or --carbon-intensity"
kg=", $number kg CO2eq \($number to $number\)"

cnn $small --epochs 2 --out net 2> err
ok "cnn ends with scores and cost, and how to get kg" ends_with net cnn "" "$no_country"
cnn $small --epochs 2 --country FRA --out net 2> err
ok "cnn with a country ends with kg" ends_with net cnn "" "$kg, FRA"
ok "and they are those of run.json" near "$(sed -n 's/.*, \([0-9.e-]*\) kg CO2eq.*/\1/p' err)" "$(member net/run.json emissions_kg)" 0.1
linear_regression --batch-seconds 0.001 --carbon-intensity 100 --out lr 2> err
ok "linear_regression says why it takes its time" grep -q \
  "^linear_regression: one fit is too short to be metered: repeating it in batches of 0.001 s until .* 1 %" err
ok "and how often it took place" grep -Eq "^linear_regression: [0-9]+ batches of [0-9]+ calls; their mean is known to" err
ok "and ends with scores and the cost of one fit" ends_with lr linear_regression " per fit" "$kg"
inference --batch-seconds 0.001 --model lr/linear.json --out forecast 2> err
ok "inference says why it takes its time" grep -q "^inference: one forecast is too short to be metered" err
ok "and ends with scores and the cost of one forecast" ends_with forecast inference " per forecast" "$no_country"
tune $small --epochs 2 --trials 3 --out search 2> err
ok "tune ends with its best trial" sh -c '
  grep -Eqx "tune: best is trial [0-2]: validation RMSE [0-9.]+ °C with [0-9]+ time steps, learning rate [0-9.e-]+, (adam|sgd); [0-3] complete, [0-3] pruned, [0-3] failed" err'
ok "whose value is that of run.json" near "$(sed -n 's/^tune: best is .* RMSE \([0-9.]*\) .*/\1/p' err)" \
  "$(sed -n 's/^ *"value": \([0-9.e-]*\),*$/\1/p' search/run.json | head -n 1)" 1e-3
ok "while it works it shows the best so far" grep -Eq "^search: .* left, $number (µJ|mJ|J), best $number, now $number °C" err
