# SPDX-License-Identifier: MIT
# track: exit statuses, signals, files, settings. GREENMILE_SYSFS_ROOT is a machine without
# counters, or one made here whose counter is a file that the metered command itself turns.
# shellcheck shell=sh disable=SC2016 # $ in single quotes is for the inner shell
saved_home=${HOME-}
export HOME="$PWD/home" XDG_CACHE_HOME="$PWD/cache"
mkdir "$HOME"
quiet="track --quiet --record record.json"

status() { # EXPECTED COMMAND …
  wanted=$1
  shift
  "$@" > out 2> err
  equal "$?" "$wanted" || { cat err; return 1; }
}

# ---- the command stays itself
ok "exit status 0" status 0 $quiet -- true
ok "exit status 42" status 42 $quiet -- sh -c 'exit 42'
# Where a directory of PATH may not be searched, exec calls the command forbidden, not missing.
ok "not found is 127" status 127 env PATH="$bin:/usr/bin:/bin" $quiet -- no-such-command
ok "not found is one sentence" equal "$(cat err)" "track: no-such-command: command not found"
ok "not executable is 126" status 126 $quiet -- "$HOME"
ok "ended by SIGKILL is 137" status 137 $quiet -- sh -c 'kill -9 $$'
ok "ended by SIGTERM is 143" status 143 $quiet -- sh -c 'kill -15 $$'
ok "standard input and output are the command's" equal "$(echo text | $quiet -- cat)" text
ok "options after the command are its own" equal "$($quiet -- sh -c 'echo "$1"' sh --help)" --help
ok "-- is needed only before a command like an option" equal "$($quiet echo plain)" plain
forwards() { # SIGNAL: sent to track alone, it ends the command by its own trap
  # a shell starts background commands with SIGINT ignored, nohup all with SIGHUP
  env --default-signal $quiet -- sh -c 'trap "echo got; exit 9" '"$1"'; : > ready; while :; do sleep 0.05; done' > got 2> err &
  pid=$!
  until_true [ -e ready ] && rm ready
  kill -"$1" $pid
  wait $pid
  equal "$? $(cat got)" "9 got"
}
for signal in INT TERM HUP USR1; do ok "SIG$signal reaches the command" forwards $signal; done

# ---- files
rm -f emissions.csv
ok "one row per run, 38 columns" sh -c "$quiet -- true && $quiet --country FRA --pue 1.5 -- true &&
  awk -F, 'NF != 38 { bad = 1 } END { exit bad || NR != 3 }' emissions.csv"
for key in schema run_id argv started_at stopped_at boot_id energy_kwh energy_low_kwh energy_high_kwh it_energy_kwh zones \
  sources baseline attribution pue wue_l_per_kwh carbon_intensity_g_per_kwh carbon_intensity_source energy_basis prior_set \
  energy_reasons overhead warnings git_commit; do
  grep -q "^  \"$key\":" record.json || failure "record.json has no $key"
done
ok "the record is of a known schema" equal "$(member record.json schema)" greenmile-run-2
ok "the record is complete" equal "$(member record.json state)" complete
ok "energy is it_energy times PUE" near "$(member record.json energy_kwh)" \
  "$(awk -v e="$(member record.json it_energy_kwh)" 'BEGIN { printf "%.17g", 1.5 * e }')" 1e-12
ok "low < energy < high" awk -v l="$(member record.json energy_low_kwh)" -v e="$(member record.json energy_kwh)" \
  -v h="$(member record.json energy_high_kwh)" 'BEGIN { exit !(0 < l && l < e && e < h) }'
ok "the interval has its basis" grep -q "95 %\|a judgement" record.json
ok "a replay gives the run's joules" sh -c "$quiet --readings log.csv -- sleep 0.2 && track replay log.csv > again.json"
ok "the same to the last digit" equal "$(member again.json energy_kwh)" "$(member record.json energy_kwh)"
ok "and says of its model what the run said" sh -c 'grep "wall power by model, tier" record.json > said && test -s said &&
  grep "wall power by model, tier" again.json | cmp - said && ! grep -q "how much memory" record.json again.json'
ok "and claims no model and no machine it does not know" sh -c \
  "grep -q '\"power_model\": null' again.json && grep -q '\"embodied\": null' again.json"
ok "a command that was not found leaves no row" sh -c \
  "rm -f emissions.csv; $quiet -- no-such-command 2> err; test ! -e emissions.csv"
ok "by default the record is beside the row" sh -c 'mkdir beside && track --quiet --output-dir beside -- true &&
  ls beside | grep -Eqx "track-[0-9a-f-]{36}.json" && test -e beside/emissions.csv'
ok "without a country no emissions" sh -c "$quiet --output unset.csv -- true && grep -q '\"emissions_kg\": null' record.json &&
  awk -F, 'NR == 2 { exit \$6 != \"\" }' unset.csv"
ok "a contract's kilograms stand beside the country's" sh -c "track --record record.json --output c.csv --country FRA \\
  --contract-intensity 0 -- true 2> err && grep -q 'by contract  0 kg CO2e (0 to 0) at 0 g/kWh, market-based' err &&
  grep -q '\"market_emissions_kg\": 0,' record.json && grep -q '\"carbon_intensity_method\": \"location-based\"' record.json &&
  awk -F, 'NR == 2 { exit \$6 == 0 }' c.csv"
ok "--world is 471.08 g/kWh" sh -c "$quiet --world -- true && grep -q '\"carbon_intensity_g_per_kwh\": 471.08' record.json"
ok "a file of other columns is left alone" sh -c 'echo a,b > other.csv && track --record r.json --output other.csv -- true 2> err &&
  test "$(cat other.csv)" = a,b && test -e other.1.csv && grep -q "left alone" err'

ok "stated priors are in the record" sh -c "$quiet --priors dram=0.2,share=0.3 -- true &&
  grep -q 'greenmile-priors-2 with dram=0.2,share=0.3' record.json"

ok "a modelled run is of the wall already: no likely wall beside it" sh -c "track --record record.json --source model \
  --wall-calibration 1.5,20,0.05 -- true 2> err && ! grep -q 'at the plug' err && ! grep -q 'likely wall:' record.json &&
  grep -q '\"likely_wall_low_kwh\": null' record.json && grep -q '\"energy_scope\": \"wall (modelled)\"' record.json"

ok "detect --json has tier, lines and bounds" sh -c "track detect --json > detect.json &&
  grep -Eq '\"tier\": *\"(user|powercap|sku|generation|vendor|threads)\"' detect.json &&
  grep -Eq '\"full_w\": *[0-9]' detect.json && grep -Eq '\"full_high_factor\": *[1-9]' detect.json"

# ---- what is refused, before anything is started
refused 2 '--pue: expected a number of at least 1 and at most 10, got "0.5"' track --pue 0.5 -- touch started
refused 2 '--interval: expected a number of at least 0.01*got "0"' track --interval 0 -- touch started
refused 2 '--country: country "ATL": expected an ISO 3166 alpha-3 code*' track --country ATL -- touch started
refused 2 'missing/e.csv: cannot append to it: No such file or directory' track --output missing/e.csv -- touch started
refused 2 '--wall-calibration: expected SLOPE,OFFSET_W,RESIDUAL with*got "1.1,50"' track --wall-calibration 1.1,50 -- touch started
refused 2 'priors: dram: expected a number from 0 to 1, got "2"' track --priors dram=2 -- touch started
refused 2 "--no-such: no such option; see track --help" track --no-such -- touch started
ok "nothing was started" test ! -e started
read_only() { # scenario 28, as a user whom permissions bind
  mkdir -p sealed && chmod 555 sealed
  (HOME=/; as_nobody track --output sealed/e.csv -- true) 2> err
  equal "$? $(cat err)" "2 track: sealed/e.csv: cannot append to it: Permission denied"
}
can_be_nobody && ok "a read-only directory is one sentence" read_only

# ---- a process that runs, the whole machine, timelines, killed tracks
observed() { # until the process ends
  sleep 0.3 &
  track --record record.json --pid $! --interval 0.1 --timeline line.csv 2> err && grep -q "metering until process $! ends" err
}
ok "--pid meters until that process ends" observed
ok "its method is said" grep -q '"method": "observed"' record.json
ok "a timeline has a line per interval" sh -c 'head -1 line.csv | grep -q "^time_s,power_w,low_w,high_w,cpu_w,ram_w,gpu_w,wall_w,measured_share$" &&
  test "$(wc -l < line.csv)" -ge 2'
machine() { # until a signal, which a terminal sends as Ctrl-C
  track --record record.json 2> err &
  pid=$!
  until_true grep -q 'metering the whole machine' err && kill -INT $pid && wait $pid
}
ok "without a command it is the machine until Ctrl-C" machine
ok "which is nobody's run" grep -q '"method": "none"' record.json
refused 2 "--pid: expected a process that runs, there is no 4194304" track --pid 4194304
itself() { status 2 sh -c 'exec track --pid $$' && grep -q "^track: --pid: [0-9]* is this meter itself$" err; }
ok "a meter does not wait for its own end" itself
refused 2 '--pid: expected no command beside it, got "true"' track --pid 1 -- true
mkdir -p d
refused 2 "d: expected a file, and it is a directory" track --output d -- touch started
if command -v gnuplot > /dev/null; then
  ok "a timeline is drawn" sh -c 'track plot --figure line.svg line.csv && grep -q "</svg>" line.svg'
fi
refused 2 '--figure: expected a name ending in .png or .svg, got "a.gif"' track plot --figure a.gif line.csv
killed() {
  track --quiet --record killed.json --checkpoint 0.1 -- sleep 600 &
  pid=$!
  until_true test -e killed.json
  child=$(cat /proc/$pid/task/$pid/children)
  kill -KILL $pid
  wait $pid
  kill $child
  rows=$(wc -l < emissions.csv)
  track recover killed.json > out && equal "$(wc -l < emissions.csv)" $((rows + 1)) && equal "$(member killed.json state)" recovered
}
ok "a killed track leaves a row by command" killed
refused 2 'killed.json: expected the record of a run that was killed*"recovered": its row is written' track recover killed.json
ok "a command of track misspelt is told its neighbour" sh -c 'track detct 2> err; grep -q "did you mean track detect?" err'

# ---- settings
printf '[codecarbon]\nproject_name = from-home\npue = 1.2\nmeasure_power_secs: 5\napi_key = secret\n' > "$HOME/.codecarbon.config"
printf '# a comment\n[other]\npue = 9\n[codecarbon]\npue = 1.3\n' > .codecarbon.config
explained() { track config --explain "$@" 2> err; }
ok "home directory" sh -c 'track config --explain 2>/dev/null | grep -q "project .*from-home  \[.*/home/.codecarbon.config:2\]"'
ok "working directory wins" sh -c 'track config --explain 2>/dev/null | grep -q "^pue .*1.3  \[.codecarbon.config:5\]"'
ok "CODECARBON_* wins, in any case" equal "$(CODECARBON_pue=1.4 explained | grep '^pue' | tr -s ' ')" "pue 1.4 [CODECARBON_pue]"
ok "GREENMILE_* wins" equal "$(CODECARBON_PUE=1.4 GREENMILE_PUE=1.5 explained | grep '^pue' | tr -s ' ')" "pue 1.5 [GREENMILE_PUE]"
ok "a flag wins" equal "$(GREENMILE_PUE=1.5 explained --pue 1.6 | grep '^pue' | tr -s ' ')" "pue 1.6 [--pue]"
ok "network settings are ignored with one notice" equal "$(explained > out; grep -c 'uses a network' err)" 1
ok "a misspelt name is told its neighbour" sh -c \
  'CODECARBON_COUNTRY_ISO_COD=FRA track config 2>&1 | grep -q "COUNTRY_ISO_COD is no setting; the nearest is country_iso_code"'
ok "yes, on and 1 are booleans" sh -c 'for b in yes on 1 TRUE; do CODECARBON_RAPL_PREFER_PSYS=$b track config 2>/dev/null |
  grep -q "^psys .*$b" || exit 1; done'
printf '[codecarbon]\n\nmeasure_power_secs = 5s\n' > .codecarbon.config
refused 2 '.codecarbon.config:3: interval: expected a number of at least 0.01 and at most 86400, got "5s"' track -- touch started
printf '[codecarbon]\npue = 1,2\n' > .codecarbon.config
refused 2 '.codecarbon.config:2: pue: expected a number of at least 1 and at most 10, got "1,2"' track -- touch started
printf '[codecarbon]\njust words\n' > .codecarbon.config
refused 2 '.codecarbon.config:2: expected "name = value", got "just words"' track -- touch started
ok "help needs no good settings" sh -c 'track --help > out && grep -q "^  --wall-file FILE" out'
rm -f .codecarbon.config "$HOME/.codecarbon.config"
unreadable() { # as a user whom permissions bind; somebody else's home is no reason not to run
  mkdir -p sealed-home && chmod 700 sealed-home
  (HOME=$PWD/sealed-home; export HOME; as_nobody track config) > out 2> err && grep -q "cannot read it: Permission denied; its settings do not count" err
}
[ "$(id -u)" -ne 0 ] || { can_be_nobody && ok "an unreadable home is a notice" unreadable; }
ok "track config prints every setting" lines "$(track config > all; echo all)" 38

# ---- a machine with a counter, turned by the command, in place (1<>) as the kernel does: never empty
zone=$PWD/sys/class/powercap/intel-rapl:0
mkdir -p "$zone"
echo package-0 > "$zone/name"
echo 262143328850 > "$zone/max_energy_range_uj"
echo 5000000 > "$zone/energy_uj"
GREENMILE_SYSFS_ROOT=$PWD/sys
ok "a measured run" sh -c "$quiet --readings log.csv -- sh -c 'sleep 0.1; echo 12000000 1<> \"$zone/energy_uj\"'"
ok "7 J in the package, exactly" near "$(member record.json energy_cpu_kwh)" 1.9444444444444444e-06 1e-12
ok "scope package" equal "$(member record.json energy_scope)" package
ok "--strict passes a sound measurement" status 3 $quiet --strict -- true # the counter stands still: not sound
ok "--strict fails a model with 3" status 3 $quiet --strict --source model -- true
ok "--strict keeps a failing command's own status" status 5 $quiet --strict --source model -- sh -c 'exit 5'

# ---- replay
ok "replay gives the same energy" sh -c "$quiet --readings log.csv -- sh -c 'sleep 0.1; echo 20000000 1<> \"$zone/energy_uj\"' &&
  track replay log.csv > replay.json"
ok "to the last bit" equal "$(member replay.json energy_kwh) $(member replay.json energy_low_kwh) $(member replay.json energy_high_kwh)" \
  "$(member record.json energy_kwh) $(member record.json energy_low_kwh) $(member record.json energy_high_kwh)"
ok "and nothing differs from the log" equal "$(member replay.json differences_from_log)" 0
ok "replay with another PUE" sh -c 'track replay --pue 2 log.csv > twice.json'
ok "doubles it" near "$(member twice.json energy_kwh)" \
  "$(awk -v e="$(member record.json energy_kwh)" 'BEGIN { printf "%.17g", 2 * e }')" 1e-12
ok "a changed raw value shows" sh -c 'awk -F, -v OFS=, "/^[0-9]/ && \$8 == 0 { \$9 += n++ * 1000 } { print }" log.csv > bent.csv &&
  track replay bent.csv > bent.json 2> err && ! grep -q "\"differences_from_log\": 0" bent.json'
ok "and is said in the terminal" grep -q "^track replay: warning: bent.csv: [1-9][0-9]* of its figures are not" err
ok "where nothing differs nothing is said" sh -c 'track replay log.csv 2>&1 > same.json | cmp - /dev/null'
refused 2 "expected one log: track replay \[options\] READINGS.csv" track replay
refused 2 "emissions.csv: expected a log written by track --readings (greenmile-readings-2)" track replay emissions.csv

# ---- records and timelines that were changed
changed() { # SENTENCE FROM TO: compare refuses, and recover where the run had not ended
  sed -e "s/$2/$3/" -e 's/"state": "complete"/"state": "running"/' record.json > changed.json
  refused 2 "changed.json: $1" track compare record.json changed.json
  refused 2 "changed.json: $1" track recover --output changed.csv changed.json
}
runs $quiet --country FRA -- sleep 0.1
changed '"energy_kwh" 5 is not between "energy_low_kwh" *' '"energy_kwh": [^,]*' '"energy_kwh": 5'
changed '"emissions_kg" is * but "energy_kwh" and "carbon_intensity_g_per_kwh" give *' '"carbon_intensity_g_per_kwh": [^,]*' \
  '"carbon_intensity_g_per_kwh": 1'
changed '"power_w" is * but "energy_kwh" and "duration_s" give *: one of them was changed' '"duration_s": [^,]*' '"duration_s": 7'
changed '"it_energy_kwh" is *' '"pue": [^,]*' '"pue": 2'
ok "nothing was written of them" test ! -e changed.csv
printf 'time_s,power_w,low_w,high_w,cpu_w,ram_w,gpu_w,wall_w,measured_share\n1,5,4,6,5,,,,0\n' > bad.csv
cp bad.csv early.csv && echo 1,5,4,6,5,,,,0 >> early.csv
refused 2 "early.csv:3: expected a time after that of the line before, got 1" track plot --figure bad.svg early.csv
cp bad.csv negative.csv && echo 2,-5,-6,6,5,,,,0 >> negative.csv
refused 2 "negative.csv:3: expected a power of at least 0 in low_w, got -6" track plot --figure bad.svg negative.csv
cp bad.csv outside.csv && echo 2,7,4,6,5,,,,0 >> outside.csv
refused 2 "outside.csv:3: power_w 7 is not between low_w 4 and high_w 6" track plot --figure bad.svg outside.csv

# ---- a program of the study leaves the same record
study_record() {
  linear_regression --batch-seconds 0.01 --out study > out &&
    for key in $(sed -n 's/^  "\([a-z_]*\)":.*/\1/p' record.json); do
      case $key in exit_status | overhead) continue ;; esac # of a command that track has started
      grep -q "^  \"$key\":" study/run.json || failure "run.json has no $key"
    done
}
ok "a program of the study leaves all that track does" study_record
ok "and its schema" equal "$(member study/run.json schema)" "$(member record.json schema)"
ok "track compare reads both" sh -c 'track compare record.json study/run.json | grep -q "^energy kWh"'

# ---- compare, detect, idle
ok "compare" sh -c 'track --quiet --record b.json -- true && track compare record.json b.json > out && grep -q "^energy kWh" out &&
  grep -q "intervals" out'
# Its words go through a pipe: the limit is on every file.
limited() { (ulimit -f 0 && "$@"; echo "status $?") 2>&1 | cat > said; }
limited track --output-dir . --output limited.csv -- sh -c 'exit 4'
ok "a limit on files does not cost the command its status" grep -qx "status 4" said
ok "and what could not be written is told" grep -q "^track: .*limited.csv: .*File too large" said
limited sh -c 'echo x > limit.txt'
grep -x "status [0-9]*" said > bare
limited track --quiet --output-dir . -- sh -c 'echo x > limit.txt'
ok "the command ends as it would without track" sh -c 'grep -x "status [0-9]*" said | cmp - bare && test ! -s limit.txt'
limited linear_regression --batch-seconds 0.001 --out limited
ok "a program of the study ends with a sentence" sh -c 'grep -q "^linear_regression: .*File too large" said && grep -qx "status 1" said'
ok "a share of idle energy without a baseline is told" sh -c "$quiet --idle-share cpu -- true 2>&1 |
  grep -q 'warning: idle_share cpu needs an idle baseline (track idle): '; grep -q 'idle_share cpu needs' record.json"
ok "what the ratio compares besides is said" sh -c "$quiet --record site.json --pue 2 --country FRA -- true &&
  $quiet --record grid.json --country DEU -- true && track compare site.json grid.json > out &&
  grep -q '^note: the PUE, which is in the energy, differs (2, 1): ' out && grep -q '^note: the carbon intensities, g/kWh, differ (' out"
ok "and what no record knows is no number" sh -c "$quiet --record none.json -- true && track compare none.json grid.json > out &&
  grep -q '^emissions kg  *- ' out && ! grep -q nan out"
sed 's/"cpu_model": "[^"]*"/"cpu_model": "another"/; s/"state": "complete"/"state": "running"/' grid.json > other.json
ok "another machine and a run that had not ended are told" sh -c 'track compare grid.json other.json > out &&
  grep -q "^note: the CPU models differ (.*another)" out && grep -q "^note: B is of a run that had not ended (running)" out'
sed 's/"energy_kwh": [^,]*/"energy_kwh": -5/' grid.json > negative.json
refused 2 "negative.json: expected a record of track or a run.json (energy_kwh, duration_s)" track compare grid.json negative.json
refused 2 "nothing.json: cannot open it: No such file or directory" track compare nothing.json b.json
refused 2 "expected two records: track compare A.json B.json" track compare b.json
ok "detect names the counter" sh -c 'track detect > out && grep -q "powercap *usable" out && grep -q "package-0" out && grep -q "frozen" out &&
  grep -q "^a run now  modelled, 0 % of its joules measured: power model" out'
mkdir -p idleproc/sys/kernel/random
echo 0b6e7a4c-0000-4000-8000-000000000001 > idleproc/sys/kernel/random/boot_id
printf 'cpu  100 0 0 5000 0 0 0 0 0 0\ncpu0 100 0 0 5000 0 0 0 0 0 0\n' > idleproc/stat # stands still: idle
printf 'processor\t: 0\nmodel name\t: test\n' > idleproc/cpuinfo
export GREENMILE_PROC_ROOT=$PWD/idleproc
ok "without a baseline nothing is above idle" sh -c "$quiet --source model -- true && grep -q '\"baseline\": null' record.json &&
  grep -q no_baseline record.json && grep -q '\"above_idle_kwh\": null' record.json"
ok "an idle machine gives a baseline" sh -c 'track idle --source model --seconds 2 > out && grep -q "^cpu .* W" out'
ok "a later run uses it" sh -c "$quiet --source model -- true && ! grep -q '\"baseline\": null' record.json &&
  ! grep -q no_baseline record.json && ! grep -q '\"above_idle_kwh\": null' record.json"
# /proc/stat stands still here, so that what was busy is the command alone.
ok "idle energy can be billed by CPU time" sh -c "$quiet --source model --idle-share cpu -- true && grep -q '\"idle_share\": 1,' record.json"
ok "and by cores" sh -c "$quiet --source model --idle-share cores -- true && grep -q '\"idle_share\": 1,' record.json"
ok "windows around the run give a baseline of their own" sh -c "track --record record.json --source model --idle-windows 2 -- true 2> err &&
  grep -q 'idle machine for 2 s before the command' err && grep -q 'idle machine for 2 s after the command' err &&
  grep -q '\"kind\": \"windows before and after\"' record.json && grep -q '\"drifting\": false' record.json"
ok "the record is complete after them" equal "$(member record.json state)" complete
refused 2 '--idle-windows: expected 0 or a whole number of at least 2 seconds, got "1.5"' track --idle-windows 1.5 -- touch started
ok "but not after a reboot" sh -c "echo 0b6e7a4c-0000-4000-8000-000000000002 > idleproc/sys/kernel/random/boot_id &&
  $quiet --source model -- true && grep -q '\"baseline\": null' record.json"
ok "nor with other sources" sh -c "echo 0b6e7a4c-0000-4000-8000-000000000001 > idleproc/sys/kernel/random/boot_id &&
  $quiet --source model --ram-power 3 -- true && grep -q '\"baseline\": null' record.json"
busy() { # the fake machine works while it is watched: a file that only grows, written in place as the kernel's
  (n=100; while [ ! -e enough ]; do
    n=$((n + 1000))
    printf 'cpu  %d 0 0 5000 0 0 0 0 0 0\ncpu0 %d 0 0 5000 0 0 0 0 0 0\n' $n $n 1<> idleproc/stat
    sleep 0.1
  done) &
  track idle --source model --seconds 2 > out 2> err
  code=$?
  touch enough
  wait
  equal "$code" 1 && grep -q "the machine is busy" err
}
ok "a busy machine gives none" busy
printf 'cpu  100 0 0 5000 0 0 0 0 0 0\ncpu0 1\n' > idleproc/stat
echo "80 W" > wall
ok "windows that differ are drifting" sh -c "track --record record.json --wall-file wall --idle-windows 2 -- sh -c 'echo 100 W > wall' 2> err &&
  grep -q 'the idle baseline is drifting: before and after the command differ by 22 %' err && grep -q '\"drifting\": true' record.json &&
  grep -q '^    \"the idle baseline is drifting' record.json"
unset GREENMILE_PROC_ROOT

# ---- an external meter
echo "100 J" > wall
ok "a wall meter replaces everything" sh -c "$quiet --wall-file wall -- sh -c 'echo 107.2 J 1<> wall'"
ok "7.2 J" near "$(member record.json energy_kwh)" 2e-06 1e-12
ok "scope wall" equal "$(member record.json energy_scope)" wall
refused 2 'wall meter nowhere: expected a line like*' track --wall-file nowhere -- touch started
ok "still nothing was started" test ! -e started

GREENMILE_SYSFS_ROOT=$top/sys
HOME=$saved_home
unset XDG_CACHE_HOME

# ---- one file, one content ---------------------------------------------------------------
refused 2 "--record ./both.csv: that is the file of --output; expected another" \
  track --output both.csv --record ./both.csv -- touch it-ran
refused 2 "--timeline t.csv: that is the file of --readings; expected another" \
  track --output e.csv --record r.json --readings t.csv --timeline t.csv -- touch it-ran
ok "and the command was not started" test ! -e it-ran
