# SPDX-License-Identifier: MIT
# Ctrl-C and directories that may not be written: exit codes, and no half-written file.
# shellcheck shell=sh disable=SC2086

# interrupted DIR FILES PROGRAM …: starts it in the background, sends SIGINT once DIR is there
# and it works (it has said $sign, where that is set), and waits. The exit code must be 130, soon;
# DIR must hold FILES and no others.
sign=
interrupted() {
  directory=$1 left=$2
  shift 2
  : > err # not that of the one before, which grep would find while this one starts
  "$@" --out "$directory" > out 2> err &
  pid=$!
  until_true [ -d "$directory" ]
  if [ -n "$sign" ]; then until_true grep -q "$sign" err; else sleep 0.2; fi
  kill -INT $pid || return 1
  # It promises a second; a machine busy with other things gets a minute before the case is lost.
  (n=0; while [ $n -lt 600 ]; do sleep 0.1; n=$((n + 1)); done; kill -KILL $pid) 2> /dev/null &
  guard=$!
  wait $pid
  status=$?
  kill $guard 2> /dev/null
  wait $guard 2> /dev/null
  equal "$status" 130 && grep -q "^$1: .*interrupted" err && [ -d "$directory" ] && equal "$(ls -A "$directory")" "$left"
}

# Each would run for minutes.
both=$(printf "checkpoint.safetensors\nprocesses.csv")
ok "cnn stops at Ctrl-C and leaves its checkpoint and what it drew" interrupted cnn "$both" \
  cnn --epochs 10000 --step-log steps.csv
ok "its log of steps is not there" equal "$(find . -name 'steps*')" ""
ok "tune stops at Ctrl-C and leaves nothing" interrupted tune "" tune --epochs 1000
ok "linear_regression stops at Ctrl-C and leaves what it drew" interrupted lr processes.csv linear_regression --batch-seconds 600

cnn $small --epochs 2 --out model 2> err
ok "inference stops at Ctrl-C and leaves what it drew" interrupted forecast processes.csv \
  inference --batch-seconds 600 --model model/model.safetensors

again() {
  cnn $small --epochs 2 --out again 2> err || return 1
  cnn --epochs 10000 --out again > out 2> err &
  pid=$!
  until_true [ ! -e again/run.json ]
  kill -INT $pid
  wait $pid
  equal "$?" 130 && contains again checkpoint.safetensors emissions.csv processes.csv
}
ok "an interrupted run over an old one leaves nothing of it but the rows of what it has cost" again
failed() {
  cnn $small --epochs 2 --out failed 2> err || return 1
  cnn $small --epochs 2 --optimizer sgd --learning-rate 1e30 --out failed 2> err
  equal "$?" 1 && contains failed emissions.csv processes.csv
}
ok "and so does a failed one" failed

# ---- two into one directory ----------------------------------------------------------------------
cnn --epochs 10000 --out shared > out 2>&1 &
first=$!
until_true [ -f shared/processes.csv ]
refused 2 '--out shared: another run is writing there; wait for it, or choose another' cnn $small --epochs 1 --out shared
refused 2 '--out shared: another run is writing there; wait for it, or choose another' \
  linear_regression --batch-seconds 0.001 --out shared
kill -KILL $first
wait $first 2> /dev/null
runs cnn $small --epochs 1 --out shared # a killed run holds nothing
mkdir -p killed
touch killed/.model.safetensors.a1B2c3.part killed/.checkpoint.safetensors.XyZ123.part killed/model.safetensors.backup
runs cnn $small --epochs 1 --out killed
ok "what killed processes left half-written is gone, other files stay" \
  contains killed run.json epochs.csv predictions.csv model.safetensors emissions.csv processes.csv model.safetensors.backup

# ---- going on ------------------------------------------------------------------------------------
long="cnn $small --epochs 24000 --prune-structured 0.5 --prune-after 3"
sign=" 2400 of 24000, " # a tenth is done, and no machine is through with the rest before it is stopped
runs $long --step-log whole.csv --out whole
ok "a long run is interrupted" interrupted halves "$both" $long
runs $long --resume --step-log halves.csv --out halves
ok "interrupted without a log of steps and resumed with one: it holds all of them" same whole.csv halves.csv
ok "the checkpoint of a complete run is removed" contains halves run.json epochs.csv predictions.csv model.safetensors emissions.csv processes.csv
ok "interrupted and resumed: same weights" same whole/model.safetensors halves/model.safetensors
ok "interrupted and resumed: same forecasts" same whole/predictions.csv halves/predictions.csv
ok "interrupted and resumed: same epochs" same_columns 1-4 whole/epochs.csv halves/epochs.csv
ok "the epochs' joules are still the run's" near "$(awk -F, 'NR > 1 { j += $7 } END { printf "%.17g", j / 3.6e6 }' halves/epochs.csv)" \
  "$(member halves/run.json energy_kwh)" 1e-6
# ---- what all processes drew ----------------------------------------------------------------------
sum() { awk -F, 'NR > 1 { s += $4 } END { printf "%.17g", s }' "$1/processes.csv"; }
total() { awk -v a="$(member "$1/run.json" all_energy_kwh)" -v b="$(member "$1/run.json" earlier_energy_kwh)" 'BEGIN { printf "%.17g", a + b }'; }
at_least() { # but for the last digits of a sum
  awk -v a="$1" -v b="$2" 'BEGIN { exit !(a != "" && b != "" && a >= b * (1 - 1e-12)) }' || { echo "$1 is less than $2"; return 1; }
}
# The last row is closed after run.json is written, on a busy machine a while after: the total is at most the
# sum of the rows, and at least that of the earlier ones. (The run's own energy has a part of theirs in it.)
whole_total() { # DIR
  earlier=$(sed '$d' "$1/processes.csv" | awk -F, 'NR > 1 { s += $4 } END { printf "%.17g", s }')
  at_least "$(sum "$1")" "$(total "$1")" && at_least "$(total "$1")" "$earlier"
}
ok "an interrupted and resumed run is two processes" equal "$(member halves/run.json earlier_processes)" 1
ok "its total is the sum of the two" whole_total halves
ok "and not less than its row" at_least "$(total halves)" "$(member halves/run.json energy_kwh)"

# killed DIR PROGRAM …: SIGKILL once epochs have been counted, so that nothing of it runs at its end.
killed() {
  directory=$1
  shift
  rows=$(wc -l < "$directory/processes.csv" 2> /dev/null || echo 1)
  : > err
  "$@" --out "$directory" > out 2> err &
  pid=$!
  until_true grep -q "$sign" err
  kill -KILL $pid
  wait $pid 2> /dev/null
  test "$(wc -l < "$directory/processes.csv")" -gt "$rows"
}
ok "a run is killed" killed thrice $long
ok "and again" killed thrice $long
killed_kwh=$(sum thrice)
runs $long --out thrice
ok "two killed processes are remembered" equal "$(member thrice/run.json earlier_processes)" 2
ok "and their energy" near "$(member thrice/run.json earlier_energy_kwh)" "$killed_kwh" 1e-12
ok "the total is the sum of the three" whole_total thrice
ok "another run is interrupted" interrupted other "$both" $long
cp -r other before
differs='other/checkpoint.safetensors: of another run (remove it, or repeat its options): '
refused 2 "${differs}initial_weights *, here *; seed 0, here 1" $long --resume --seed 1 --out other
refused 2 "${differs}learning_rate 0.0001, here 0.1" $long --resume --learning-rate 0.1 --out other
refused 2 "${differs}pue 1, here 1.5" $long --resume --pue 1.5 --out other
refused 2 "${differs}validation 1997-01:2006-12, here 1997-01:2005-12; validation_samples *, here *" \
  $long --resume --validation 1997-01:2005-12 --out other
refused 2 "${differs}test 2007-01:, here 2008-01:; test_samples *, here *" $long --resume --test 2008-01: --out other
refused 2 "${differs}base_period 1950:1979, here 1951:1980; *" $long --resume --base-period 1951:1980 --out other
refused 2 "${differs}initial_weights *, here *" $long --resume --init model/model.safetensors --out other
head -c 5000 other/checkpoint.safetensors > cut && mv cut other/checkpoint.safetensors
refused 2 'other/checkpoint.safetensors: *' $long --resume --out other

# ---- where nothing may be written ------------------------------------------------------------
mkdir closed
chmod 555 closed
denied() { # PROGRAM …
  as_nobody "$@" --out closed/run > out 2> err
  equal "$?" 1 && equal "$(cat err)" "$1: closed/run: cannot create this directory: Permission denied"
}
if can_be_nobody; then
  ok "cnn: a directory one may not write" denied cnn $small
  ok "linear_regression: a directory one may not write" denied linear_regression --batch-seconds 0.001
  ok "nothing was written there" equal "$(ls -A closed)" ""
fi

# ---- a disk that is full: no file may grow beyond 512 bytes ------------------------------------
full() {
  (ulimit -f 1 && trap '' XFSZ && exec cnn $small --epochs 2 --out full) > out 2> err
  equal "$?" 1 && grep -q '^cnn: full/predictions.csv: cannot write it: File too large' err && equal "$(ls -A full)" processes.csv
}
ok "a full disk leaves no half-written file" full
