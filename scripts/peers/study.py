#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same study in Python: every training row of Table 3 that PyTorch, scikit-learn and Optuna have too, one process each,
metered by greenmile's own meter (build/bin/track), by turns with greenmile's.

    make two-stacks                                    # the study, this script, and the report of both
    python3 scripts/peers/study.py --results results   # this script alone, after make reproduce

The protocol (epochs, seed, network, splits) and the trials of both searches are read from the runs that are in RESULTS/runs
(study_runs.py), so they cannot differ from theirs; data, weights, batches, search space, pruner and metrics are the same. Two
samplers whose errors differ in the last digits part after some trials, and then what they try decides how long it takes: so
Optuna is given greenmile's trials, in order, those that failed too. What becomes of them Python finds out for itself: it
trains, evaluates and prunes each by its own errors.

A machine drifts, so the stacks take turns: just before every run of Python greenmile's run of that row is made again, by its own
command line, and metered from outside likewise. It must have the study's result, to the last digit.

Every row is done twice: with the packages' defaults, and as a user would who has looked for what is fastest (best_rows: fused
optimisers, torch.compile where it pays, least squares by numpy alone). Either runs on the number of threads that trained
fastest in a trial of a few epochs. Wall time, CPU time and energy are those of the whole process, from start to end; duration
is what Table 3 counts: from the first epoch (or trial) to the end of the last, with the evaluation after each. With the
defaults CodeCarbon's tracker runs around that interval where it is installed, offline, for its kWh, as greenmile's own meter
does in its runs; it takes a second and more to start, so what is to be fastest goes without.

Writes RESULTS/peers/stacks.json, whole or not at all; `report` makes the table of both stacks from it.
"""
import argparse
import csv
import importlib
import importlib.metadata
import importlib.util
import json
import math
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile
import time

from study_runs import LARGEST_TIME_STEPS, LEARNING_RATES, MADE_BY, OPTIMIZERS, ROWS, SEARCHES, SEED
from study_runs import Failed, check_repeated, read_commands, read_json, read_protocol, read_trials

PACKAGES = {"torch": "torch", "scikit-learn": "sklearn", "optuna": "optuna", "numpy": "numpy", "codecarbon": None}
TRIED_EPOCHS = 3  # per number of threads, after one to warm up
# torch.compile takes half a minute before the first step: not tried where the whole search takes less than twice that.
WORTH_COMPILING_S = 60
VARIANTS = {"default": "default arguments", "fused": "fused optimisers", "compiled": "fused optimisers, torch.compile"}
SPLITS = ("validation", "test")
BOUNDS = ("", "_low", "_high")
DATA = pathlib.Path(__file__).resolve().parents[2] / "datasets" / "nino12.csv"

# ---- the study in Python -------------------------------------------------------------


def read_anomalies(numpy):
    """Monthly anomalies from January 1950 on: value minus the mean of that month in 1950 to 1979."""
    with DATA.open(encoding="ascii") as f:
        rows = list(csv.reader(line for line in f if not line.startswith("#")))
    values = numpy.array([[float(x) for x in row[1:]] for row in rows[1:]])
    return (values - values[:30].mean(axis=0)).ravel()


def month(year, number):
    return (year - 1950) * 12 + number - 1


def read_samples(numpy, time_steps):
    """{split: (inputs (n, 12) with the older 12 − T months zero, targets (n))}; lead 1."""
    series = read_anomalies(numpy)
    periods = {
        "train": (month(1980, 1), month(1995, 12)),
        "validation": (month(1997, 1), month(2006, 12)),
        "test": (month(2007, 1), len(series) - 2),
    }
    samples = {}
    for split, (first, last) in periods.items():
        x = numpy.zeros((last - first + 1, LARGEST_TIME_STEPS))
        for i, t in enumerate(range(first, last + 1)):
            x[i, LARGEST_TIME_STEPS - time_steps :] = series[t - time_steps + 1 : t + 1]
        samples[split] = x, series[first + 1 : last + 2]
    return samples


def rmse(prediction, truth):
    return math.sqrt(((prediction - truth) ** 2).mean())


def fit_regression(options):
    import numpy

    samples = read_samples(numpy, 1)
    x, y = samples["train"]
    predict = fit_numpy if options.variant != "default" else fit_sklearn
    with interval(options) as result:
        predict = predict(x[:, -1:], y)
    for split in SPLITS:
        x, y = samples[split]
        result["rmse_" + split] = rmse(predict(x[:, -1:]), y)


def fit_sklearn(x, y):
    from sklearn.linear_model import LinearRegression

    return LinearRegression().fit(x, y).predict


def fit_numpy(x, y):
    import numpy

    def columns(x):
        return numpy.column_stack([x, numpy.ones(len(x))])

    coefficients = numpy.linalg.lstsq(columns(x), y, rcond=None)[0]
    return lambda x: columns(x) @ coefficients


class Training:
    """One training of the network, as torch.manual_seed(seed) and the study's protocol have it."""

    def __init__(self, options, time_steps=1, learning_rate=1e-4, optimizer="adam"):
        import numpy
        import torch

        from torch_network import sequential

        self.torch, self.options, self.epochs, self.scores = torch, options, 0, {}
        torch.set_num_threads(options.threads)
        torch.manual_seed(SEED)
        self.network = sequential(options.arch, 1, LARGEST_TIME_STEPS)
        self.truth, self.data = {}, {}
        for split, (x, y) in read_samples(numpy, time_steps).items():
            self.truth[split] = y
            self.data[split] = torch.tensor(x, dtype=torch.float32)[:, None, :], torch.tensor(y, dtype=torch.float32)
        kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
        fused = {} if options.variant == "default" else {"fused": True}
        self.optimizer = kind(self.network.parameters(), lr=learning_rate, **fused)
        self.model = torch.compile(self.network) if options.variant == "compiled" else self.network

    def epoch(self, splits, batch_size=10):
        """Trains one epoch; returns the validation RMSE after it; the scores are those of `splits`."""
        torch, (x, y) = self.torch, self.data["train"]
        loss_of = torch.nn.MSELoss()
        for chosen in torch.randperm(len(x)).split(batch_size):
            self.optimizer.zero_grad()
            loss = loss_of(self.model(x[chosen]).squeeze(1), y[chosen])
            if not math.isfinite(loss.item()):
                raise FloatingPointError("the loss is not finite")
            loss.backward()
            self.optimizer.step()
        self.epochs += 1
        self.scores = {"rmse_" + split: self.evaluate(split) for split in splits}
        return self.scores["rmse_validation"]

    def evaluate(self, split):
        with self.torch.inference_mode():
            prediction = self.network(self.data[split][0]).squeeze(1).double().numpy()
        value = rmse(prediction, self.truth[split])
        if not math.isfinite(value):
            raise FloatingPointError("a forecast is not finite")
        return value

    def prune(self):
        from torch.nn.utils import prune

        weights = [(layer, "weight") for layer in self.network if hasattr(layer, "weight")]
        prune.global_unstructured(weights, pruning_method=prune.L1Unstructured, amount=0.5)


def train(options, prune=False, early_stopping=False):
    training = Training(options)
    best, best_scores, since = math.inf, None, 0
    with interval(options) as result:
        for epoch in range(1, options.epochs + 1):
            value = training.epoch(SPLITS)
            if prune and epoch == options.prune_after:
                training.prune()
            if early_stopping:
                since += 1
                if value < best:
                    best, best_scores, since = value, training.scores, 0
                    weights = {k: v.clone() for k, v in training.network.state_dict().items()}
                if since == options.patience:
                    break
        if early_stopping:
            training.network.load_state_dict(weights)
    result.update(best_scores if early_stopping else training.scores, epochs=training.epochs)


def run_trial(options, study):
    """One trial with the parameters that Optuna's queue has for it: its record, and the training. As in greenmile's
    searches nobody looks at the test samples during it."""
    from optuna.trial import TrialState

    trial = study.ask()
    time_steps = trial.suggest_int("num_input_time_steps", 1, LARGEST_TIME_STEPS)
    learning_rate = trial.suggest_float("learning_rate", *LEARNING_RATES, log=True)
    optimizer = trial.suggest_categorical("optimizer", OPTIMIZERS)
    training = Training(options, time_steps, learning_rate, optimizer)
    state, value, step = TrialState.COMPLETE, None, 0
    try:
        for step in range(1, options.epochs + 1):
            value = training.epoch(SPLITS[:1])
            trial.report(value, step - 1)
            if trial.should_prune():
                state = TrialState.PRUNED
                break
    except FloatingPointError:
        state, value, step = TrialState.FAIL, None, step - 1
    study.tell(trial, value if state == TrialState.COMPLETE else None, state)
    return trial.params | {"state": state.name, "epochs": step, "value": value}, training


def search(options, pruner):
    """greenmile's trials, tried again. Optuna takes each from its queue; its sampler, which would draw them, is not asked."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    given = read_json(options.given)
    sampler = optuna.samplers.TPESampler(seed=SEED, multivariate=True)
    study = optuna.create_study(sampler=sampler, pruner=pruner(optuna))
    trials, best = [], None
    with interval(options) as result:
        for parameters in given:
            study.enqueue_trial(parameters)
        for _ in given:
            record, training = run_trial(options, study)
            trials.append(record)
            if record["state"] == "COMPLETE" and (best is None or record["value"] < best["value"]):
                best = record
                result.update(training.scores, rmse_test=training.evaluate("test"))
    if [{name: trial[name] for name in parameters} for trial, parameters in zip(trials, given)] != given:
        raise Failed("Optuna did not try the trials that it was given")
    result.update(epochs=sum(trial["epochs"] for trial in trials), best=best, trials=trials)


def try_threads(options):
    """{threads: [seconds of the first epoch, of the others]} on one thread, on half of the processors and on all."""
    available = len(os.sched_getaffinity(0))
    for threads in sorted({1, max(1, available // 2), available}):
        options.threads = threads
        training = Training(options)
        start = time.perf_counter()
        training.epoch(SPLITS)
        first = time.perf_counter() - start
        start = time.perf_counter()
        for _ in range(TRIED_EPOCHS):
            training.epoch(SPLITS)
        options.results[str(threads)] = [first, (time.perf_counter() - start) / TRIED_EPOCHS]


def run_row(options):
    options.results = {}
    if options.row == "threads":
        try_threads(options)
    elif options.row == "linear_regression":
        fit_regression(options)
    elif options.row == "tune":
        search(options, lambda optuna: optuna.pruners.NopPruner())
    elif options.row == "tune_pruned":
        search(options, lambda optuna: optuna.pruners.PercentilePruner(10.0))
    else:
        train(options, prune=options.row == "cnn_pruned", early_stopping=options.row == "cnn_early_stopping")


class interval:
    """What Table 3 counts: with interval(options) as result: …; the result becomes the row's record."""

    def __init__(self, options):
        self.record, self.tracker = {}, None
        options.results = self.record
        if not options.codecarbon:
            return
        try:
            codecarbon = importlib.import_module("codecarbon")
        except ImportError:
            return
        # Only its kWh are used, so any country will do.
        self.tracker = codecarbon.OfflineEmissionsTracker(
            country_iso_code="USA", save_to_file=False, log_level="critical", allow_multiple_runs=True
        )

    def __enter__(self):
        if self.tracker is not None:
            self.tracker.start()
        self.start = time.perf_counter()
        return self.record

    def __exit__(self, *_error):
        self.record["duration_s"] = time.perf_counter() - self.start
        if self.tracker is not None:
            self.tracker.stop()
            self.record["codecarbon_energy_kwh"] = self.tracker.final_emissions_data.energy_consumed


# ---- from outside ------------------------------------------------------------------------


def check_packages():
    missing = [name for name, module in PACKAGES.items() if module and importlib.util.find_spec(module) is None]
    if missing:
        raise Failed(f"{sys.executable} has no {', '.join(missing)}; scripts/install-deps --peers installs them, or PEERS names a Python that has them")


def was_busy(metered):
    """As greenmile marks its own runs: more than a tenth of the busy CPU time was other programs', and more than ten ticks
    of /proc/stat. None where the machine's busy time is not known."""
    busy, own = metered["attribution"]["machine_busy_s"], metered["attribution"]["tree_cpu_s"]
    return None if busy is None or own is None else busy - own > max(0.1 * busy, 0.1)


def is_positive(number):
    return isinstance(number, (int, float)) and 0 < number < math.inf


def check_metered(name, metered):
    for member in ("process_duration_s", "process_cpu_s", *(f"process_energy{bound}_kwh" for bound in BOUNDS)):
        if not is_positive(metered[member]):
            raise Failed(f"{name}: track counted {json.dumps(metered[member])} as its \"{member}\", with which nothing can be "
                         "compared; this machine's clocks or counters are too coarse, or do not count")


def run_outside(command, name, work, track=None, pue=1):
    """Runs a command as a process of its own; under track, where given, returns what the whole of it took."""
    meter = work / f"{name}-track.json"
    if track is not None:
        prefix = [track, "--output", work / "emissions.csv", "--record", meter, "--world", "--pue", pue, "--quiet", "--"]
        command = prefix + command
    log = work / f"{name}.log"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=subprocess.STDOUT)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code != 0:
        raise Failed(f"{name}: exit {code}\n" + "\n".join(log.read_text(encoding="utf-8").strip().splitlines()[-5:]))
    if track is None:
        return {}
    metered = read_json(meter)
    result = {"process_duration_s": metered["duration_s"], "process_cpu_s": usage.ru_utime + usage.ru_stime,
              "peak_memory_mb": usage.ru_maxrss * 1024 / 1e6}
    for bound in BOUNDS:
        result[f"process_energy{bound}_kwh"] = metered[f"energy{bound}_kwh"]
    result["machine_busy"] = was_busy(metered)
    result["energy_measured"] = metered["energy_measured"]
    result["energy_sources"] = metered["energy_sources"]
    check_metered(name, result)
    return result


def run_python(row, protocol, variant, threads, work, track=None, trials=None, codecarbon=False):
    """One row of Python: its record."""
    record = work / f"{row}.json"
    command = [sys.executable, __file__, "--row", row, "--record", record, "--threads", threads, "--variant", variant]
    for name in ("epochs", "prune_after", "patience", "arch"):
        command += ["--" + name.replace("_", "-"), protocol[name]]
    if codecarbon:
        command += ["--codecarbon"]
    if trials is not None:
        given = work / f"{row}-given.json"
        given.write_text(json.dumps([trial["parameters"] for trial in trials]), encoding="utf-8")
        command += ["--given", given]
    metered = run_outside(command, row, work, track, protocol["pue"])
    return read_json(record) | metered


def without_repetition(metered, run):
    """A program of one fit: greenmile's regression repeats its own to measure it, and tells how much that took."""
    check_metered("linear_regression", metered)
    fits_cpu_s = run["attribution"]["tree_cpu_s"]
    told = {name: run[name] for name in ("all_duration_s", "process_duration_s", "duration_s", "all_energy_kwh",
                                         "process_energy_kwh")} | {"tree_cpu_s": fits_cpu_s}
    for name, value in told.items():
        if not is_positive(value):
            raise Failed(f"linear_regression: \"{name}\" in its run.json is {json.dumps(value)}, so that what its repeated fits "
                         "took is not known")
    repeated_s = run["all_duration_s"] - run["process_duration_s"]
    metered["process_duration_s"] -= repeated_s
    metered["process_cpu_s"] -= fits_cpu_s * repeated_s / (repeated_s + run["duration_s"])
    left = 1 - (run["all_energy_kwh"] - run["process_energy_kwh"]) / metered["process_energy_kwh"]
    for bound in BOUNDS:
        metered[f"process_energy{bound}_kwh"] *= left
    if min(metered[name] for name in ("process_duration_s", "process_cpu_s", "process_energy_kwh")) <= 0:
        raise Failed("linear_regression: its repeated fits took more than the whole program by the meter around it; this machine's "
                     "clocks or counters are too coarse, or it is too busy: run make two-stacks again")


def run_greenmile(row, command, run, protocol, work, track, trials=None):
    """greenmile's run of a row once more, in a directory and a journal that go away: its record."""
    with tempfile.TemporaryDirectory(dir=work) as out:
        out = pathlib.Path(out)
        command = command + ["--out", out]
        if run["config"].get("journal") is not None:
            command += ["--journal", out / "journal.log"]
        metered = run_outside(command, f"greenmile-{row}", work, track, protocol["pue"])
        again = read_json(out / "run.json")
        check_repeated(row, (run, trials), (again, trials and read_trials(out, again)))
    if row == "linear_regression":
        without_repetition(metered, again)
    kept = (*MADE_BY, "duration_s", "epochs", "rmse_validation", "rmse_test")
    return {name: again.get(name) for name in kept} | metered


def versions():
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def write_whole(path, text):
    """The file gets its name once it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as f:
        try:
            f.write(text)
        except BaseException:
            os.unlink(f.name)
            raise
    os.chmod(f.name, 0o644)
    os.replace(f.name, path)


def say(text):
    print(f"study.py: {text}", file=sys.stderr, flush=True)


def try_variants(protocol, variants, work):
    """Every variant that runs on every number of threads, with how long the search and one training would take so."""
    found = []
    for variant in variants:
        if variant == "compiled" and min((how["search_s"] for how in found), default=0) < WORTH_COMPILING_S:
            continue
        try:
            tried = run_python("threads", protocol, variant, 1, work)
        except Failed as error:
            if variant == "default":
                raise
            say(f"PyTorch with {VARIANTS[variant]}: not available ({str(error).splitlines()[-1]})")
            continue
        for threads, (first, other) in tried.items():
            say(f"PyTorch with {VARIANTS[variant]} on {threads} thread(s): {first:.2f} s for the first epoch, then {other:.2f} s")
            training = first + (protocol["epochs"] - 1) * other
            search = training + protocol["epochs"] * (protocol["trials"] - 1) * other
            found.append({"variant": variant, "what": VARIANTS[variant], "threads": int(threads), "epoch_s": other,
                          "training_s": training, "search_s": search})
    return found


def on_threads(how):
    return f"{how['what']} on {how['threads']} thread{'s' if how['threads'] > 1 else ''}"


def fastest(tried):
    """{row: what does it first}; compiling may pay in a search and not in one training."""
    search, training = (min(tried, key=lambda how: how[time]) for time in ("search_s", "training_s"))
    chosen = {row: search if row.startswith("tune") else training for row in ROWS}
    if training["variant"] == "default":  # whatever suits the networks, numpy alone is first at the regression
        chosen["linear_regression"] = training | {"variant": "fused"}
    return chosen


def cost_of(row):
    epochs = row.get("epochs")
    busy = " on a busy machine (other programs ran)" if row["machine_busy"] else ""
    return f"{row['process_duration_s']:.3g} s" + (f" for {epochs} epochs" if epochs else "") + busy


def take_turns(hows, ours, commands, protocol, trials, work, track):
    """{side: {row: Python's record, and in it greenmile's of the run just before}}; hows: {side: {row: how Python does it}}."""
    done = {side: {} for side in hows}
    for i, row in enumerate(ROWS, 1):
        for side, how in ((side, hows[side][row]) for side in hows):
            doing = f"{how['what']}, {i} of {len(ROWS)}: {row}"
            say(f"{doing} …")
            greenmile = run_greenmile(row, commands[row], ours[row], protocol, work, track, trials.get(row))
            theirs = run_python(row, protocol, how["variant"], how["threads"], work, track, trials.get(row),
                                codecarbon=side == "rows")
            done[side][row] = theirs | {"variant": how["variant"], "threads": how["threads"], "greenmile": greenmile}
            say(f"{doing}: {cost_of(theirs)}; greenmile just before it {cost_of(greenmile)}")
    return done


def is_measured(row):
    return row["energy_measured"] and row["greenmile"]["energy_measured"]


def compare(options):
    protocol, ours = read_protocol(options.results)
    trials = {row: read_trials(options.results / "runs" / ROWS[row], ours[row]) for row in SEARCHES}
    programs = options.bin.resolve()
    commands = read_commands(options.results, ours, programs)
    check_packages()
    track = programs / "track"
    if not track.exists():
        raise Failed(f"{track}: not there; make builds it")
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        tried = try_variants(protocol, ["default"], work)
        default = min(tried, key=lambda how: how["search_s"])  # on one number of threads
        chosen = fastest(tried + try_variants(protocol, ["fused", "compiled"], work))
        best = dict(chosen["tune"])
        if chosen["cnn"] != chosen["tune"]:
            best["what"] += f" (single trainings: {on_threads(chosen['cnn'])})"
        say(f"{protocol['protocol']} protocol; PyTorch with {on_threads(default)}, and with {on_threads(best)}")
        hows = {"rows": dict.fromkeys(ROWS, default), "best_rows": chosen}
        done = take_turns(hows, ours, commands, protocol, trials, work, track)
    record = {
        "schema": "greenmile-stacks-5",
        "written_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "protocol": protocol["protocol"],
        "settings": protocol | {"seed": SEED},
        "python": platform.python_version(),
        "versions": versions(),
        "threads": default["threads"],
        "default": default,
        "best": best,
        "energy_measured": all(is_measured(row) for rows in done.values() for row in rows.values()),
        **done,
    }
    path = options.results / "peers" / "stacks.json"
    write_whole(path, json.dumps(record, indent=2) + "\n")
    say(f"done: {path}")


# ---- main ------------------------------------------------------------------------------------------


def parse():
    parser = argparse.ArgumentParser(description="The study's training rows in PyTorch, scikit-learn and Optuna, by turns with greenmile's own.")
    parser.add_argument("--results", type=pathlib.Path, default="results", help="a finished study (default: results)")
    parser.add_argument("--bin", type=pathlib.Path, default="build/bin", help="the build that made it, with track (default: build/bin)")
    inside = parser.add_argument_group("used by this script for one row in its own process")
    inside.add_argument("--row", choices=["threads", *ROWS])
    inside.add_argument("--record", type=pathlib.Path)
    inside.add_argument("--arch")
    inside.add_argument("--variant", choices=list(VARIANTS), default="default")
    inside.add_argument("--codecarbon", action="store_true", help="with CodeCarbon's tracker where it is installed")
    inside.add_argument("--given", type=pathlib.Path, help="parameters of the trials of a search")
    for name in ("threads", "epochs", "prune-after", "patience"):
        inside.add_argument("--" + name, type=int)
    return parser.parse_args()


def main():
    options = parse()
    if options.row is not None:
        run_row(options)
        options.record.write_text(json.dumps(options.results), encoding="utf-8")
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # either ends the row that runs as well
    try:
        compare(options)
    except Failed as error:
        say(error)
        return 2
    except KeyboardInterrupt:
        say("interrupted; nothing is written")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
