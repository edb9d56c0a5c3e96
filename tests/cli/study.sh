# shellcheck shell=sh
# SPDX-License-Identifier: MIT
# The command lines of make reproduce, as make -n prints them; nothing of them is run.
# Sourced by tests/cli/run.

planned() { # OPTIONS …: the programs' command lines of a study
  env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$here/../.." -n study RESULTS="$PWD/results" "$@" 2> err |
    grep -o 'bin/\(linear_regression\|cnn\|tune\|inference\|report\) .* --[a-z]*.*' | grep -v '\.o '
}

# lead DIR: the lead a run ends up with, 1 where none is given.
leads() {
  sed -n 's|.* --out .*/runs/||p' plan | sort -u > names
  while read -r name; do
    stated=$(grep -e "/runs/$name\$" plan | grep -o -e '--lead[= ]*[0-9]*' | tail -n 1 | tr -dc 0-9)
    echo "$name ${stated:-1}"
  done < names
}

printf 'CDF\001' > map.nc
for given in "" "--lead 3" "--lead=12" "--box -30:30,120:290 --lead 2 --lead 3"; do
  case $given in "") own=1 ;; *12) own=12 ;; *) own=3 ;; esac
  planned DATASET="$PWD/map.nc" DATA_OPTIONS="$given" > plan
  leads > got
  # The curve has every lead from 1 to 12 once; all other runs have the study's own.
  for model in linear_regression cnn; do
    own_run=$model
    [ $model = cnn ] && own_run=cnn-seed0
    sed -n "s/^$model-lead\([0-9]*\) /\1 /p; s/^$own_run \(.*\)/$own \1/p" got | sort -n > curve
    seq 12 | sed 's/.*/& &/' > expected
    ok "maps, \"$given\": one run of $model at each lead" cmp curve expected
  done
  ok "maps, \"$given\": all other runs have lead $own" equal "$(grep -v -e '-lead' got | cut -d' ' -f2 | sort -u)" "$own"
done

planned DATASET=nino12 > plan
ok "no skill curve without a map" equal "$(grep -c -e '--lead ' plan)" 0
ok "the report is told so" grep -q -e '--leads 0' plan

# ---- what makes a run start again --------------------------------------------------------

remembered() { # OPTIONS …: the commands that are compared with those of the last time
  env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C "$here/../.." -n study SEEDS=1 "$@" 2> err |
    sed -n "s/^ *echo '\(.*\)' | cmp -s .*/\1/p" | grep -v '^report '
}
mkdir moved
printf 'month,x\n1980-01,1\n' > a.csv && cp a.csv moved/a.csv && printf 'month,x\n1980-01,2\n' > other.csv
remembered RESULTS="$PWD/one" DATASET="$PWD/a.csv" DATA_OPTIONS="--target x" > one
remembered RESULTS="$PWD/two" DATASET="$PWD/moved/a.csv" DATA_OPTIONS="--target x" COUNTRY=IND > two
ok "nine runs are remembered" lines one 9
ok "another country, moved results and moved data start none again" cmp one two
ok "no path is in what is remembered" sh -c '! grep -q -e "$PWD" -e country one'
mv other.csv a.csv
remembered RESULTS="$PWD/one" DATASET="$PWD/a.csv" DATA_OPTIONS="--target x" > two
ok "other data start all again" equal "$(grep -Fxc -f one two)" 0
remembered RESULTS="$PWD/one" QUICK=1 > quick
ok "as does another protocol" equal "$(grep -Fxc -f one quick)" 0
rm -r moved

# ---- the same study in Python ---------------------------------------------------------

# peers DIR: study.py on that study, in its words.
peers() { PYTHONDONTWRITEBYTECODE=1 python3 "$here/../../scripts/peers/study.py" --results "$1" --bin "$bin" > out 2>&1; }

if command -v python3 > /dev/null; then
  peers nowhere
  ok "study.py without a study, or without packages: exit 2" equal $? 2
  ok "study.py says in one sentence what is missing" sh -c \
    '[ "$(wc -l < out)" -eq 1 ] && grep -q -e "nowhere/runs/.*/run.json: not there" -e "has no " out'
  ok "study.py leaves nothing behind when it refuses" test ! -e nowhere

  linear_regression --batch-seconds 1e-6 --out s/runs/linear_regression 2> err
  cnn $small --epochs 3 --out s/runs/cnn-seed0 2> err
  cnn $small --epochs 3 --prune-unstructured 0.5 --prune-after 1 --out s/runs/cnn_pruned-seed0 2> err
  cnn $small --epochs 3 --early-stopping 2 --out s/runs/cnn_early_stopping-seed0 2> err
  tune $small --epochs 3 --trials 8 --journal s/journal.log --out s/runs/tune 2> err
  tune $small --epochs 3 --trials 8 --pruner percentile:10 --out s/runs/tune_pruned 2> err

  # refused_trials WHAT SENTENCE EDIT…: study.py has one sentence for a study that was edited so.
  refused_trials() {
    what=$1 sentence=$2
    shift 2
    rm -rf edited && cp -r s edited && (cd edited/runs && "$@")
    peers edited
    ok "study.py refuses $what: exit 2" equal $? 2
    ok "study.py says so of $what in one sentence" sh -c '[ "$(wc -l < out)" -eq 1 ] && grep -q -e "$0" out' "$sentence"
    ok "study.py leaves nothing of $what" test ! -e edited/peers
  }
  refused_trials "a trial that is missing" 'tune/trials.csv: its trials have 7 as "trials_complete"' sed -i 9d tune/trials.csv
  refused_trials "trials out of order" 'tune/trials.csv: line 2: expected trial 0' sed -i '2{h;d};3G' tune/trials.csv
  refused_trials "half a line" 'tune/trials.csv: line 9: expected 9 fields' sed -i '$s/,[^,]*$//' tune/trials.csv
  refused_trials "a trial that is not finished" 'line 9: expected a trial that is' sed -i '9s/COMPLETE/RUNNING/' tune/trials.csv
  refused_trials "a trial outside the space" 'line 4: expected 1 to 12 time steps' sed -i '4s/^2,\([A-Z]*\),[0-9]*/2,\1,13/' tune/trials.csv
  refused_trials "another optimizer" 'expected the optimizer' sed -i '4s/,adam,\|,sgd,/,lbfgs,/' tune_pruned/trials.csv
  refused_trials "another space" 'tune/trials.csv: expected the columns' sed -i 's/$/,momentum/' tune/trials.csv
  refused_trials "words for numbers" 'tune/trials.csv: line 2: ' sed -i '2s/COMPLETE,[0-9]*/COMPLETE,many/' tune/trials.csv
  refused_trials "an empty file" 'tune/trials.csv: expected the columns' truncate -s 0 tune/trials.csv
  refused_trials "bytes that are no text" 'tune/trials.csv: ' sh -c 'printf "\377\n" >> tune/trials.csv'
  refused_trials "trials of the other search" 'tune_pruned/trials.csv: ' cp tune/trials.csv tune_pruned/trials.csv
  refused_trials "no trials" 'tune/trials.csv: not there' rm tune/trials.csv
  refused_trials "another pruner" 'tune_pruned/run.json: "pruner" is "median"' \
    sed -i 's/"pruner": "percentile:10"/"pruner": "median"/' tune_pruned/run.json
  refused_trials "another learning rate of the network" 'cnn-seed0/run.json: "learning_rate" is ' \
    sed -i 's/"learning_rate": [0-9.e-]*/"learning_rate": 0.5/' cnn-seed0/run.json
  refused_trials "another seed" 'tune/run.json: "seed" is 7' sed -i 's/"seed": 0/"seed": 7/' tune/run.json
  refused_trials "other periods" 'cnn-seed0/run.json: "train" is "1970-01' sed -i 's/"train": "1980-01/"train": "1970-01/' cnn-seed0/run.json
  refused_trials "searches of other lengths" '"trials" is not the same in tune, tune_pruned' \
    sed -i 's/"trials": 8/"trials": 9/' tune_pruned/run.json
  refused_trials "searches that were stopped" 'tune/trials.csv: 8 finished trials, but 9 were asked for' \
    sed -i 's/"trials": 8/"trials": 9/' tune/run.json tune_pruned/run.json
  refused_trials "runs of two protocols" 'full and of the quick protocol' sed -i 's/"protocol": "full"/"protocol": "quick"/' tune/run.json
  resume() { # finds all its trials there, in no time
    tune $small --epochs 3 --trials 8 --journal ../journal.log --out tune 2> err
  }
  refused_trials "a search that was gone on with" 'runs/tune: more than one process worked on this run' resume
  refused_trials "a training that was gone on with" 'cnn-seed0: more than one process' \
    sed -i 's/"process_duration_s": .*,/"process_duration_s": 1e-9,/' cnn-seed0/run.json
  refused_trials "a run of another program" 'cnn-seed0/run.json: "program" is "tune"' \
    sed -i 's/"program": "cnn"/"program": "tune"/' cnn-seed0/run.json
  refused_trials "runs of several PUEs" 'runs with more than one "pue"' sed -i 's/"pue": 1,/"pue": 1.5,/' tune/run.json
  refused_trials "a run of another commit" 'tune/run.json: made by "tune (greenmile) .*, commit 123", while ' \
    sed -i 's/"git_commit": ".*"/"git_commit": "123"/' tune/run.json
  refused_trials "a run of another version" 'linear_regression/run.json: made by "linear_regression (greenmile) 0.0, ' \
    sed -i 's/"version": ".*"/"version": "0.0"/' linear_regression/run.json
  refused_trials "a run that does not say its command line" 'cnn-seed0/run.json: "argv" is not the whole command line' \
    sed -i 's/"argv": \[/"other": [/' cnn-seed0/run.json
  refused_trials "a command line that is not of words" 'cnn-seed0/run.json: "argv" is not the whole command line' \
    sed -i 's/"argv": \[/"argv": [1, [],/' cnn-seed0/run.json
  refused_trials "a command line with something masked" 'tune/run.json: "argv" is not the whole command line' \
    sed -i 's/"argv_secrets_masked": 0/"argv_secrets_masked": 1/' tune/run.json
  refused_trials "a run that would write over a file" 'cnn-seed0/run.json: --save=m would be written over' \
    sed -i 's/"argv": \[/&"cnn", "--save=m",/' cnn-seed0/run.json
  refused_trials "a study in Redis" 'tune/run.json: the study is in Redis' \
    sed -i 's|"journal": ".*"|"journal": "redis://host/0"|' tune/run.json

  # again ROW: greenmile's run of the study in s (or $study) once more, as study.py makes it before Python's.
  again() {
    PYTHONDONTWRITEBYTECODE=1 python3 - "$here/../../scripts/peers" "$bin" "${study:-s}" "$1" << 'END' > out 2>&1
import os, pathlib, sys, tempfile
peers, programs, results, row = sys.argv[1:]
sys.path.insert(0, peers)
import study
programs, results = pathlib.Path(programs), pathlib.Path(results)
protocol, runs = study.read_protocol(results)
trials = study.read_trials(results / "runs" / row, runs[row]) if row in study.SEARCHES else None
command = study.read_commands(results, runs, programs)[row]
with tempfile.TemporaryDirectory() as work:
    try:
        record = study.run_greenmile(row, command, runs[row], protocol, pathlib.Path(work), programs / "track", trials)
    except study.Failed as error:
        sys.exit(str(error))
    assert not [name for name in os.listdir(work) if os.path.isdir(os.path.join(work, name))], "its directory went away"
made_by = ("version", "git_commit", "cpu_model", "threads", "isa", "blas", "pue")
assert all(record[name] == runs[row][name] for name in made_by), record
assert record["process_duration_s"] >= record["duration_s"] > 0 and record["process_energy_kwh"] > 0, record
print(record["epochs"], record["rmse_validation"], record["rmse_test"])
END
  }
  find s -type f -exec cksum {} + | sort > before
  for row in linear_regression cnn cnn_pruned cnn_early_stopping tune tune_pruned; do
    run=$(ls -d "s/runs/$row" "s/runs/$row-seed0" 2> err)/run.json
    again $row
    for name in epochs rmse_validation rmse_test; do member "$run" $name; done | paste -sd' ' | sed 's/null/None/' > expected
    ok "study.py makes greenmile's run of $row again, with the same result" cmp out expected
  done
  find s -type f -exec cksum {} + | sort > after
  ok "which leaves the study and its journal as they were" cmp before after

  # differs WHAT ROW SENTENCE EDIT…: a study that was edited so is not what the run makes again.
  differs() {
    what=$1 row=$2 sentence=$3
    shift 3
    rm -rf edited && cp -r s edited && (cd edited/runs && "$@")
    study=edited again "$row"
    ok "study.py refuses $what" equal $? 1
    ok "study.py says so of $what in one sentence" sh -c '[ "$(wc -l < out)" -eq 1 ] && grep -q -e "$0" out' "$sentence"
  }
  differs "another error in the last digits" cnn 'cnn: made again, greenmile.s run has "rmse_validation" .* the study.s ' \
    sed -i 's/\("rmse_validation": [0-9.]*\)[0-9],/\1,/' cnn-seed0/run.json
  differs "other epochs" cnn_early_stopping 'has "epochs" [0-9], the study.s 9' sed -i 's/^  "epochs": .*/  "epochs": 9,/' \
    cnn_early_stopping-seed0/run.json
  differs "another number of threads" linear_regression 'has "threads" [0-9]*, the study.s 99' \
    sed -i 's/^  "threads": .*/  "threads": 99,/' linear_regression/run.json
  differs "a run of another machine" cnn 'has "cpu_model" ".*", the study.s "other"' \
    sed -i 's/^  "cpu_model": .*/  "cpu_model": "other",/' cnn-seed0/run.json
  differs "a run with another BLAS" linear_regression 'has "blas" .*, the study.s "other"' \
    sed -i 's/^  "blas": .*/  "blas": "other",/' linear_regression/run.json
  pue() { sed -i 's/^  "pue": 1,/  "pue": 1.4,/' ./*/run.json; }
  differs "runs with another PUE than their command lines have" tune 'has "pue" 1, the study.s 1.4' pue
  worse() { # every trial but the best, by the last digit
    python3 -c '
import csv, json, sys
best = json.load(open("tune/run.json"))["best"]["trial"]
rows = list(csv.reader(open("tune/trials.csv")))
for row in rows[1:]:
    if int(row[0]) != best:
        row[5] = repr(float(row[5]) * (1 + 1e-15))
csv.writer(open("tune/trials.csv", "w"), lineterminator="\n").writerows(rows)'
  }
  differs "trials with another error" tune 'tune: made again, greenmile.s run has trial [0-9] {.*, the study.s {' worse
  ok "study.py takes off what the regression repeats, by hand, and says what of it is not known or nothing" python3 - "$here/../../scripts/peers" << 'END'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import study
# 3 s of 3.1 s of fits, which took 3.1 s of CPU, and 5 of 7 mWh.
metered = {"process_duration_s": 3.5, "process_cpu_s": 3.6, "process_energy_kwh": 7e-6, "process_energy_low_kwh": 3.5e-6,
           "process_energy_high_kwh": 14e-6}
run = {"all_duration_s": 3.4, "process_duration_s": 0.4, "duration_s": 0.1, "attribution": {"tree_cpu_s": 3.1},
       "all_energy_kwh": 6e-6, "process_energy_kwh": 1e-6}
left = dict(metered)
study.without_repetition(left, run)
expected = {"process_duration_s": 0.5, "process_cpu_s": 0.6, "process_energy_kwh": 2e-6, "process_energy_low_kwh": 1e-6,
            "process_energy_high_kwh": 4e-6}
assert left.keys() == expected.keys() and all(abs(left[name] / expected[name] - 1) < 1e-12 for name in expected), left
wrong = [(metered | {"process_duration_s": 2.9}, run, "took more than the whole program"),
         (metered | {"process_energy_kwh": 0}, run, "track counted 0 as its \"process_energy_kwh\""),
         (metered | {"process_energy_low_kwh": None}, run, "track counted null as its \"process_energy_low_kwh\""),
         (metered | {"process_cpu_s": -1}, run, "track counted -1 as its \"process_cpu_s\""),
         (metered, run | {"attribution": {"tree_cpu_s": None}}, "\"tree_cpu_s\" in its run.json is null"),
         (metered, run | {"duration_s": 0}, "\"duration_s\" in its run.json is 0"),
         (metered, run | {"all_energy_kwh": None}, "\"all_energy_kwh\" in its run.json is null")]
for counted, told, sentence in wrong:
    try:
        study.without_repetition(dict(counted), told)
    except study.Failed as error:
        assert sentence in str(error), error
    else:
        raise AssertionError(sentence)
END
  ok "study.py calls a machine busy by greenmile's own rule, and says so" python3 - "$here/../../scripts/peers" << 'END'
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import study
# Others' seconds of all busy ones: a tenth and 0.1 s are not more than that.
for busy, own, expected in [(1, 0.5, True), (0.3, 0.25, False), (0.3, 0.21, False), (0.3, 0.19, True), (100, 90.5, False),
                            (100, 89.5, True), (0, 0, False), (0.01, 0, False), (1, 1.1, False), (None, 1, None)]:
    found = study.was_busy({"attribution": {"machine_busy_s": busy, "tree_cpu_s": own}})
    assert found is expected, (busy, own, found)
row = {"process_duration_s": 12.345, "epochs": 7}
for busy, expected in [(True, "12.3 s for 7 epochs on a busy machine (other programs ran)"), (False, "12.3 s for 7 epochs"),
                       (None, "12.3 s for 7 epochs")]:
    assert study.cost_of(row | {"machine_busy": busy}) == expected, study.cost_of(row | {"machine_busy": busy})
END

  if python3 -c 'import torch, sklearn, optuna' 2> err; then
    ok "study.py runs the protocol of the study that is there" peers s
    theirs() { # ROW MEMBER
      python3 -c "import json; print(json.load(open('s/peers/stacks.json'))['rows']['$1']['$2'])"
    }
    for row in linear_regression cnn cnn_pruned cnn_early_stopping tune tune_pruned; do
      directory=$(ls -d "s/runs/$row" "s/runs/$row-seed0" 2> err)
      # Sums of floats in another order, over 60 steps.
      ok "study.py: validation RMSE of $row as ours" \
        near "$(theirs $row rmse_validation)" "$(member "$directory/run.json" rmse_validation)" 1e-3
    done
    ok "study.py: epochs of early stopping as ours" \
      equal "$(theirs cnn_early_stopping epochs)" "$(member s/runs/cnn_early_stopping-seed0/run.json epochs)"
    for rows in rows best_rows; do
      for row in tune tune_pruned; do
        python3 - $rows $row > tried << 'END'
import json, sys
for trial in json.load(open("s/peers/stacks.json"))[sys.argv[1]][sys.argv[2]]["trials"]:
    print(trial["num_input_time_steps"], trial["learning_rate"], trial["optimizer"], sep=",")
END
        tail -n +2 s/runs/$row/trials.csv | cut -d, -f3-5 > ours
        ok "study.py: the trials of $row in $rows are ours, to the last digit" cmp tried ours
      done
    done
    for rows in rows best_rows; do
      for row in linear_regression cnn tune; do
        directory=$(ls -d "s/runs/$row" "s/runs/$row-seed0" 2> err)
        ok "study.py: greenmile's turn at $row in $rows has the study's error" equal \
          "$(python3 -c "import json; print(json.load(open('s/peers/stacks.json'))['$rows']['$row']['greenmile']['rmse_test'])")" \
          "$(member "$directory/run.json" rmse_test)"
      done
    done
    ok "study.py: epochs of the search as ours" equal "$(theirs tune epochs)" "$(member s/runs/tune/run.json epochs)"
  fi
fi
