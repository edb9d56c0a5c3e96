# SPDX-License-Identifier: MIT
# cnn: its files and their layout, the same bytes from the same seed, models reloaded.
# shellcheck shell=sh disable=SC2086 # $small is a list of options
quick="$small --epochs 4"

runs cnn $quick --save saved.safetensors --step-log steps.csv --out a
ok "its files" contains a run.json epochs.csv predictions.csv model.safetensors emissions.csv processes.csv
ok "run.json has every member" sh -c '
  for key in schema program argv dataset config parameters epochs stop_reason rmse_validation rmse_test \
    correlation_validation correlation_test duration_s energy_kwh energy_low_kwh energy_high_kwh emissions_kg \
    emissions_low_kg emissions_high_kg energy_sources carbon_intensity_g_per_kwh country_iso_code seed threads \
    blas cpu_model git_commit started_at process_energy_kwh process_duration_s process_cpu_s protocol warnings; do
    grep -q "^  \"$key\": " a/run.json || { echo "no $key"; exit 1; }
  done'
ok "started_at is ISO 8601 in UTC" sh -c \
  'grep -Eq "^  \"started_at\": \"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\"" a/run.json'
ok "run.json says what ran" equal "$(member a/run.json program) $(member a/run.json epochs) \
$(member a/run.json stop_reason) $(member a/run.json parameters) $(member a/run.json protocol)" "cnn 4 epochs 417 full"

ok "predictions.csv: header" has_header a/predictions.csv split,month,truth,prediction
ok "predictions.csv: 120 validation and 47 test rows" sh -c \
  'test "$(grep -c "^validation," a/predictions.csv) $(grep -c "^test," a/predictions.csv) $(wc -l < a/predictions.csv)" = "120 47 168"'
ok "predictions.csv: months of the targets" equal "$(sed -n '2p;121p;122p;168p' a/predictions.csv | cut -d, -f1,2 | tr '\n' ' ')" \
  "validation,1997-02 validation,2007-01 test,2007-02 test,2010-12 "
rmse() { awk -F, -v split_name="$1" '$1 == split_name { n++; s += ($3 - $4) ^ 2 } END { printf "%.15g", sqrt(s / n) }' a/predictions.csv; }
ok "rmse_validation is that of predictions.csv" near "$(member a/run.json rmse_validation)" "$(rmse validation)" 1e-12
ok "rmse_test is that of predictions.csv" near "$(member a/run.json rmse_test)" "$(rmse test)" 1e-12

ok "epochs.csv: header" has_header a/epochs.csv \
  epoch,train_loss,rmse_validation,rmse_test,train_duration_s,duration_s,energy_j
ok "epochs.csv: one row per epoch, from 1" equal "$(cut -d, -f1 a/epochs.csv | tr '\n' ' ')" "epoch 1 2 3 4 "
ok "epochs.csv: the last epoch is the run's" near "$(tail -n 1 a/epochs.csv | cut -d, -f3)" \
  "$(member a/run.json rmse_validation)" 1e-12
ok "steps.csv: header" has_header steps.csv step,epoch,batch,loss
ok "steps.csv: 20 batches an epoch" equal "$(lines steps.csv 81 && sed -n '2p;21p;22p;81p' steps.csv | cut -d, -f1-3 | tr '\n' ' ')" \
  "1,1,1 20,1,20 21,2,1 80,4,20 "
weighted() { # the last of the 20 batches of 192 samples has 2
  awk -F, '$2 == 1 { s += $4 * ($3 == 20 ? 2 : 10) } END { printf "%.12g", s / 192 }' steps.csv
}
ok "train_loss is the sample-weighted mean of the batch losses" near "$(sed -n 2p a/epochs.csv | cut -d, -f2)" \
  "$(weighted)" 1e-8
ok "--save writes the same model" same saved.safetensors a/model.safetensors

# ---- seeds and threads ----------------------------------------------------------------------
runs cnn $quick --out b
runs cnn $quick --seed 0 --out one
runs cnn $quick --threads 2 --out two
runs cnn $quick --threads 3 --out three
runs cnn $quick --threads 4 --out four
runs cnn $quick --seed 1 --out other
for run in b one two three four; do
  ok "$run: same forecasts" same a/predictions.csv $run/predictions.csv
  ok "$run: same weights" same a/model.safetensors $run/model.safetensors
  ok "$run: same epochs but for times and joules" same_columns 1-4 a/epochs.csv $run/epochs.csv
done
ok "threads are recorded" equal "$(member one/run.json threads) $(member two/run.json threads)" "1 2"
ok "another seed gives other weights" sh -c '! cmp -s a/model.safetensors other/model.safetensors'
runs cnn $quick --no-shuffle --out ordered
ok "--no-shuffle gives other weights" sh -c '! cmp -s a/model.safetensors ordered/model.safetensors'

# ---- the default network ------------------------------------------------------------------------
ok "--summary counts 6,990,089 parameters and writes nothing" sh -c \
  'cnn --summary --out nowhere | grep -Eq "^ *total +6990089$" && test ! -e nowhere'

# ---- models reloaded --------------------------------------------------------------------------------
runs cnn $quick --time-steps 3 --out t3
runs cnn $quick --prune-unstructured 0.5 --prune-after 2 --out masked
runs cnn $quick --prune-structured 0.5 --prune-after 2 --out smaller
runs cnn $small --optimizer sgd --learning-rate 0.01 --momentum 0.9 --epochs 60 --early-stopping 2 --out stopped
for run in a t3 masked smaller stopped; do
  runs inference --threads 1 --batch-seconds 0.001 --model $run/model.safetensors --out inference_$run
  ok "$run: inference gives the same forecasts" same $run/predictions.csv inference_$run/predictions.csv
done
ok "inference: its files" contains inference_a run.json predictions.csv emissions.csv processes.csv
ok "structured pruning leaves a smaller network" test "$(member smaller/run.json parameters)" -lt 417
runs cnn $small --epochs 2 --out whole
runs cnn --arch "$(member smaller/run.json arch)" --threads 1 --epochs 2 --out half
ok "its operations are those of two epochs before and of two after" equal "$(member smaller/run.json training_flop)" \
  "$(($(member whole/run.json training_flop) + $(member half/run.json training_flop)))"
ok "a mask keeps the parameters" equal "$(member masked/run.json parameters)" 417
runs cnn $small --epochs 9 --early-stopping 1 --min-delta 100 --prune-structured 0.5 --prune-after 5 --out unpruned
ok "a training that ends before it is pruned says so" grep -q \
  'warning: Nothing was pruned: training stopped after epoch 2, before --prune-after 5[.]' err
ok "and so does its record" grep -q '"Nothing was pruned: ' unpruned/run.json
for way in unstructured structured; do
  runs cnn $quick --prune-$way 1e-9 --prune-after 2 --out unpruned
  ok "$way: a fraction that is no weight prunes nothing, and that is said" grep -q 'warning: Nothing was pruned: the fraction 1e-09' err
  runs cnn $quick --prune-$way 0.5 --prune-after 2 --out pruned
  ok "$way: what was pruned needs no word" sh -c '! grep -q "Nothing was pruned" err pruned/run.json'
done
ok "early stopping says why it stopped" equal "$(member stopped/run.json stop_reason)" early_stopping
best() { sed -n "$(($(member stopped/run.json best_epoch) + 1))p" stopped/epochs.csv | cut -d, -f3; }
ok "early stopping reports the best epoch's weights" near "$(member stopped/run.json rmse_validation)" "$(best)" 1e-12
ok "no epoch was better" sh -c 'test "$(sed 1d stopped/epochs.csv | cut -d, -f3 | sort -g | head -n 1)" = "'"$(best)"'"'
ok "it stopped two epochs after the best" equal "$(member stopped/run.json epochs)" \
  "$(($(member stopped/run.json best_epoch) + 2))"
runs cnn $small --epochs 1 --learning-rate 1e-30 --init a/model.safetensors --out resumed
ok "--init starts from the weights of the file" same a/predictions.csv resumed/predictions.csv

# ---- models that are damaged --------------------------------------------------------------------------
head -c 1000 a/model.safetensors > cut.safetensors
refused 2 'cut.safetensors: *' inference --model cut.safetensors --out refused
{ cat a/model.safetensors; printf x; } > junk.safetensors
refused 2 'junk.safetensors: *' inference --model junk.safetensors --out refused
{ printf '\377\377\377\377\377\377\377\177'; tail -c +9 a/model.safetensors; } > length.safetensors
refused 2 'length.safetensors: *' inference --model length.safetensors --out refused
sed 's/dense:8/dense:9/' a/model.safetensors > arch.safetensors
refused 2 'arch.safetensors: *' inference --model arch.safetensors --out refused
: > empty.safetensors
refused 2 'empty.safetensors: *' inference --model empty.safetensors --out refused
for file in cut junk length empty; do
  refused 2 "$file.safetensors: *" cnn $quick --init $file.safetensors --out refused
done
refused 2 'a/model.safetensors: *' cnn --arch flatten,dense:1 --init a/model.safetensors --out refused
ok "a refused model leaves no run directory" test ! -e refused

# ---- nothing of an earlier run is lost to a mistake -----------------------------------------------------
cp -r a before
refused 2 'architecture*' cnn --arch lstm --out a
refused 2 'missing.safetensors: *' cnn $quick --init missing.safetensors --out a
refused 1 'no/where.safetensors: cannot create it: No such file or directory' cnn $quick --save no/where.safetensors --out a
refused 1 'no/steps.csv: cannot create it: No such file or directory' cnn $quick --step-log no/steps.csv --out a
refused 1 '/dev/null: cannot write it: it exists and is no regular file' cnn $quick --step-log /dev/null --out a
ok "an earlier run in --out survives bad options" diff -r before a

refused 1 'steps.csv: cannot create this directory: File exists' cnn $quick --out steps.csv/run
refused 2 '--out: expected the name of a directory, got an empty one' cnn $quick --out ''

# ---- networks of one kind at any size ------------------------------------------------------
ok "--parameters scales the default network" sh -c 'cnn --parameters 30000 --summary | grep -q "^ *total *30034$" || { cnn --parameters 30000 --summary; exit 1; }'
refused 2 '--parameters scales the network of index series: *' cnn --parameters 1000 --arch dense:1

# ---- settings without effect
idle() { # SENTENCE OPTION …
  sentence=$1
  shift
  ok "cnn $*: $sentence" sh -c 'cnn --arch flatten,dense:1 --epochs 3 --out idle "$@" 2> err && grep -q -e "^cnn: warning: $0" err' "$sentence" "$@"
  ok "and in run.json" grep -q -e "$sentence" idle/run.json
}
idle "--batch-size 193 is more than the 192 training samples: every step takes all" --batch-size 193
idle "--early-stopping 2 cannot end the --epochs 3 early" --early-stopping 2
ok "what has one is not warned of" sh -c 'cnn --arch flatten,dense:1 --epochs 3 --out idle --batch-size 192 --early-stopping 1 2> err
  ! grep -e "--batch-size\|--early-stopping" err'
refused 2 "--prune-after belongs to pruning*" cnn --prune-after 3
refused 2 "learning rate 1e-46: expected one that single precision can tell from 0" cnn --learning-rate 1e-46
