# SPDX-License-Identifier: MIT
# --help, --version, and options that are refused, each with its sentence.
# shellcheck shell=sh

helps() { # PROGRAM: help on standard output, nothing on standard error
  "$1" --help > out 2> err && [ ! -s err ] && grep -q "^Usage: $1 \[options\]" out &&
    grep -q '^Exit codes: 0 done, 1 failed, 2 wrong usage or input, 130 interrupted' out
}
versions() { "$1" --version | grep -Eqx "$1 \(greenmile\) [0-9.]+, commit [0-9a-z-]+"; }
documents_every_option() { # every line of options has a description
  "$1" --help | awk '/^  --/ { n++; if (length($0) < 36 && $0 !~ /\|/) { print; bad = 1 } } END { exit bad || n < 20 }'
}
common_options="dataset csv date-column target features base-period lead time-steps train validation test
  seed threads out country carbon-intensity pue"

for program in linear_regression cnn tune inference; do
  ok "$program --help" helps $program
  ok "$program -h is $program --help" sh -c "$program --help > long && $program -h > short && cmp long short"
  ok "$program --version" versions $program
  ok "$program --help describes every option" documents_every_option $program
  for option in $common_options; do
    $program --help | grep -q -e "^  --$option " || failure "$program --help has no --$option"
  done
  refused 2 "--no-such-option: no such option; see $program --help" $program --no-such-option
  refused 2 "--see: no such option; did you mean --seed? see $program --help" $program --see 1
  refused 2 "--seed: a value is missing; see $program --help" $program --seed
  refused 2 "stray: unexpected argument; see $program --help" $program stray
  refused 2 '--seed: expected a whole number of at least 0 and at most 4294967295, got "-1"' $program --seed -1
  refused 2 '--seed: expected a whole number of at least 0 and at most 4294967295, got "7x"' $program --seed 7x
  refused 2 '--threads: expected a whole number of at least 0 and at most 1024, got "two"' $program --threads two
  refused 2 '--lead: expected a whole number of at least 1 and at most 1000000, got "0"' $program --lead 0
  refused 2 '--time-steps: expected a whole number of at least 1 and at most 12, got "13"' $program --time-steps=13
  refused 2 '--pue: expected a number of at least 1 and at most 10, got "0.9"' $program --pue 0.9
  refused 2 '--carbon-intensity: expected a number above 0, got "-5"' $program --carbon-intensity -5
  refused 2 '--protocol: expected full or quick, got "fast"' $program --protocol fast
done

ok "help shows defaults, not values given before it" sh -c \
  'cnn --epochs 3 --protocol none --help | grep -q -e "--epochs N .*(default 50)"'
ok "a full standard output is not success" sh -c \
  'test ! -e /dev/full || { cnn --help > /dev/full; test $? -eq 1; }'

refused 2 '--rcond: expected a number of at least 0 and at most 1, got "2"' linear_regression --rcond 2
refused 2 'ridge: expected a positive number, blocks\[:TIME_STEPS\], loo or none, got "-1"' linear_regression --ridge -1
refused 2 'ridge: expected a positive number, blocks\[:TIME_STEPS\], loo or none, got "lots"' linear_regression --ridge lots
refused 2 '--epoch: no such option; did you mean --epochs? see cnn --help' cnn --epoch 3
refused 2 'country "US": expected an ISO 3166 alpha-3 code of the table, nearest are USA (United States)*' \
  linear_regression --country US
refused 2 'country "ATL": expected an ISO 3166 alpha-3 code*' linear_regression --country ATL
export GREENMILE_ISA=mmx
refused 2 'GREENMILE_ISA: expected baseline, avx2 or avx512*got "mmx"' cnn --summary
unset GREENMILE_ISA

refused 2 '--learning-rate: expected a number above 0, got "0"' cnn --learning-rate 0
refused 2 '--learning-rate: expected a number above 0, got "nan"' cnn --learning-rate nan
refused 2 '--batch-size: expected a whole number of at least 1 and at most 1000000000, got "0"' cnn --batch-size 0
refused 2 '--epochs: expected a whole number of at least 1 and at most 10000000, got "-3"' cnn --epochs -3
refused 2 'optimizer "rmsprop": expected adam or sgd' cnn --optimizer rmsprop
refused 2 'optimizer "adma": expected adam or sgd; did you mean adam[?]' cnn --optimizer adma
refused 2 "unknown pruner 'medain': *; did you mean median[?]" tune --pruner medain
refused 2 "unknown pruner 'percentle:10': *; did you mean percentile[?]" tune --pruner percentle:10
refused 2 "unknown sampler 'tep': expected tpe or random; did you mean tpe[?]" tune --sampler tep
refused 2 '--objectives: *; did you mean energy[?]' tune --objectives rmse,enegry
refused 2 '--protocol: *; did you mean quick[?]' cnn --protocol quik
refused 2 '--dataset: *; did you mean nino12[?]' cnn --dataset nino21
refused 2 '--layout: *; did you mean semicolon[?]' cnn --csv none.csv --layout rows,semiclon
refused 2 'architecture, layer 1 *; did you mean relu[?]' cnn --arch conv:4:3,rleu,flatten,dense:1
refused 2 'ridge: *; did you mean blocks[?]' linear_regression --ridge blokcs:24
refused 2 '--components: *; did you mean blocks[?]' linear_regression --components blcoks
refused 2 '--only: *; did you mean step[?]' bench --only setp.index
refused 2 '--source: *; did you mean perf[?]' track --source prf -- true
for program in linear_regression report; do
  refused 2 'contract intensity: expected 0 or 1 to 3000 g CO2e/kWh, got 0.3; 0.3 kg are 300 g' $program --contract-intensity 0.3
done
refused 2 'carbon intensity: expected 1 to 3000 g CO2e/kWh, got 0.475; 0.475 kg are 475 g' cnn --carbon-intensity 0.475
refused 2 'country "DUE": *, nearest are DEU (Germany)*' linear_regression --country DUE
refused 2 'momentum 1: expected a number in [[]0, 1)' cnn --optimizer sgd --momentum 1
refused 2 'momentum 0.5 with Adam: it belongs to SGD*' cnn --momentum 0.5
refused 2 'pruning fraction: expected a number in [[]0, 1)' cnn --prune-unstructured 1
refused 2 '--min-delta belongs to early stopping: expected --early-stopping too' cnn --min-delta 0.1
refused 2 'unstructured and structured pruning in one run: choose one' \
  cnn --prune-unstructured 0.5 --prune-structured 0.5
refused 2 '--prune-after 10: expected at most the 5 of --epochs' cnn --prune-structured 0.5 --epochs 5
refused 2 '--summary=yes: takes no value; see cnn --help' cnn --summary=yes
for arch in dense:0 lstm:4 conv:4 conv:4:3:1 relu,, '' 'dense:99999999999999999999'; do
  refused 2 'architecture*' cnn --arch "$arch"
done
refused 2 'architecture, layer 0 "conv:4:2" on an input of 1 × 12: expected an odd kernel size*' \
  cnn --arch conv:4:2,flatten,dense:1
refused 2 'architecture: its last layer gives 2 values, a forecast is 1: end with dense:1' cnn --arch flatten,dense:2

refused 2 "unknown pruner 'best': expected none, median*percentile:P*" tune --pruner best
refused 2 "pruner 'percentile:101': expected a number from 0 to 100 after 'percentile:'" tune --pruner percentile:101
refused 2 "pruner 'percentile:': expected a number from 0 to 100 after 'percentile:'" tune --pruner percentile:
refused 2 "unknown sampler 'grid': expected tpe or random" tune --sampler grid
refused 2 '--trials: expected a whole number of at least 1 and at most 1000000, got "0"' tune --trials 0
refused 2 'architecture*' tune --arch lstm
refused 2 'architecture: its last layer gives 2 values*' tune --arch flatten,dense:2

refused 2 '--model FILE: which model*' inference
refused 2 'missing.safetensors: cannot open it: No such file or directory' inference --model missing.safetensors
refused 2 'missing.json: cannot open it: No such file or directory' inference --model missing.json

ok "refused command lines leave nothing behind" contains . out err check.out long short
