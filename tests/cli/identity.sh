# SPDX-License-Identifier: MIT
# A model knows what its input was made from; `inference` rebuilds it from the file alone, and refuses
# options that contradict it and data that are others.

awk 'BEGIN { print "date,x,y"; for (i = 0; i < 240; i++)
  printf "%d-%02d,%.3f,%.3f\n", 1980 + int(i / 12), i % 12 + 1, sin(i / 7) + i % 5 / 10, 20 + 5 * cos(i / 6) }' > a.csv
two="--csv a.csv --date-column date --target x --features x,y --base-period 1981:1990 \
  --train 1981-01:1990-12 --validation 1991-06:1993-12 --test 1994-06:"
fit="--batch-seconds 0.001 --threads 1"
guess="inference $fit --out guess --model"

# shellcheck disable=SC2086
{
  runs linear_regression $fit $two --lead 2 --time-steps 3 --out lr
  runs cnn --threads 1 --arch flatten,dense:1 --epochs 1 $two --lead 2 --time-steps 3 --out net
  for model in lr/linear.json net/model.safetensors; do
    of=${model%/*}
    runs $guess $model
    ok "$model: its forecasts, from the file alone" same $of/predictions.csv guess/predictions.csv
    ok "and no word of doubt" sh -c '! grep -q "does not say" guess/run.json'
    runs $guess $model $two
    ok "$model: and with the options it was made with" same $of/predictions.csv guess/predictions.csv
    cp a.csv moved.csv
    runs $guess $model --csv moved.csv
    ok "$model: a file that has moved" same $of/predictions.csv guess/predictions.csv
    runs $guess $model --test 1995-01:
    rm -r guess
    refused 2 "--features y,x: $model was made with x,y" $guess $model --features y,x
    refused 2 "--target y: $model was made with x" $guess $model --target y
    refused 2 "--base-period none: $model was made with 1981:1990" $guess $model --base-period none
    refused 2 "--train 1981-01:1989-12: $model was made with 1981-01:1990-12" $guess $model --train 1981-01:1989-12
    refused 2 "--lead 1: $model was made with 2" $guess $model --lead 1
    refused 2 "--time-steps 2: $model was made with 3" $guess $model --time-steps 2
    refused 2 "--dataset nino12: $model was made with --csv a.csv" $guess $model --dataset nino12
    refused 2 "--sst a.nc: $model was made with --csv a.csv" $guess $model --sst a.nc
    refused 2 "--box 0:10,0:10: $model was made with none" $guess $model --box 0:10,0:10
    refused 2 "--three-month-mean: $model was made without it" $guess $model --three-month-mean
    sed 's/^1985-03,[^,]*/1985-03,0.5/' a.csv > changed.csv
    refused 2 "*$model: made from other data: the training samples of --csv a.csv had the checksum *, those of changed.csv have *" \
      $guess $model --csv changed.csv
    ok "$model: nothing was written" test ! -e guess
  done
  runs linear_regression $fit --out nino
  refused 2 "--csv a.csv: nino/linear.json was made with --dataset nino12" $guess nino/linear.json $two
  refused 2 "--base-period 1961:1990: nino/linear.json was made with 1950:1979" $guess nino/linear.json --base-period 1961:1990
}

# A model that does not say: used, and marked.
sed 's/"checksum"/"c"/; s/"written_by"/"w"/; s/"training_samples"/"t"/' nino/linear.json > silent.json
$guess silent.json 2> err
ok "a model that does not say what it was made from is used with a warning" \
  sh -c 'grep -q "warning: silent.json does not say which data it was made from" err && grep -q "does not say which data" guess/run.json'

# ---- no run destroys what it reads -------------------------------------------------------------------
replaced="a run replaces this file in its --out; choose another --out"
mkdir -p own
cp nino/linear.json own/linear.json
cp net/model.safetensors own/model.safetensors
cp a.csv own/predictions.csv
ln -s . own/here
ln -sf own/linear.json elsewhere.json
for model in own/linear.json own/model.safetensors ./own/here/linear.json elsewhere.json; do
  refused 2 "*--model $model: $replaced" inference $fit --model $model --out own
done
# shellcheck disable=SC2086 # lists of options
{
  refused 2 "*--csv own/predictions.csv: $replaced" linear_regression $fit $two --csv own/predictions.csv --out own
  refused 2 "*--init own/model.safetensors: $replaced" cnn --arch flatten,dense:1 $two --lead 2 --time-steps 3 --epochs 1 --init own/model.safetensors --out own
  refused 2 "--save own/run.json: $replaced" cnn $small --epochs 1 --save own/run.json --out own
  refused 2 "*--step-log a.csv: that is the file of --csv; expected another" cnn $small $two --epochs 1 --step-log a.csv --out own
  refused 2 "--save x: that is the file of --step-log; expected another" cnn $small --epochs 1 --save x --step-log ./x --out own
  refused 2 "--journal own/trials.csv: $replaced" tune $small --epochs 1 --journal own/trials.csv --out own
  refused 2 "--journal own/trials.csv: $replaced" tune $small --epochs 1 --journal own/trials.csv --out own/here
}
ok "nothing there has changed" contains own linear.json model.safetensors predictions.csv here
ok "the model is as it was" same nino/linear.json own/linear.json
ok "and so are the data" same a.csv own/predictions.csv
