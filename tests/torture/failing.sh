# SPDX-License-Identifier: MIT
# Every call that writes fails once (failing_io.c), and disks that are full at every size.
# shellcheck shell=sh disable=SC2086,SC2154 # variables of run

# The files of a run that are the same bytes every time.
same_files='model.safetensors predictions.csv linear.json references.csv'

# judge NAME STATUS: a program that says 0 has left what a run without failures leaves; one that says otherwise
# has given a reason and left no run.json and no wrong file.
judge() {
  if [ "$2" -eq 0 ]; then
    [ -e run/run.json ] || [ ! -e whole/run.json ] || complain "$1: says 0 and has no run.json"
  else
    [ -s err ] || complain "$1: says $2 and nothing else"
    [ "$2" -le 2 ] || complain "$1: ended with $2"
    [ ! -e run/run.json ] || complain "$1: says $2 and leaves run.json"
  fi
  for file in $same_files; do
    [ ! -e run/$file ] || cmp -s whole/$file run/$file || complain "$1: $file is wrong, status $2"
  done
}

# every_call NAME PROGRAM …: with --out run.
every_call() {
  title=$1
  shift
  rm -rf whole run count j.log
  LD_PRELOAD=$library TORTURE_COUNT=$PWD/count "$@" --out whole > out 2> err || complain "$title: $(tail -n 1 err)"
  n=1 failures=0 total=$(cat count)
  while [ $n -le $total ] && time_left; do
    rm -rf run j.log
    LD_PRELOAD=$library TORTURE_FAIL_AT=$n "$@" --out run > out 2> err
    judge "$title, call $n of $total" $?
    n=$((n + 1)) failures=$((failures + 1))
  done
  calls=$((calls + failures)) all=$((all + total))
  # and the disk is there again: whatever was left does not stand in the way
  "$@" --out run > out 2> err || complain "$title: does not go on after failures: $(tail -n 1 err)"
  for file in $same_files; do
    [ ! -e whole/$file ] || cmp -s whole/$file run/$file || complain "$title: $file differs after failures"
  done
}

share 14
calls=0 all=0 bad=0
fast="--batch-seconds 0.001 --threads 1"
cnn $small --epochs 2 --out model 2> err
every_call linear_regression linear_regression $fast
every_call cnn cnn $small --epochs 3
every_call inference inference $fast --model model/model.safetensors
every_call tune tune $small --epochs 2 --trials 3 --journal j.log
row 'every write, fsync, rename … fails once' "$calls of $all calls" $bad 'the program says so and leaves no run.json, or its files are right; afterwards the same run succeeds'

# track: the row and the record
calls=0 bad=0 n=1
LD_PRELOAD=$library TORTURE_COUNT=$PWD/count track --quiet --output e.csv --record r.json -- sh -c ':' > out 2> err
total=$(cat count) # the shell that is metered writes nothing
while [ $n -le $total ]; do
  rm -f e.csv r.json
  LD_PRELOAD=$library TORTURE_FAIL_AT=$n track --quiet --strict --output e.csv --record r.json -- sh -c ':' > out 2> err
  status=$?
  [ $status -ne 0 ] || [ -s e.csv ] || complain "track, call $n: says 0 and has no row"
  [ ! -e e.csv ] || awk -F, 'NF != 38 { exit 1 }' e.csv || complain "track, call $n: a torn row"
  [ ! -e r.json ] || track compare r.json r.json > out 2> err2 || complain "track, call $n: $(cat err2)"
  n=$((n + 1)) calls=$((calls + 1))
done
row 'the same, track' "$calls calls" $bad 'no torn row, no torn record'

share 4
tries=0 bad=0
rm -rf whole
cnn $small --epochs 3 --out whole 2> err
for blocks in 1 2 3 4 6 8 12 16 24 32 64; do
  for program in "cnn $small --epochs 3" "linear_regression $fast" "tune $small --epochs 2 --trials 2 --journal full.log"; do
    time_left || break
    rm -rf run full.log
    [ "${program%% *}" = cnn ] && same_files='model.safetensors predictions.csv' || same_files=
    (ulimit -f $blocks && trap '' XFSZ && exec $program --out run) > out 2> err
    judge "a disk full at $blocks blocks, $program" $?
    tries=$((tries + 1))
  done
done
row 'a disk that is full at 1 to 64 blocks' "$tries runs" $bad 'as above'
