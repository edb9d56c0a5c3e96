# SPDX-License-Identifier: MIT
# Truncated and flipped files.
# shellcheck shell=sh disable=SC2086,SC2154 # variables of run

# flip FILE BIT
flip() {
  value=$(od -An -v -tu1 -j$(($2 / 8)) -N1 "$1")
  # shellcheck disable=SC2059
  printf "\\$(printf %o $((value ^ (1 << ($2 % 8)))))" | dd of="$1" bs=1 seek=$(($2 / 8)) conv=notrunc 2> /dev/null
}

# damaged FILE COPY: one bit or the end of it.
damaged() {
  size=$(wc -c < "$1")
  random 4
  if [ $random -eq 0 ]; then
    random "$size"
    head -c $random "$1" > "$2"
  else
    cp "$1" "$2"
    random $((8 * size))
    flip "$2" $random
  fi
}

# refused NAME PROGRAM …: must say 2 and why.
refused() {
  title=$1
  shift
  "$@" > out 2> err
  status=$?
  { [ $status -eq 2 ] && [ -s err ]; } || complain "$title: status $status: $(tail -n 1 err)"
}

fast="--batch-seconds 0.001 --threads 1"
linear_regression $fast --out lr > out 2> err
cnn $small --epochs 2 --out net > out 2> err
for model in lr/linear.json net/model.safetensors; do
  share 3
  tries=0 bad=0
  while time_left; do
    damaged $model damaged.${model##*.}
    refused "a damaged $model" inference $fast --model damaged.${model##*.} --out none
    tries=$((tries + 1))
  done
  [ ! -e none ] || complain "a refused model has left a directory"
  row "${model##*/}: one bit flipped, or cut short" "$tries files" $bad 'inference refuses it with a sentence'
done

# A checkpoint, of a training that is stopped in its middle.
share 4
tries=0 bad=0
long="cnn $small --epochs 100000"
$long --out stopped > out 2> err &
pid=$!
sleep 1
kill -INT $pid
wait $pid 2> /dev/null
while time_left; do
  rm -rf damaged
  mkdir damaged
  damaged stopped/checkpoint.safetensors damaged/checkpoint.safetensors
  refused 'a damaged checkpoint' $long --resume --out damaged
  tries=$((tries + 1))
done
row 'checkpoint: one bit flipped, or cut short' "$tries files" $bad 'cnn --resume refuses it with a sentence'

# Journals are in Optuna's format, which has no checksum: a digit may become another. What may not happen is a
# crash, or a journal that is changed by being read.
share 3
tries=0 bad=0
tune $small --epochs 2 --trials 8 --journal j.log --out search > out 2> err
while time_left; do
  damaged j.log damaged.log
  cp damaged.log before.log
  tune --journal damaged.log --export csv > out 2> err
  status=$?
  [ $status -le 2 ] || complain "a damaged journal: status $status"
  cmp -s damaged.log before.log || complain "a damaged journal is changed by reading it"
  tries=$((tries + 1))
done
row 'journal: one bit flipped, or cut short' "$tries files" $bad 'read up to the damage or refused, never changed, no crash (the format has no checksum: a digit that becomes another is not seen)'
