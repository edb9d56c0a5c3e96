# SPDX-License-Identifier: MIT
# linear_regression: its files, the reference values of the study, its model reloaded.
# shellcheck shell=sh
fast="--batch-seconds 0.001"

# shellcheck disable=SC2086 # lists of options
{
  runs linear_regression $fast --out t1
  ok "its files" contains t1 run.json predictions.csv linear.json emissions.csv references.csv processes.csv
  runs linear_regression $fast --time-steps 12 --out t12
}

# RMSEs from other software on the same definitions, given to six decimals.
reference() { # FOUND EXPECTED
  awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(a != "" && d < 1e-6 && d > -1e-6) }' || { echo "$1 is not $2"; return 1; }
}
persistence() { sed -n "/^  \"persistence\"/,/}/s/^    \"$1\": \([^,]*\),\{0,1\}\$/\1/p" t1/run.json; }
ok "T = 1, validation" reference "$(member t1/run.json rmse_validation)" 0.487378
ok "T = 1, test" reference "$(member t1/run.json rmse_test)" 0.470314
ok "T = 12, validation" reference "$(member t12/run.json rmse_validation)" 0.485058
ok "T = 12, test" reference "$(member t12/run.json rmse_test)" 0.404321
ok "persistence, validation" reference "$(persistence rmse_validation)" 0.495582
ok "persistence, test" reference "$(persistence rmse_test)" 0.485341

ok "13 parameters with T = 12" equal "$(member t12/run.json parameters)" 13
ok "linear.json says what it must" sh -c '
  for key in intercept coefficients ridge rank singular_value_cutoff; do
    grep -q "^  \"$key\":" t12/linear.json || { echo "no $key"; exit 1; }
  done'

# shellcheck disable=SC2086
for t in t1 t12; do
  runs inference $fast --model $t/linear.json --out inference_$t
  ok "$t: inference gives the same forecasts" same $t/predictions.csv inference_$t/predictions.csv
done
ok "inference: its files" contains inference_t1 run.json predictions.csv emissions.csv processes.csv

# shellcheck disable=SC2086
{
  runs linear_regression $fast --time-steps 12 --ridge 1 --out ridge
  runs linear_regression $fast --time-steps 12 --ridge gcv --out gcv
}
ok "the ridge is recorded" equal "$(member ridge/run.json ridge)" 1
ok "gcv finds a penalty" sh -c 'grep -Eq "^  \"ridge\": [0-9.e+-]+,?$" gcv/run.json && ! cmp -s t12/predictions.csv gcv/predictions.csv'
ok "gcv is another spelling of loo" equal "$(sed -n 's/^ *"ridge_choice": "\(.*\)",\{0,1\}$/\1/p' gcv/run.json)" loo
# shellcheck disable=SC2086
runs linear_regression $fast --time-steps 12 --lead 3 --ridge blocks:36 --out blocks
ok "blocks are recorded with their gap, lead + T - 1" sh -c '
  grep -q "^ *\"ridge_choice\": \"blocks\"" blocks/run.json && grep -q "^ *\"block\": 36" blocks/run.json &&
  grep -q "^ *\"gap\": 14" blocks/run.json'
refused 2 'blocks of 500 time steps: expected 1 to 192, the training samples' linear_regression --ridge blocks:500
# shellcheck disable=SC2086
runs linear_regression $fast --time-steps 12 --components blocks --out patterns
ok "the number of patterns is recorded" sh -c 'grep -Eq "^ *\"components\": [1-9]" patterns/run.json'
refused 2 '--components: expected a whole number of at least 1 or blocks, got "0"' linear_regression --components 0
refused 2 '--components is least squares on patterns: *' linear_regression --components 3 --ridge 1
refused 2 'EOF regression on 13 patterns: the training samples have 12' linear_regression --time-steps 12 --components 13 --out too_many
ok "climatology is scored beside persistence" sh -c 'grep -q "^  \"climatology\"" t1/run.json && [ "$(wc -l < t1/references.csv)" = 168 ]'
ok "a penalty changes the forecasts" sh -c '! cmp -s t12/predictions.csv ridge/predictions.csv'

# ---- models that are damaged ------------------------------------------------------------
head -c 200 t12/linear.json > cut.json
refused 2 'cut.json: not valid JSON: it ends too early' inference --model cut.json --out refused
{ cat t1/linear.json; echo junk; } > junk.json
refused 2 'junk.json: not valid JSON: *' inference --model junk.json --out refused
sed 's/"intercept": [^,]*/"intercept": 1/' t1/linear.json > changed.json
refused 2 'changed.json: damaged, or changed since it was written: its checksum is *, its content gives *' \
  inference --model changed.json --out refused
sed 's/"checksum"/"check"/' t1/linear.json > unsealed.json
refused 2 'unsealed.json: no checksum in it: damaged, or of an older version of greenmile; make the model again' \
  inference --model unsealed.json --out refused
sed 's/"checksum"/"check"/; s/"written_by"/"by"/; s/"training_samples"/"samples"/' t1/linear.json > foreign.json
sed 's/"intercept": [^,]*/"intercept": "much"/' foreign.json > text.json
refused 2 'text.json: expected a number as "intercept"' inference --model text.json --out refused
sed '/"coefficients"/,/\]/s/-\{0,1\}[0-9][0-9.e-]*/NaN/' foreign.json > nan.json
refused 2 'nan.json: coefficient 1 is not a finite number' inference --model nan.json --out refused
echo '[1, 2]' > list.json
refused 2 'list.json: expected a JSON object' inference --model list.json --out refused
sed 's/"time_steps": "1"/"time_steps": "2"/' foreign.json > steps.json
refused 2 '*steps.json: 1 coefficients, the data give 2 predictors' inference --model steps.json --out refused
sed 's/"time_steps": "1"/"time_steps": "-1"/' foreign.json > steps.json
refused 2 'steps.json: "time_steps": expected a whole number of at least 1, got "-1"' \
  inference --model steps.json --out refused
ok "a refused model leaves no run directory" test ! -e refused
