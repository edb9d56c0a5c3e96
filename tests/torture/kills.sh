# SPDX-License-Identifier: MIT
# kill −9 at random moments, going on, and comparing with what was never killed.
# shellcheck shell=sh disable=SC2086,SC2154 # variables of run

# no_leftovers DIR: no temporary file of a dead process after a run that has ended well.
no_leftovers() { [ -z "$(find "$1" -name '.*.part' -o -name '*.lock' -o -name '*.rename')" ]; }
# killed COMMAND …: starts it and ends it at a random moment of the next $span ms; $ended is 0 when it was through before.
killed() {
  "$@" > out 2> err &
  pid=$!
  nap $span
  kill -$signal $pid 2> /dev/null
  [ $signal = INT ] && { nap 20; kill -9 $pid 2> /dev/null; } # while it saves, perhaps
  wait $pid 2> /dev/null
  ended=$?
}

# ---- a training: what counts is the bytes of its model, its forecasts and its step log
share 20
training="cnn $small --epochs 3000 --prune-structured 0.5 --prune-after 7"
started=$(date +%s%N)
$training --step-log whole.csv --out whole 2> err
span=$((($(date +%s%N) - started) / 1000000 + 300))
tries=0 runs=0 bad=0
while time_left; do
  rm -rf cut cut.csv
  until [ -e cut/run.json ]; do
    random 2
    [ $random -eq 0 ] && signal=KILL || signal=INT
    killed $training --resume --step-log cut.csv --out cut
    tries=$((tries + 1))
    time_left || break
  done
  # killed behind its run.json, it has left what the next one would remove
  { [ -e cut/run.json ] && [ $ended -eq 0 ]; } || $training --resume --step-log cut.csv --out cut 2> err
  runs=$((runs + 1))
  for file in model.safetensors predictions.csv; do cmp -s whole/$file cut/$file || complain "cnn: $file differs after kills"; done
  cmp -s whole.csv cut.csv || complain "cnn: the step log differs after kills"
  no_leftovers cut || complain "cnn: $(ls -A cut)"
done
row 'cnn, killed and resumed' "$tries kills, $runs runs" $bad 'model, forecasts and log of steps are the bytes of a run never killed; no temporary left'

# ---- a search: no finished trial is lost or changed, and it comes to its end; how often its trials are those of a
# search that was never killed stands in the table
finished() { grep -E '^[0-9]+,(COMPLETE|PRUNED),' "$1" | cut -d, -f1-6; }
# search_kills NAME JOURNAL
search_kills() {
  study="tune $small --epochs 20 --trials 40 --lock-grace 0.5"
  rm -rf cut
  $study --out search 2> err
  study="$study --journal $2"
  tries=0 runs=0 bad=0 same=0 signal=KILL span=1500
  while time_left; do
    runs=$((runs + 1))
    name=study$runs-$(echo "$2" | cksum | cut -d' ' -f1)
    : > before
    until [ -e cut/run.json ]; do
      killed $study --study $name --out cut
      tries=$((tries + 1))
      tune --journal "$2" --study $name --export csv > now.csv 2> err
      [ $? -le 2 ] || complain "$1: --export fails: $(cat err)"
      finished now.csv > now
      ! grep -Fxvq -f now before || complain "$1: a finished trial is gone or changed"
      mv now before
      time_left || break
    done
    { [ -e cut/run.json ] && [ $ended -eq 0 ]; } || $study --study $name --out cut 2> err || complain "$1: does not go on: $(tail -n 1 err)"
    tune --journal "$2" --study $name --export csv > now.csv 2> err
    n=$(finished now.csv | wc -l)
    [ "$n" -ge 40 ] || complain "$1: $n finished trials, 40 were asked for"
    cut -d, -f1-6 search/trials.csv > wanted
    cut -d, -f1-6 cut/trials.csv | cmp -s - wanted && same=$((same + 1))
    no_leftovers . || complain "$1: left $(ls -A)"
    rm -rf cut
  done
  row "$1, killed and resumed" "$tries kills, $runs searches" $bad \
    "every finished trial is still there, unchanged; the search ends; no lock left ($same of $runs had the trials of one never killed)"
}
share 12
search_kills 'tune, journal in a file' "$PWD/j.log"
share 8
if command -v redis-server > /dev/null && ! tune --journal redis://127.0.0.1:1 --best 2>&1 | grep -q 'has no Redis'; then
  random 20000
  port=$((20000 + random))
  redis-server --port $port --bind 127.0.0.1 --save '' > redis.out 2>&1 &
  redis=$!
  until tune --journal redis://127.0.0.1:$port --best 2>&1 | grep -q 'no study' || ! kill -0 $redis 2> /dev/null; do sleep 0.1; done
  search_kills 'tune, journal in Redis' redis://127.0.0.1:$port
  kill $redis
  wait $redis 2> /dev/null
fi

# ---- track: rows are whole, the record is JSON or not there, no cgroup stays
share 6
tries=0 bad=0 signal=KILL span=400
groups() { find /sys/fs/cgroup -type d -name '*greenmile*' 2> /dev/null | wc -l; }
before=$(groups)
while time_left; do
  killed track --quiet --checkpoint 0.1 --interval 0.05 --output e.csv --record r.json -- sleep 0.2
  tries=$((tries + 1))
  awk -F, 'NF != 38 { exit 1 }' e.csv 2> /dev/null || [ ! -e e.csv ] || complain "track: a torn row"
  [ ! -e r.json ] || track compare r.json r.json > out 2> err || complain "track: $(cat err)"
done
track --quiet --output e.csv --record r.json -- true 2> err || complain "track: does not go on"
no_leftovers . || complain "track: left $(ls -A)"
sleep 0.5
[ "$(groups)" -le "$before" ] || complain "track: $(groups) cgroups, $before before"
row 'track, killed' "$tries kills" $bad 'every row has its 38 columns, the record is whole; no temporary, no cgroup left'

# ---- make data: what arrives is the file, whenever it was cut
share 4
tries=0 runs=0 bad=0 signal=KILL span=700
mkdir -p home && echo 'limit-rate = 8M' > home/.curlrc # curl's own pace, so that there is something to cut
{ printf 'CDF\001'; head -c 4000000 /dev/urandom; } > source.nc
sum=$(sha256sum < source.nc)
if command -v curl > /dev/null; then
  fetch="env CURL_HOME=$PWD/home SST_CACHE=$PWD/cache SST_URL=file://$PWD/source.nc setsid $root/scripts/fetch-sst ersst"
  while time_left; do
    rm -rf cache
    runs=$((runs + 1))
    for _ in 1 2 3; do
      $fetch > out 2> err &
      pid=$!
      nap $span
      kill -s KILL -- -$pid 2> /dev/null || kill -9 $pid 2> /dev/null
      wait $pid 2> /dev/null
      tries=$((tries + 1))
      [ ! -e cache/ersst.v5.sst.mnmean.nc ] || [ "$(sha256sum < cache/ersst.v5.sst.mnmean.nc)" = "$sum" ] || complain "make data: a wrong file under the final name"
    done
    $fetch > out 2> err || complain "make data: does not go on: $(tail -n 1 err)"
    [ "$(sha256sum < cache/ersst.v5.sst.mnmean.nc)" = "$sum" ] || complain "make data: another file"
  done
  row 'make data, killed and started again' "$tries kills, $runs fetches" $bad 'the file under its final name has the SHA-256 of the source, always'
fi

# ---- make reproduce: the whole study, cut as a whole
tries=0 bad=0
# study DIR: a group of its own, whose number is the process's
study() { exec setsid make -s -C "$root" study QUICK=1 B="${build#"$root"/}" RESULTS="$PWD/$1" > "$1.out" 2>&1; }
(study reference) || complain "make reproduce: $(tail -n 1 reference.out)"
share 25 # what the study itself takes comes on top
while time_left && [ $tries -lt 8 ]; do
  study again &
  pid=$!
  nap 20000
  kill -s KILL -- -$pid 2> /dev/null && tries=$((tries + 1))
  wait $pid 2> /dev/null
done
(study again) || complain "make reproduce: does not go on: $(tail -n 1 again.out)"
compared=0
for file in reference/runs/*/predictions.csv; do
  compared=$((compared + 1))
  cmp -s "$file" "again${file#reference}" || complain "make reproduce: $file differs after kills"
done
no_leftovers again || complain "make reproduce: left $(find again -name '.*.part')"
row 'make reproduce QUICK=1, killed and started again' "$tries kills" $bad "the forecasts of its $compared runs are the bytes of a study never killed; no temporary left"
