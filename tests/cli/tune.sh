# SPDX-License-Identifier: MIT
# tune: its files, the same search from the same seed, pruned trials.
# shellcheck shell=sh disable=SC2086 # $small is a list of options
search="$small --trials 14 --epochs 3"

runs tune $search --out a
ok "its files" contains a run.json trials.csv curves.csv pareto.csv replay.csv frontier.csv predictions.csv emissions.csv
ok "trials.csv: header" has_header a/trials.csv \
  trial,state,num_input_time_steps,learning_rate,optimizer,value,epochs,duration_s,energy_j
ok "curves.csv: header" has_header a/curves.csv trial,epoch,rmse_validation
ok "trials.csv: in the space that was searched" awk -F, '
  NR == 1 { next }
  $1 != NR - 2 || $3 != int($3) || $3 < 1 || $3 > 12 || $4 < 1e-5 || $4 > 1e-1 || ($5 != "adam" && $5 != "sgd") ||
    $2 !~ /^(COMPLETE|PRUNED|FAIL)$/ { print; bad = 1 }
  $2 != "FAIL" { finished++ }
  END { exit bad || finished != 14 }' a/trials.csv
ok "the best trial is the least complete one" sh -c '
  best=$(sed -n "/^  \"best\"/,/}/s/^    \"value\": \([0-9.e-]*\).*/\1/p" a/run.json)
  test -n "$best" && test "$best" = "$(grep COMPLETE a/trials.csv | cut -d, -f6 | sort -g | head -n 1)"'
ok "its metrics are the run's" near "$(member a/run.json rmse_validation)" \
  "$(grep COMPLETE a/trials.csv | cut -d, -f6 | sort -g | head -n 1)" 1e-12
ok "predictions.csv: 120 validation and 47 test rows" sh -c \
  'test "$(grep -c "^validation," a/predictions.csv) $(grep -c "^test," a/predictions.csv)" = "120 47"'
ok "epochs are those of all trials" equal "$(member a/run.json epochs)" \
  "$(awk -F, 'NR > 1 { n += $7 } END { print n }' a/trials.csv)"

for threads in 1 2 3 4; do
  runs tune $search --threads $threads --out b
  ok "$threads threads: same trials but for times and joules" same_columns 1-7 a/trials.csv b/trials.csv
  ok "$threads threads: same curves" same a/curves.csv b/curves.csv
  ok "$threads threads: same forecasts" same a/predictions.csv b/predictions.csv
done
runs tune $search --seed 1 --out other
ok "another seed, another search" sh -c '! cmp -s a/curves.csv other/curves.csv'
runs tune $search --sampler random --out random
ok "the start-up trials are random ones" sh -c \
  'head -n 11 a/curves.csv > a.txt; head -n 11 random/curves.csv > b.txt; cmp a.txt b.txt'

runs tune $search --pruner percentile:10 --out pruned
ok "pruned trials end early, complete ones do not" awk -F, '
  $2 == "PRUNED" { pruned++; if ($7 > 3) bad = 1 }
  $2 == "COMPLETE" && $7 != 3 { bad = 1 }
  END { exit bad || pruned == 0 }' pruned/trials.csv
ok "the first five trials are never pruned" sh -c '! sed -n 2,6p pruned/trials.csv | grep -q PRUNED'
ok "the counts add up" equal "$(member pruned/run.json trials_pruned)" "$(grep -c PRUNED pruned/trials.csv)"
ok "a pruned trial has the value of its last epoch" sh -c '
  trial=$(grep PRUNED pruned/trials.csv | head -n 1)
  test "$(echo "$trial" | cut -d, -f6)" = "$(grep "^${trial%%,*}," pruned/curves.csv | tail -n 1 | cut -d, -f3)"'
ok "without a pruner the same start" sh -c \
  'sed -n 2,6p a/trials.csv | cut -d, -f1-7 > a.txt; sed -n 2,6p pruned/trials.csv | cut -d, -f1-7 > b.txt; cmp a.txt b.txt'

cp -r a before
refused 2 'architecture*' tune --arch lstm --out a
ok "an earlier search in --out survives a bad option" diff -r before a

# ---- a space of one's own

cat > space.json << 'END'
{"num_input_time_steps": {"type": "int", "low": 2, "high": 6, "step": 2},
 "learning_rate": {"type": "float", "low": 1e-4, "high": 0.1, "log": true},
 "optimizer": {"type": "categorical", "choices": ["sgd", "adam"]},
 "arch": {"type": "categorical", "choices": ["conv:4:3,relu,flatten,dense:1", "flatten,dense:8,relu,dense:1"]},
 "batch_size": {"type": "categorical", "choices": [10, 20, 40]},
 "momentum": {"type": "float", "low": 0.0, "high": 0.9},
 "weight_decay": {"type": "float", "low": 1e-6, "high": 0.01, "log": true}}
END
runs tune $search --space space.json --journal space.log --out space
ok "its parameters are columns of trials.csv" has_header space/trials.csv \
  trial,state,num_input_time_steps,learning_rate,optimizer,value,epochs,duration_s,energy_j,arch,batch_size,momentum,weight_decay
ok "and lie in the space" awk -F, '
  NR > 1 { if ($3 !~ /^[246]$/ || $4 < 1e-4 || $4 > 0.1 || $(NF - 2) !~ /^(10|20|40)$/ || $(NF - 1) < 0 || $(NF - 1) > 0.9) exit 1
           arches[/dense:8/]++ }
  END { exit !(arches[0] && arches[1]) }' space/trials.csv
ok "the study holds it" grep -q '"user_attr":{"space":' space.log
ok "and the run" grep -q '"space": {' space/run.json
runs tune $search --space space.json --journal space.log --trials 16 --out space
ok "it goes on" equal "$(tail -n +2 space/trials.csv | wc -l | tr -d ' ')" 16
refused 2 "space.log: study 'tune' was made with *: choose another --study, or what it was made with" \
  tune $search --journal space.log --trials 18 --out other
# Choices that are numbers: the number is told, not its place in the list.
echo '{"learning_rate":{"type":"categorical","choices":[0.01,0.02]},"num_input_time_steps":{"type":"categorical","choices":[5,7]}}' > choices.json
runs tune $search --space choices.json --out choices
ok "a rate among choices is told as a number" sh -c 'cut -d, -f3,4 choices/trials.csv | tail -n +2 | grep -vxE "[57],0.0[12]" | cmp - /dev/null'
ok "also in run.json" sh -c 'grep -A3 "\"best\": {" choices/run.json | grep -qE "\"learning_rate\": 0.0[12],"'
# Settings that cannot have an effect, each said before the first epoch.
idle() { # SENTENCE OPTION …
  sentence=$1
  shift
  ok "tune $*: $sentence" sh -c 'tune --arch flatten,dense:1 --out idle "$@" 2> err && grep -q "^tune: warning: $0" err' "$sentence" "$@"
  ok "and in run.json" sh -c 'grep -A4 "\"search_notes\"" idle/run.json | grep -q -e "$0"' "${sentence%% [0-9]*}"
}
idle "--pruner median can stop no trial: it looks at one after --pruner-warmup-steps 2" --trials 3 --epochs 2 \
  --n-startup-trials 1 --pruner median --pruner-startup-trials 1 --pruner-warmup-steps 2
idle "--pruner median can stop no trial: it waits for 3 complete ones (--pruner-startup-trials)" --trials 3 --epochs 2 \
  --n-startup-trials 1 --pruner median --pruner-startup-trials 3
idle "--pruner patient:5 can stop no trial" --trials 3 --epochs 2 --n-startup-trials 1 --pruner patient:5
idle "--pruner-interval changes nothing: --pruner hyperband" --trials 3 --epochs 4 --n-startup-trials 1 --pruner hyperband \
  --pruner-interval 2
idle "--n-startup-trials changes nothing: --sampler random has no such setting" --trials 3 --epochs 1 --sampler random \
  --n-startup-trials 1
idle "--retry changes nothing: a search without --journal has no such setting" --trials 3 --epochs 1 --n-startup-trials 1 --retry 2
idle "--sampler tpe takes over from random draws after --n-startup-trials" --trials 3 --epochs 1
for bad in '{"depth":{"type":"int","low":1,"high":2}}' '{"arch":{"type":"categorical","choices":["lstm"]}}' '[]' \
  '{"batch_size":{"type":"int","low":0,"high":5}}' '{"learning_rate":{"type":"float","low":5,"high":1}}' '{' \
  '{"optimizer":{"type":"int","low":1,"high":2}}' '{"num_input_time_steps":{"type":"int","low":1,"high":13}}'; do
  echo "$bad" > bad.json
  refused 2 '--space*' tune $search --space bad.json --out none
done
# space SENTENCE JSON: refused, since the search would go on and mean something else
space() {
  echo "$2" > bad.json
  refused 2 "--space bad.json: $1" tune $search --space bad.json --out none
}
rate='"learning_rate": {"type": "float", "low": 1e-5, "high": 0.1'
space 'learning_rate: unknown member "logs": expected type, low, high, log and step; did you mean log[?]' \
  "{$rate, \"logs\": true}}"
space 'learning_rate: log: expected true or false, got "false"' "{$rate, \"log\": \"false\"}}"
space 'optimizer: unknown member "low": expected type and choices' \
  '{"optimizer": {"type": "categorical", "choices": ["sgd"], "low": 1}}'
space 'optimizer: choice 3 is choice 1 once more' '{"optimizer": {"type": "categorical", "choices": ["sgd", "adam", "sgd"]}}'
space 'batch_size is a whole number: expected "type": "int"' '{"batch_size": {"type": "float", "low": 1, "high": 100}}'
momentum='"momentum": {"type": "float", "low": 0, "high": 0.9}'
space 'momentum belongs to SGD: *' "{$momentum}"
space 'momentum belongs to SGD: *' "{$momentum, \"optimizer\": {\"type\": \"categorical\", \"choices\": [\"adam\"]}}"
space 'min_delta belongs to early stopping: *' '{"min_delta": {"type": "float", "low": 0, "high": 1}}'

runs tune $search --time-steps 3 --out searched
ok "an option in whose place values are searched is said to be unused" grep -q \
  'warning: --time-steps is not used: num_input_time_steps is searched' err
runs tune $search --space space.json --batch-size 7 --out searched
ok "one of --space too" grep -q 'warning: --batch-size is not used: batch_size is searched' err
refused 1 'no trial was started (budget_kwh)' tune $search --budget-kwh 1e-15 --out none

# ---- operations
flop() { sed -n 's/.*"training_flop": \([0-9]*\),*$/\1/p' "$1/run.json"; }
runs cnn --epochs 2 --out one
runs tune --trials 3 --epochs 2 --out three
unseen=$((2 * 47 * $(sed -n 's/.*"forecast_flop": \([0-9]*\),*$/\1/p' one/run.json)))
ok "a search counts the operations of all its trials, which look at no test sample" equal "$(flop three)" \
  "$((3 * ($(flop one) - unseen)))"
