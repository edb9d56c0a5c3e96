# SPDX-License-Identifier: MIT
# tune --objectives: two objectives, and what a study says of its parameters.
# shellcheck shell=sh disable=SC2086,SC2154 # $small is a list of options, set by run
search="$small --epochs 2 --threads 1"
both="$search --journal both.log --study both --objectives rmse,energy"

# ---- a search for the front of both

runs tune $both --trials 6 --out both
ok "its directions" grep -q '"study_name":"both","directions":\[1,1\]' both.log
ok "and their names" grep -q '"study:metric_names":\["rmse_validation","energy_j"\]' both.log
ok "a trial's values are those of its row" sh -c '
  tune --journal both.log --study both --export csv > both.csv
  head -n 1 both.csv | grep -q "^number,state,values_rmse_validation,values_energy_j,datetime_start,"
  tail -n +2 both.csv | cut -d, -f1-4 > values
  tail -n +2 both/trials.csv | cut -d, -f1,2,6,9 | cmp - values'
ok "--best: the trials that pareto.csv marks" sh -c '
  tune --journal both.log --study both --best | sed -n "s/^ *.trial.: \([0-9]*\),/\1/p" > front
  awk -F, "NR > 1 && \$6 == 1 { print \$1 }" both/pareto.csv | cmp - front && test -s front'
ok "run.json has them too" equal "$(grep -c '"trial":' both/run.json)" "$(($(wc -l < front) + 1))"
ok "its best has the least RMSE of the front" near "$(awk -F, 'NR > 1 && $6 == 1 && (min == "" || $3 < min) { min = $3 } END { print min }' \
  both/pareto.csv)" "$(sed -n '/"best": {/,/}/s/.*"value": \([0-9.e-]*\),*/\1/p' both/run.json)" 1e-12
ok "no replay, which would compare one" sh -c '! ls both/replay.csv both/frontier.csv 2> /dev/null'
ok "--export json" sh -c 'tune --journal both.log --study both --export json | grep -q "\"metric_names\""'
ok "--explain splits by both" sh -c 'tune --journal both.log --study both --explain learning_rate=0.001 | grep -q "\"n_below\": 1,"'
ok "--studies" sh -c 'tune --journal both.log --studies | grep -q "^both,2,minimize minimize,6,"'
ok "--enqueue takes the study as it is" sh -c '
  tune --journal both.log --study both --enqueue learning_rate=0.01 && tune --journal both.log --study both --bury-older-than 9'
runs tune $both --trials 8 --out both
ok "resumed, with what was enqueued" sh -c 'sed -n 8p both/trials.csv | grep -q "^6,COMPLETE,[0-9]*,0.01,"'

# ---- refused before the first epoch

cp both.log both.before
refused 2 "both.log: study 'both' has 2 objectives: --replay compares trials by one objective" \
  tune --journal both.log --study both --replay median
refused 2 "both.log: study 'both' has 2 objectives: expected --objectives rmse,energy, or another --study" \
  tune $search --journal both.log --study both --out none
refused 2 "pruner percentile: a pruner compares trials by one objective; with two expected none" tune $both --pruner median --out none
refused 2 '--objectives: expected rmse or rmse,energy, got "energy"' tune $search --objectives energy --out none
ok "and nothing was written" sh -c 'cmp both.log both.before && ! ls none 2> /dev/null'
printf '%s\n' '{"op_code":0,"worker_id":"w","study_name":"other","directions":[1,1]}' \
  '{"op_code":3,"worker_id":"w","study_id":0,"system_attr":{"study:metric_names":["loss","flops"]}}' > other.log
refused 2 'other.log: objective 1 of study '"'other'"' is "loss", not rmse_validation: choose another --study' \
  tune $search --objectives rmse,energy --journal other.log --study other --out none
sed 's/\["loss","flops"\]/"loss"/' other.log > unnamed.log
ok "names of objectives that are no list are none" sh -c '
  tune --journal unnamed.log --study other --export csv | grep -q ",values_0,values_1"'
printf '%s\n' '{"op_code":0,"worker_id":"w","study_name":"three","directions":[1,2,1]}' \
  '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"values":[1.0,2.0,3.0]}' \
  '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"values":[1.0,3.0,3.0]}' \
  '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"values":[2.0,1.0,2.0]}' > three.log
ok "three objectives of another program: their front" equal "$(tune --journal three.log --study three --best |
  sed -n 's/^ *.trial.: \([0-9]*\),/\1/p' | tr '\n' ' ')" '1 2 '
ok "and their values" equal "$(tune --journal three.log --study three --export csv | sed -n 1,2p | cut -d, -f3-5 | tr '\n' ' ')" \
  'values_0,values_1,values_2 1,2,3 '
refused 2 "three.log: study 'three' has 3 objectives: --explain splits trials by one objective or two" \
  tune --journal three.log --study three --explain x=1
refused 2 "importance: expected one objective or two, the study has 3" tune --journal three.log --study three --importance
refused 2 "--plots: study 'three' has 3 objectives; expected one or two" tune --journal three.log --study three --plots none
echo '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"values":[1.0,2.0]}' >> three.log
refused 2 "trial 3 is complete and has not 3 values" tune --journal three.log --study three --best

printf '%s\n' '{"op_code":0,"worker_id":"w","study_name":"short","directions":[1,1]}' \
  '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"values":[1.0]}' > short.log
for question in --best --importance '--explain x=1' '--plots none'; do
  refused 2 "trial 0 is complete and has not 2 values" tune --journal short.log --study short $question
done

# ---- importance

runs tune $search --trials 12 --journal one.log --out one
tune --journal one.log --importance > importance.csv 2> err
ok "--importance adds up to 1" awk -F, 'NR > 1 { sum += $2 } END { exit !(NR == 4 && sum > 0.999999 && sum < 1.000001) }' importance.csv
ok "and says that two trials are few" grep -q 'warning: importance: only 2 of 12 complete trials are in the best tenth' err
runs tune $search --trials 1 --journal single.log --out single
refused 1 'importance: expected at least two complete trials with finite values, there are 1' tune --journal single.log --importance

# ---- figures

if command -v gnuplot > /dev/null; then
  tune --journal one.log --plots one.plots > names 2> /dev/null
  ok "--plots: four figures in three formats, and nothing else" sh -c '
    test "$(wc -l < names)" -eq 12 && ls -d one.plots/* | sort > there && sort names | cmp - there && test "$(ls -A one.plots | wc -l)" -eq 12'
  ok "each is whole" sh -c 'for f in one.plots/*.svg; do tail -c 8 "$f" | grep -q "</svg>" || exit 1; done
    for f in one.plots/*.pdf; do tail -c 6 "$f" | grep -q "%%EOF" || exit 1; done'
  ok "of two objectives the front" sh -c 'tune --journal both.log --study both --plots both.plots 2> /dev/null |
    grep -q both.plots/front.svg && ! ls both.plots/history.svg 2> /dev/null'
  printf '%s\n' '{"op_code":0,"worker_id":"w","study_name":"odd","directions":[1]}' > odd.log
  for value in 1.5 2.5; do
    printf '{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":null,"state":1,"value":%s,"values":null,"params":{"%s":%s},"distributions":{"%s":"{\\"name\\":\\"FloatDistribution\\",\\"attributes\\":{\\"low\\":0.0,\\"high\\":9.0}}"}}\n' \
      $value '`touch opened` \u0027 & <b> {x}^_ \\\n' $value '`touch opened` \u0027 & <b> {x}^_ \\\n' >> odd.log
  done
  ok "a name is a name" sh -c 'tune --journal odd.log --study odd --plots "|touch opened;" > names 2> /dev/null &&
    grep -q "&amp; &lt;b> {x}^_" "|touch opened;/slice.svg" && ! ls opened 2> /dev/null'
fi
printf '%s\n' '{"op_code":0,"worker_id":"w","study_name":"empty","directions":[1]}' > empty.log
refused 1 "--plots: study 'empty' has no complete trial with finite values" tune --journal empty.log --study empty --plots none
ok "and no directory for what cannot be drawn" sh -c '! ls none 2> /dev/null'
refused 2 '--best, --export, --explain, --importance, --plots, --replay and --studies need --journal' tune --plots none
