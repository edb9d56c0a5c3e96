# SPDX-License-Identifier: MIT
"""What greenmile's runs in RESULTS/runs did, as study.py does it again: the protocol of all of them, the trials of both
searches, and the command line of each. What cannot be done alike is refused with a sentence (Failed). Needs nothing but
Python itself."""
import csv
import itertools
import json
import math
import subprocess

ROWS = {  # row: directory of greenmile's run
    "linear_regression": "linear_regression",
    "cnn": "cnn-seed0",
    "cnn_pruned": "cnn_pruned-seed0",
    "cnn_early_stopping": "cnn_early_stopping-seed0",
    "tune": "tune",
    "tune_pruned": "tune_pruned",
}
SEARCHES = ("tune", "tune_pruned")
PROGRAMS = dict.fromkeys(ROWS, "cnn") | dict.fromkeys(SEARCHES, "tune") | {"linear_regression": "linear_regression"}
SEED = 0
LARGEST_TIME_STEPS = 12
LEARNING_RATES = (1e-5, 1e-1)
OPTIMIZERS = ("adam", "sgd")

# What study.py has written into its own code: the data, and the settings of every row that it does not take from the runs.
DATASET = {"name": "nino12", "lead": 1, "base_period": "1950:1979", "detrend": False, "time_steps": 1, "max_time_steps": 12,
           "train": "1980-01:1995-12", "validation": "1997-01:2006-12", "test": "2007-01:"}
NETWORK = {"optimizer": "adam", "learning_rate": 1e-4, "momentum": 0, "weight_decay": 0, "batch_size": 10, "init": None,
           "prune_unstructured": 0, "prune_structured": 0, "early_stopping": 0, "min_delta": 0, "shuffle": True}
SEARCH = {"objectives": "rmse", "pruner": "none", "space": None, "batch_size": 10}
CONFIG = {
    "linear_regression": {"ridge": None, "ridge_choice": "none"},
    "cnn": NETWORK,
    "cnn_pruned": NETWORK | {"prune_unstructured": 0.5},
    "cnn_early_stopping": {name: value for name, value in NETWORK.items() if name != "early_stopping"},
    "tune": SEARCH,
    "tune_pruned": SEARCH | {"pruner": "percentile:10", "pruner_startup_trials": 5, "pruner_warmup_steps": 0,
                             "pruner_interval": 1},
}

TRIAL_COLUMNS = ["trial", "state", "num_input_time_steps", "learning_rate", "optimizer", "value", "epochs", "duration_s",
                 "energy_j"]
COUNTED = {"COMPLETE": "trials_complete", "PRUNED": "trials_pruned", "FAIL": "trials_failed"}
ANEW = "make two-stacks RESULTS=DIR makes a study in one go, in another directory"


class Failed(Exception):
    """A sentence for whoever started the script."""


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Failed(f"{path}: not there; `make reproduce` makes it") from error
    except (OSError, ValueError) as error:
        raise Failed(f"{path}: not valid JSON: {error}") from error


# ---- protocol -----------------------------------------------------------------------------


def check_members(path, found, known):
    for name, value in known.items():
        if found.get(name) != value:
            raise Failed(f"{path}: \"{name}\" is {json.dumps(found.get(name))}; the Python stack knows the study with "
                         f"{json.dumps(value)} alone")


def check_in_one_go(directory, run):
    """A row must be what one program did from start to end, as it will do it again."""
    processes = run.get("study_processes", 1)
    if processes != 1 or run["process_duration_s"] < run["duration_s"]:
        raise Failed(f"{directory}: more than one process worked on this run (interrupted, gone on with or shared), so that "
                     f"none does it again alone; {ANEW}")


def same_in(path, runs, rows, name):
    """A setting that all these rows share."""
    values = [runs[row]["config"][name] for row in rows]
    if any(value != values[0] for value in values):
        raise Failed(f"{path}/runs: \"{name}\" is not the same in {', '.join(rows)}; make reproduce makes them alike")
    return values[0]


def read_protocol(results):
    """What greenmile's runs did, as options of a row, and every run.json by row."""
    runs = {row: read_json(results / "runs" / directory / "run.json") for row, directory in ROWS.items()}
    trained = [row for row in ROWS if row != "linear_regression"]
    try:
        for row, run in runs.items():
            path = results / "runs" / ROWS[row] / "run.json"
            check_members(path, run["dataset"], DATASET)
            check_members(path, run["config"], CONFIG[row])
            check_members(path, run, {"seed": SEED, "program": PROGRAMS[row]})
            check_in_one_go(path.parent, run)
        if len({run["protocol"] for run in runs.values()}) != 1:
            raise Failed(f"{results}: runs of the full and of the quick protocol; make reproduce makes them anew")
        if len({run["pue"] for run in runs.values()}) != 1:
            raise Failed(f"{results}: runs with more than one \"pue\"; make reproduce makes them anew")
        return {
            "protocol": runs["cnn"]["protocol"],
            "arch": same_in(results, runs, trained, "arch"),
            "epochs": same_in(results, runs, trained, "epochs"),
            "prune_after": runs["cnn_pruned"]["config"]["prune_after"],
            "patience": runs["cnn_early_stopping"]["config"]["early_stopping"],
            "trials": same_in(results, runs, SEARCHES, "trials"),
            "pue": runs["cnn"]["pue"],
        }, runs
    except (AttributeError, KeyError, TypeError) as error:
        raise Failed(f"{results}/runs: run.json: expected the member {error}") from error


# ---- trials ---------------------------------------------------------------------------------


def expect(holds, what):
    if not holds:
        raise ValueError(f"expected {what}")


def read_trial(row, number, epochs):
    """One line of trials.csv, a finished trial in the search space of the study; ValueError says what is not."""
    state, trained = row["state"], int(row["epochs"])
    expect(row["trial"] == str(number), f"trial {number}, not {row['trial']}")
    expect(state in COUNTED, f"a trial that is {', '.join(COUNTED)}, not \"{state}\"")
    expect(trained == epochs if state == "COMPLETE" else 0 <= trained <= epochs, f"{epochs} epochs, not {trained}")
    steps, rate, optimizer = int(row["num_input_time_steps"]), float(row["learning_rate"]), row["optimizer"]
    expect(1 <= steps <= LARGEST_TIME_STEPS, f"1 to {LARGEST_TIME_STEPS} time steps, not {steps}")
    expect(LEARNING_RATES[0] <= rate <= LEARNING_RATES[1], "a learning rate from {} to {}, not {}".format(*LEARNING_RATES, rate))
    expect(optimizer in OPTIMIZERS, f"the optimizer {' or '.join(OPTIMIZERS)}, not \"{optimizer}\"")
    value = None if state == "FAIL" else float(row["value"])
    expect(value is None or math.isfinite(value), "a finite value")
    parameters = {"num_input_time_steps": steps, "learning_rate": rate, "optimizer": optimizer}
    return {"state": state, "epochs": trained, "value": value, "parameters": parameters}


def read_lines(path, epochs):
    try:
        with path.open(encoding="utf-8", newline="") as f:
            lines = csv.reader(f, strict=True)
            header = next(lines, [])
            if header != TRIAL_COLUMNS:
                raise Failed(f"{path}: expected the columns {','.join(TRIAL_COLUMNS)} of a search in the study's own space")
            trials = []
            for fields in lines:
                expect(len(fields) == len(header), f"{len(header)} fields, not {len(fields)}")
                trials.append(read_trial(dict(zip(header, fields)), len(trials), epochs))
            return trials
    except FileNotFoundError as error:
        raise Failed(f"{path}: not there; `make reproduce` makes it") from error
    except (OSError, csv.Error, UnicodeError) as error:
        raise Failed(f"{path}: cannot be read: {error}") from error
    except ValueError as error:
        raise Failed(f"{path}: line {lines.line_num}: {error}") from error


def check_counts(path, trials, run):
    """trials.csv against what run.json of the same search says of it."""
    counted = {member: sum(trial["state"] == state for trial in trials) for state, member in COUNTED.items()}
    counted["epochs"] = sum(trial["epochs"] for trial in trials)
    for member, n in counted.items():
        if run[member] != n:
            raise Failed(f"{path}: its trials have {n} as \"{member}\", its run.json has {run[member]}; they are not of one "
                         "search")
    finished = counted["trials_complete"] + counted["trials_pruned"]
    if finished != run["config"]["trials"]:
        raise Failed(f"{path}: {finished} finished trials, but {run['config']['trials']} were asked for; the search was "
                     "stopped, or is one that was gone on with")
    best = min((trial for trial in trials if trial["state"] == "COMPLETE"), key=lambda trial: trial["value"], default=None)
    stated = run["best"]
    if best is None or best["parameters"] != stated["parameters"] or best["value"] != stated["value"]:
        raise Failed(f"{path}: its best trial is not the \"best\" of its run.json; they are not of one search")


def read_trials(directory, run):
    """The trials of one of greenmile's searches, in order."""
    try:
        trials = read_lines(directory / "trials.csv", run["config"]["epochs"])
        check_counts(directory / "trials.csv", trials, run)
        return trials
    except (KeyError, TypeError) as error:
        raise Failed(f"{directory}/run.json: expected the member {error}") from error


# ---- the same run again ---------------------------------------------------------------------

# By what a run was made: these stand with it in stacks.json, and the report compares them with the study's.
MADE_BY = ("version", "git_commit", "cpu_model", "threads", "isa", "blas", "pue")
# What a run that is made again has in common with the first, to the last digit.
RESULT = MADE_BY + ("parameters", "epochs", "stop_reason", "rmse_validation", "rmse_test", "correlation_validation",
                    "correlation_test")


def command_of(path, run, bin_directory):
    """The command line of the run in `path`, a run.json, without where it writes."""
    argv, program = run.get("argv"), bin_directory / run["program"]
    whole = isinstance(argv, list) and argv and all(isinstance(word, str) for word in argv)
    if not whole or run.get("argv_secrets_masked") != 0:
        raise Failed(f"{path}: \"argv\" is not the whole command line, so that the run cannot be made again; {ANEW}")
    elsewhere = [word for word in argv if word.split("=")[0] in ("--save", "--step-log")]
    if elsewhere:
        raise Failed(f"{path}: {elsewhere[0]} would be written over if the run were made again; {ANEW}")
    if str(run["config"].get("journal") or "").startswith(("redis:", "rediss:")):
        raise Failed(f"{path}: the study is in Redis, where it cannot be made again beside itself; {ANEW}")
    return [program, *argv[1:]]


def check_build(path, run, bin_directory):
    """The program must be the one that made the run in `path`."""
    program = bin_directory / run["program"]
    try:
        version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        raise Failed(f"{program}: cannot be run: {error}; make builds it") from error
    known = f"{run['program']} (greenmile) {run['version']}, commit {run['git_commit']}"
    if version != known:
        raise Failed(f"{path}: made by \"{known}\", while {program} is \"{version}\" and would not make the same run again; "
                     f"{ANEW}")


def read_commands(results, runs, bin_directory):
    """{row: the command line that makes greenmile's run again, without where it writes}."""
    commands = {}
    for row, run in runs.items():
        path = results / "runs" / ROWS[row] / "run.json"
        try:
            check_build(path, run, bin_directory)
            commands[row] = command_of(path, run, bin_directory)
        except KeyError as error:
            raise Failed(f"{path}: expected the member {error}") from error
    return commands


def check_repeated(row, first, again):
    """Both are (run.json, trials): what was made again must be what the study has."""
    what = [(f"\"{name}\"", first[0].get(name), again[0].get(name)) for name in RESULT]
    what += [(f"trial {i}", *both) for i, both in enumerate(itertools.zip_longest(first[1] or [], again[1] or []))]
    for name, was, found in what:
        if was != found:
            raise Failed(f"{row}: made again, greenmile's run has {name} {json.dumps(found)}, the study's {json.dumps(was)}: it is "
                         "of another machine, other libraries, settings or threads, or trials were enqueued in its search; "
                         + ANEW)
