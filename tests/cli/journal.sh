# SPDX-License-Identifier: MIT
# tune --journal: a search that is interrupted, shared, limited, and asked about afterwards.
# shellcheck shell=sh disable=SC2086,SC2154 # $small is a list of options, set by run
search="$small --epochs 3 --threads 1"
shared="$search --journal j.log --study s"
finished() { grep -cE '^[0-9]+,(COMPLETE|PRUNED),' "$1"; }
trials() { tune --journal j.log --study s --export csv; }

# ---- the same search, with a journal or without

runs tune $search --trials 12 --out memory
runs tune $shared --trials 12 --out a
ok "a journal changes no trial" same_columns 1-7 memory/trials.csv a/trials.csv
ok "and no curve" same memory/curves.csv a/curves.csv
ok "its files" contains a run.json trials.csv curves.csv pareto.csv replay.csv frontier.csv predictions.csv emissions.csv
ok "replay.csv: header" has_header a/replay.csv \
  percentile,trials_pruned,epochs_saved,energy_saved_j,emissions_saved_kg,best_lost,pruner,warmup_epochs,startup_trials,regret
ok "replay.csv: the percentiles of Table 2" equal "$(cut -d, -f1 a/replay.csv | tail -n +2 | tr '\n' ' ')" "5 10 25 50 "
ok "pareto.csv: header" has_header a/pareto.csv trial,state,rmse_validation,energy_j,emissions_kg,on_front
ok "pareto.csv: the best trial is on the front" sh -c '
  awk -F, "NR > 1 && \$3 != \"\"" a/pareto.csv | sort -t, -k3,3g | head -n 1 | grep -q ",1\$"'
sed 's/"values":\[[0-9.]*\]/"values":[-5.0]/' j.log > negative.log
refused 2 "negative.log: trial 0 of study 's' has the value -5, and no RMSE is negative*" \
  tune $search --journal negative.log --study s --trials 13 --out negative
ok "no lock is left" sh -c '! ls j.log.lock* 2> /dev/null'
lines_before=$(wc -l < j.log)

# ---- resumed

runs tune $shared --trials 12 --out again
ok "a finished study is not searched further" same_columns 1-7 a/trials.csv again/trials.csv
ok "the best trial is trained again to the same forecasts" same a/predictions.csv again/predictions.csv
kwh() { # of the rows of all these files
  awk -F, 'FNR == 1 { for (i = 1; i <= NF; i++) if ($i == "energy_consumed") column = i; next } { kwh += $column }
    END { printf "%.12g", kwh }' "$@"
}
ok "a row is what its process drew" near "$(kwh again/emissions.csv)" "$(member again/run.json energy_kwh)" 1e-9
ok "and the rows of both add up to the study" near "$(kwh a/emissions.csv again/emissions.csv)" \
  "$(member again/run.json study_energy_kwh)" 1e-9
ok "which is what the journal says" near "$(member again/run.json study_energy_kwh)" "$(
  sed -n 's/.*"user_attr":{"energy_j":\([0-9.e+-]*\)}}$/\1/p' j.log | grep -v trial_id | tail -n 1 | awk '{ printf "%.12g", $1 / 3.6e6 }')" 1e-9
ok "nothing but the study's cost was added" sh -c "tail -n +$((lines_before + 1)) j.log | grep -vq trial_id"

tune $shared --trials 4000 --out killed > out 2> err &
worker=$!
at_least() { [ "$(grep -c "$2" j.log)" -ge "$1" ]; }
ok "a worker finishes three trials more" until_true at_least 15 '"state":1'
kill -9 $worker
wait $worker 2> /dev/null
trials > killed.csv
total=$(($(finished killed.csv) + 2))
runs tune $shared --trials $total --lock-grace 0.5 --out resumed
trials > resumed.csv
# a new user attribute is a new column at the end, so compare those before
ok "every trial that was finished is there" sh -c '
  grep -E "^[0-9]+,(COMPLETE|PRUNED)," killed.csv | cut -d, -f1-8 > a.txt
  cut -d, -f1-8 resumed.csv | grep -Fxc -f a.txt > n; test "$(cat n)" -eq "$(wc -l < a.txt)"'
ok "the killed worker's trial has been trained again" sh -c '
  for trial in $(grep ",RUNNING," killed.csv | cut -d, -f1); do grep -q "^$trial,COMPLETE," resumed.csv || exit 1; done'
ok "and none has failed for it" sh -c '! grep -q "its worker ended without telling" resumed.csv'
runs tune $search --trials $total --out whole
ok "interrupted and resumed, it is the search of one go" same_columns 1-7 whole/trials.csv resumed/trials.csv
ok "down to its curves" same whole/curves.csv resumed/curves.csv
ok "and the search went on to its end" equal "$(finished resumed.csv)" "$total"

lines_before=$(wc -l < j.log)
grown() { [ "$(wc -l < j.log)" -gt "$lines_before" ]; }
tune $shared --trials 4000 --out interrupted > out 2> err &
worker=$!
ok "a worker is at work" until_true grown
kill -TERM $worker
wait $worker
ok "SIGTERM ends with 130" equal $? 130
ok "and no trial runs any more" sh -c '! tune --journal j.log --study s --export csv | grep -q RUNNING'
runs tune $shared --trials $(($(tune --journal j.log --study s --export csv | grep -c ,COMPLETE,) + 3)) --out resumed
runs tune $search --trials "$(finished resumed/trials.csv)" --out whole
ok "nor does it change the search" same_columns 1-7 whole/trials.csv resumed/trials.csv
ok "nor is there a lock" sh -c '! ls j.log.lock* 2> /dev/null'

# ---- shared

pids=
for i in 1 2 3; do
  tune $search --seed 7 --journal many.log --study m --trials 12 --out many$i > many$i.out 2>&1 &
  pids="$pids $!"
done
# shellcheck disable=SC2086
for pid in $pids; do wait $pid || echo "worker $pid failed" >> many.failed; done
ok "three workers on one journal succeed" test ! -e many.failed
ok "and finish exactly the trials that were asked for" equal "$(finished many1/trials.csv)" 12
ok "all seeing the same study" same_columns 1-9 many1/trials.csv many3/trials.csv
ok "no two with the same learning rate" equal "$(tail -n +2 many1/trials.csv | cut -d, -f4 | sort -u | wc -l)" \
  "$(tail -n +2 many1/trials.csv | wc -l)"
ok "each with the energy of its own" near "$(kwh many?/emissions.csv)" "$(
  cat many?/run.json | sed -n 's/^  "study_energy_kwh": \([0-9.e-]*\),$/\1/p' | sort -g | tail -n 1)" 1e-9
for total in 4 8 12; do runs tune $search --journal steps.log --trials $total --out steps; done
ok "resumes into one directory leave a row each" equal "$(($(wc -l < steps/emissions.csv) - 1))" 3
ok "which add up" near "$(kwh steps/emissions.csv)" "$(member steps/run.json study_energy_kwh)" 1e-9
three="env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe -n 3"
if mpirun --version 2> /dev/null | grep -q 'Open MPI' && $three true 2> /dev/null; then # not in every container
  ok "mpirun -n 3" $three \
    tune $search --journal mpi.log --trials 6 --out mpi
  ok "its trials" equal "$(finished mpi/trials.csv)" 6
  ok "its rank" equal "$(member mpi/run.json rank_source)" OMPI_COMM_WORLD_RANK
fi
export SLURM_PROCID=2
refused 2 'SLURM_PROCID=2: several processes share a study through --journal' tune $search --trials 2 --out alone
unset SLURM_PROCID

# ---- limited

runs tune $search --trials 500 --budget-kwh 1e-7 --out kwh
ok "--budget-kwh: the reason" equal "$(member kwh/run.json stop_reason)" budget_kwh
runs tune $search --trials 500 --budget-kg 1e-7 --carbon-intensity 500 --journal kg.log --out kg
ok "--budget-kg: the reason" equal "$(member kg/run.json stop_reason)" budget_kg
ok "and in the journal" grep -q '"stop_reason":"budget_kg"' kg.log
runs tune $search --trials 5000 --timeout 0.2 --out timeout
ok "--timeout: the reason" equal "$(member timeout/run.json stop_reason)" timeout
refused 2 '--budget-kg: expected --country or --carbon-intensity with it' tune $search --budget-kg 1 --out none

# ---- what cannot be told is said, and the rest is written

runs tune $search --trials 14 --pruner percentile:25 --journal mixed.log --out mixed
ok "a search with pruned trials" grep -q PRUNED mixed/trials.csv
runs tune $search --trials 16 --journal mixed.log --out mixed
ok "goes on without a pruner" equal "$(finished mixed/trials.csv)" 16
ok "and says that it has no replay" grep -q 'has pruned trials: what other pruners would have saved is not told' err
ok "nor one on disk" contains mixed curves.csv emissions.csv pareto.csv predictions.csv run.json trials.csv
foreign() { # a finished trial of another program, better than any, with these parameters
  printf '{"op_code":4,"worker_id":"py","study_id":0,"datetime_start":"2026-01-02T03:04:05","state":1,"values":null,"value":0.001,"datetime_complete":"2026-01-02T03:04:06","params":{%s},"distributions":{%s},"user_attrs":{},"system_attrs":{},"intermediate_values":{}}\n' "$1" "$2"
}
runs tune $search --trials 3 --journal foreign.log --out foreign
foreign '"num_input_time_steps":40' '"num_input_time_steps":"{\"name\":\"IntDistribution\",\"attributes\":{\"low\":1,\"high\":99}}"' >> foreign.log
runs tune $search --trials 6 --journal foreign.log --out foreign
ok "another program's best trial that cannot be trained is said at the start" sh -c '
  grep -q "trial 3: it has no parameter learning_rate; it is the best so far" err'
ok "and all but its forecasts are written" contains foreign curves.csv emissions.csv frontier.csv pareto.csv replay.csv run.json trials.csv
ok "it is the best" grep -q '"trial": 3,' foreign/run.json
runs tune $search --trials 4 --journal foreign.log --out foreign
ok "fewer --trials than there are train nothing, and that is said" grep -q "has 6 finished trials already, more than --trials 4" err
cp foreign.log large.log
for _ in $(seq 500); do foreign '' ''; done >> large.log
runs tune $search --trials 4 --journal large.log --out large
ok "of a large search other pruners are tried on request, and that is said" grep -q "has 506 finished trials: with more than 500" err
ok "nothing else is missing" contains large curves.csv emissions.csv pareto.csv run.json trials.csv
mkfifo pipe.log
refused 2 'pipe.log: a journal must be a regular file' tune --journal pipe.log --best

# ---- asked

ok "--best" sh -c 'tune --journal j.log --study s --best | grep -q "\"value\": "'
tune --journal j.log --study s --explain learning_rate=0.001,optimizer=adam > explain.json
ok "--explain: score is log l - log g" sh -c '
  value() { sed -n "s/^  \"$1\": \([-0-9.e]*\),*\$/\1/p" explain.json; }
  awk -v l="$(value log_l)" -v g="$(value log_g)" -v s="$(value score)" "BEGIN { d = l - g - s; exit !(d * d < 1e-20 && s != \"\") }"'
for value in 1 2 3; do
  printf '{"op_code":4,"worker_id":"py","study_id":0,"datetime_start":null,"state":1,"values":null,"value":%s.0,"params":{"flag":%s},"distributions":{"flag":"{\\"name\\":\\"CategoricalDistribution\\",\\"attributes\\":{\\"choices\\":[true,false]}}"}}\n' $value $((value % 2))
done | sed '1i {"op_code":0,"worker_id":"py","study_name":"flags","directions":[1]}' > flags.log
ok "--explain of a truth value" sh -c 'tune --journal flags.log --study flags --explain flag=true | grep -q "\"score\": "'
refused 2 '--explain: flag=maybe is not in the range of that parameter' \
  tune --journal flags.log --study flags --explain flag=maybe
ok "--replay" has_header a/replay.csv "$(tune --journal j.log --study s --replay percentile:25,50 | head -n 1)"
refused 2 "--explain: no trial of study 's' has a parameter 'depth'" tune --journal j.log --study s --explain depth=3
refused 2 '--explain: num_input_time_steps=1.5 is not in the range of that parameter' \
  tune --journal j.log --study s --explain num_input_time_steps=1.5
ok "what no country was given for is empty, not 0" sh -c '
  tune --journal j.log --study s --replay median | tail -n 1 | cut -d, -f5 | grep -qx ""'
refused 2 '--explain: optimizer=lion is not in the range of that parameter' \
  tune --journal j.log --study s --explain optimizer=lion
refused 2 "j.log: no study 'other' in it; it has 's'" tune --journal j.log --study other --best
refused 2 '--best, --export, --explain, --importance, --plots, --replay and --studies need --journal' tune --best
refused 2 '--export: expected csv or json, got "xml"' tune --journal j.log --export xml
refused 2 'none.log: cannot open it: No such file or directory' tune --journal none.log --best
tune --journal j.log --study s --replay percentile:5,10,hyperband:1,9,3,patient:2,median,successive-halving > list.csv
ok "--replay: every pruner of a list" equal "$(awk -F'"' 'NR > 1 { n = split($0, f, ","); print ($2 != "" ? $2 : f[7]) }' list.csv | tr '\n' ' ')" \
  "percentile:5 percentile:10 hyperband:1,9,3 patient:2,median successive-halving:auto,4 "
tune --journal j.log --study s --replay sweep > sweep.csv
head -n 1 a/frontier.csv > a.header
ok "--replay sweep: what --out holds" sh -c 'head -n 1 sweep.csv | cmp - a.header && test "$(wc -l < sweep.csv)" -gt 30'
ok "its frontier: no other setting saves as many epochs with less regret" awk -F, '
  function field(i) { return $(NF - i) }
  NR > 1 { n++; saved[n] = $3; regret[n] = field(3); front[n] = field(0) }
  END { for (i = 1; i <= n; i++) for (j = 1; j <= n; j++)
          if (front[i] == 1 && regret[j] != "" && saved[j] >= saved[i] && regret[j] < regret[i]) exit 1 }' sweep.csv
refused 2 'none stops nothing: expected percentile:P*' tune --journal j.log --study s --replay none

ok "--export json: every trial" equal "$(tune --journal j.log --study s --export json | grep -c '"number":')" \
  "$(($(trials | wc -l) - 1))"
ok "--studies" sh -c 'tune --journal j.log --studies | grep -q "^s,1,minimize,"'

# ---- the queue, and workers elsewhere

ok "--enqueue" equal "$(tune --journal queue.log --enqueue learning_rate=0.05,optimizer=sgd)" \
  '{"learning_rate":0.05,"optimizer":"sgd"}'
refused 2 '--enqueue: learning_rate=7: expected *' tune --journal queue.log --enqueue learning_rate=7
refused 2 '--enqueue: depth=7: expected *' tune --journal queue.log --enqueue depth=7
runs tune $search --trials 2 --journal queue.log --out queue
ok "what was enqueued comes first" sh -c 'sed -n 2p queue/trials.csv | grep -q "^0,COMPLETE,[0-9]*,0.05,sgd,"'
printf '%s\n' '{"op_code":4,"worker_id":"greenmile/elsewhere/1/2/3/4/5","study_id":0,"datetime_start":"2020-01-01T00:00:00"}' \
  >> queue.log
ok "--bury-older-than: not yet" equal "$(tune --journal queue.log --bury-older-than 1e12)" 0
ok "--bury-older-than" equal "$(tune --journal queue.log --bury-older-than 3600)" 1
ok "with a reason" sh -c 'tune --journal queue.log --export csv | grep -q "FAIL.*told nothing for more than 3600 s"'
dead=$(sed -n 's/.*"worker_id":"\(greenmile[^"]*\)".*/\1/p' queue.log | grep -v elsewhere | head -n 1) # of a process that has ended
printf '{"op_code":4,"worker_id":"%s","study_id":0,"datetime_start":"2026-01-02T03:04:05"}\n' "$dead" >> queue.log
runs tune $search --trials 4 --journal queue.log --retry 1 --out retried
tune --journal queue.log --export json > retried.json
ok "--retry: a dead worker's trial has failed and was repeated as a new one" sh -c '
  grep -q "\"failed_trial\":" retried.json && grep -q "\"retry_history\":" retried.json && grep -q ",FAIL," retried/trials.csv'

# ---- bad journals, none of which changes

refused 2 "j.log: study 's' was made with epochs 3, not 4, and a trial's value is its RMSE after the last epoch: choose *" \
  tune $small --epochs 4 --journal j.log --study s --out other
refused 2 "j.log: study 's' was made with pue 1, not 1.5, and the study's energy is the sum over its processes: choose *" \
  tune $small --epochs 3 --pue 1.5 --journal j.log --study s --out other
cp j.log op.log && echo '{"op_code":11,"worker_id":"w"}' >> op.log
{ head -n 40 j.log; echo '{"op_code":'; tail -n +41 j.log; } > damaged.log
echo 'my notes' > notes.log
printf 'my notes' > open.log
for file in op damaged notes open; do cp $file.log $file.before; done
refused 2 'op.log: line *: unknown op_code 11; expected 0 to 10' tune $search --journal op.log --study s --out bad
refused 2 'damaged.log: line 41: expected a JSON object, the line is damaged' \
  tune $search --journal damaged.log --study s --out bad
refused 2 'notes.log: its last line is damaged*' tune $search --journal notes.log --out bad
refused 2 'open.log: its last line is not finished and is no journal record' tune $search --journal open.log --out bad
for file in op damaged notes open; do ok "$file.log is as it was" same $file.log $file.before; done
ok "a damaged journal's trials can still be read" sh -c \
  'tune --journal damaged.log --study s --export csv > some.csv; test $? -eq 2 && grep -q COMPLETE some.csv'
refused 2 'redis://nowhere:port: expected redis://*' tune $search --journal redis://nowhere:port --out bad
