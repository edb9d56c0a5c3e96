# SPDX-License-Identifier: MIT
# Every option of cnn, changed alone between an interrupted run and its --resume: those that decide a number are
# refused with the name of what differs, the others change no forecast. The list must hold every option there is.
# shellcheck shell=sh disable=SC2086

awk 'BEGIN { print "date,x,y"; for (i = 0; i < 240; i++)
  printf "%d-%02d,%.3f,%.3f\n", 1980 + int(i / 12), i % 12 + 1, sin(i / 7) + i % 5 / 10, 20 + 5 * cos(i / 6) }' > a.csv
sed 's/^1985-03,[^,]*/1985-03,0.5/' a.csv > train.csv
sed 's/^1992-03,[^,]*/1992-03,0.5/' a.csv > validation.csv
sed 's/^1995-03,[^,]*/1995-03,0.5/' a.csv > test.csv
cp a.csv moved.csv
# OPTION VALUE | what the sentence names, where it is not the option itself; "!": it contradicts the others anyway;
# "=": it changes nothing; "-": prints and stops, or leads to where no checkpoint is
cat > options << 'TABLE'
arch conv:4:3,relu,flatten,dense:7,relu,dense:1
parameters 5000 | !
optimizer sgd
learning-rate 0.01
momentum 0.5 | !
weight-decay 0.1
batch-size 11
epochs 20001
no-shuffle | shuffle
init other.safetensors | initial_weights
prune-unstructured 0.5
prune-structured 0.5
prune-after 11 | !
early-stopping 20000
min-delta 0.5 | !
dataset nino12 | !
csv train.csv | train_samples
csv validation.csv | validation_samples
csv test.csv | test_samples
date-column 1
target y
features x
missing 99.9
layout comma
base-period 1982:1990
detrend
lead 2
time-steps 2
train 1981-01:1990-11
validation 1991-06:1993-11
test 1994-07:
seed 1
protocol quick
pue 1.5
sst a.csv | !
variable x | !
box 0:10,0:10 | !
index nino3 | !
eof 2 | !
monthly-mean | !
three-month-mean | !
csv moved.csv | =
save saved.safetensors | =
step-log steps.csv | =
threads 2 | =
country USA | =
carbon-intensity 100 | =
contract-intensity 50 | =
resume | =
summary | -
describe | -
help | -
version | -
out elsewhere | -
TABLE

ok "the list holds every option" equal "$(cut -d' ' -f1 options | sort -u)" \
  "$(cnn --help | sed -nE 's/^  (-h, )?--([a-z-]+).*/\2/p' | sort)"

series="--csv a.csv --date-column date --target x --features x,y --base-period 1981:1990 \
  --train 1981-01:1990-12 --validation 1991-06:1993-12 --test 1994-06:"
run="cnn $small --epochs 20000 $series"
cnn $small --epochs 1 $series --seed 9 --save other.safetensors --out other 2> err
$run --out whole 2> err
: > err
$run --out cut > out 2> err &
pid=$!
until_true grep -q " 10000 of 20000, " err
kill -INT $pid
wait $pid
ok "a run is interrupted" equal "$?" 130
cp -r cut kept

# another_run NAME OPTION …: refused as a run of which NAME differs
another_run() {
  name=$1
  shift
  $run --resume --out cut "$@" > out 2> err
  equal "$?" 2 && grep -q "^cnn: cut/checkpoint.safetensors: of another run .*$name " err || { cat err; return 1; }
}
# refused_anyway OPTION …
refused_anyway() {
  $run --resume --out cut "$@" > out 2> err
  equal "$?" 2
}
# harmless OPTION …
harmless() {
  rm -rf again
  cp -r kept again
  $run --resume --out again "$@" > out 2> err || { cat err; return 1; }
  same whole/predictions.csv again/predictions.csv && equal "$(member again/run.json earlier_processes)" 1
}
while read -r option value; do
  expected=$(echo $option | tr - _)
  case $value in '| '*) expected=${value#| } value= ;; *' | '*) expected=${value#* | } value=${value% | *} ;; esac
  case $expected in
  -) ;;
  '!') ok "--resume --$option $value" refused_anyway --$option $value ;;
  =) ok "--resume --$option $value goes on" harmless --$option $value ;;
  *) ok "--resume --$option $value is refused" another_run $expected --$option $value ;;
  esac
done < options
ok "the checkpoint is untouched" same kept/checkpoint.safetensors cut/checkpoint.safetensors
