#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same study in Python: every training row of Table 3 that PyTorch, scikit-learn and Optuna have too, one process each,
metered by greenmile's own meter (build/bin/track), to be set beside greenmile's runs.

    make two-stacks                                    # the study, this script, and the report of both
    python3 scripts/peers/study.py --results results   # this script alone, after make reproduce

The protocol (epochs, trials, seed, network, splits) is read from the runs that are in RESULTS/runs, so it cannot differ from
theirs; data, weights, batches, search space, pruner and metrics are the same. Every row is done twice: with the packages'
defaults, and as a user would who has looked for what is fastest (best_rows: fused optimisers, torch.compile where it pays,
least squares by numpy alone). Either runs on the number of threads that trained fastest in a trial of a few epochs. Wall time, CPU time and energy are those of the whole process, from start to
end; duration is what Table 3 counts: from the first epoch (or trial) to the end of the last, with the evaluation after
each. CodeCarbon's tracker runs around that interval where it is installed, offline, for its kWh.

Writes RESULTS/peers/stacks.json, whole or not at all; `report` makes the table of both stacks from it and the runs.
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
import subprocess
import sys
import tempfile
import time

ROWS = {  # row: directory of greenmile's run
    "linear_regression": "linear_regression",
    "cnn": "cnn-seed0",
    "cnn_pruned": "cnn_pruned-seed0",
    "cnn_early_stopping": "cnn_early_stopping-seed0",
    "tune": "tune",
    "tune_pruned": "tune_pruned",
}
PACKAGES = {"torch": "torch", "scikit-learn": "sklearn", "optuna": "optuna", "numpy": "numpy", "codecarbon": None}
SEED = 0
LARGEST_TIME_STEPS = 12
TRIED_EPOCHS = 3  # per number of threads, after one to warm up
# torch.compile takes half a minute before the first step: not tried where the whole search takes less than twice that.
WORTH_COMPILING_S = 60
VARIANTS = {"default": "default arguments", "fused": "fused optimisers", "compiled": "fused optimisers, torch.compile"}
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
    for split in ("validation", "test"):
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

        self.torch, self.options, self.epochs = torch, options, 0
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

    def epoch(self, batch_size=10):
        """Trains one epoch; returns the validation RMSE after it, and sees to the test RMSE as well."""
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
        self.scores = {"rmse_" + split: self.evaluate(split) for split in ("validation", "test")}
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
            value = training.epoch()
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


def search(options, pruner):
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=SEED, multivariate=True)
    study = optuna.create_study(sampler=sampler, pruner=pruner(optuna))
    finished, epochs = 0, 0
    with interval(options) as result:
        while finished < options.trials:
            trial = study.ask()
            training = Training(
                options,
                trial.suggest_int("num_input_time_steps", 1, LARGEST_TIME_STEPS),
                trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True),
                trial.suggest_categorical("optimizer", ["adam", "sgd"]),
            )
            state, value = optuna.trial.TrialState.COMPLETE, None
            try:
                for step in range(options.epochs):
                    value = training.epoch()
                    trial.report(value, step)
                    if trial.should_prune():
                        state, value = optuna.trial.TrialState.PRUNED, None
                        break
            except FloatingPointError:
                state, value = optuna.trial.TrialState.FAIL, None
            study.tell(trial, value, state)
            finished += state != optuna.trial.TrialState.FAIL
            epochs += training.epochs
            if state == optuna.trial.TrialState.COMPLETE and study.best_trial.number == trial.number:
                scores = training.scores
    result.update(scores, epochs=epochs, best=study.best_trial.params)


def try_threads(options):
    """{threads: [seconds of the first epoch, of the others]} on one thread, on half of the processors and on all."""
    available = len(os.sched_getaffinity(0))
    for threads in sorted({1, max(1, available // 2), available}):
        options.threads = threads
        training = Training(options)
        start = time.perf_counter()
        training.epoch()
        first = time.perf_counter() - start
        start = time.perf_counter()
        for _ in range(TRIED_EPOCHS):
            training.epoch()
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


class Failed(Exception):
    """A sentence for whoever started the script."""


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Failed(f"{path}: not there; `make reproduce` makes it") from error
    except ValueError as error:
        raise Failed(f"{path}: not valid JSON: {error}") from error


def read_protocol(results):
    """What greenmile's runs did, as options of a row."""
    runs = {row: read_json(results / "runs" / directory / "run.json") for row, directory in ROWS.items()}
    try:
        cnn, tune = runs["cnn"], runs["tune"]
        dataset = {row: (run["dataset"]["name"], run["dataset"]["lead"]) for row, run in runs.items()}
        if set(dataset.values()) != {("nino12", 1)}:
            raise Failed(f"{results}: the Python stack knows the study on nino12 with lead 1, not {dataset['cnn']}")
        if len({run["protocol"] for run in runs.values()}) != 1:
            raise Failed(f"{results}: runs of the full and of the quick protocol; make reproduce makes them anew")
        return {
            "protocol": cnn["protocol"],
            "arch": cnn["config"]["arch"],
            "epochs": cnn["config"]["epochs"],
            "prune_after": runs["cnn_pruned"]["config"]["prune_after"],
            "patience": runs["cnn_early_stopping"]["config"]["early_stopping"],
            "trials": tune["config"]["trials"],
            "pue": cnn["pue"],
        }, runs
    except (KeyError, TypeError) as error:
        raise Failed(f"{results}/runs: run.json: expected the member {error}") from error


def check_packages():
    missing = [name for name, module in PACKAGES.items() if module and importlib.util.find_spec(module) is None]
    if missing:
        raise Failed(f"{sys.executable} has no {', '.join(missing)}; scripts/install-deps --peers installs them, or PEERS names a Python that has them")


def was_busy(metered):
    """As greenmile marks its own runs: more than a tenth of the busy CPU time was other programs'."""
    busy, own = metered["attribution"]["machine_busy_s"], metered["attribution"]["tree_cpu_s"]
    return busy is not None and own is not None and busy - own > 0.1 * busy


def run_row_outside(row, protocol, variant, threads, work, track=None):
    """Runs one row in a process of its own, under track where given; returns its record."""
    record = work / f"{row}.json"
    command = [sys.executable, __file__, "--row", row, "--record", record, "--threads", threads, "--variant", variant]
    for name in ("epochs", "trials", "prune_after", "patience", "arch"):
        command += ["--" + name.replace("_", "-"), protocol[name]]
    meter = work / f"{row}-track.json"
    if track is not None:
        prefix = [track, "--output", work / "emissions.csv", "--record", meter, "--world", "--pue", protocol["pue"], "--quiet", "--"]
        command = prefix + command
    log = work / f"{row}.log"
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
        raise Failed(f"{row}: exit {code}\n" + "\n".join(log.read_text(encoding="utf-8").strip().splitlines()[-5:]))
    result = read_json(record)
    if track is not None:
        metered = read_json(meter)
        result["process_duration_s"] = metered["duration_s"]
        result["process_cpu_s"] = usage.ru_utime + usage.ru_stime
        result["peak_memory_mb"] = usage.ru_maxrss * 1024 / 1e6
        for bound in ("", "_low", "_high"):
            result[f"process_energy{bound}_kwh"] = metered[f"energy{bound}_kwh"]
        result["machine_busy"] = was_busy(metered)
        result["energy_measured"] = metered["energy_measured"]
        result["energy_sources"] = metered["energy_sources"]
    return result


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
            tried = run_row_outside("threads", protocol, variant, 1, work)
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


def compare(options):
    check_packages()
    protocol, ours = read_protocol(options.results)
    track = options.bin / "track"
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
        done = {}
        for name, hows in (("rows", dict.fromkeys(ROWS, default)), ("best_rows", chosen)):
            done[name] = {}
            for i, row in enumerate(ROWS, 1):
                how = hows[row]
                say(f"{how['what']}, {i} of {len(ROWS)}: {row} …")
                done[name][row] = run_row_outside(row, protocol, how["variant"], how["threads"], work, track)
                done[name][row] |= {"variant": how["variant"], "threads": how["threads"]}
                theirs, mine = done[name][row]["process_duration_s"], ours[row]["process_duration_s"]
                say(f"{how['what']}, {i} of {len(ROWS)}: {row}: {theirs:.1f} s, greenmile's run {mine:.2f} s")
    record = {
        "schema": "greenmile-stacks-2",
        "written_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "protocol": protocol["protocol"],
        "settings": protocol | {"seed": SEED},
        "python": platform.python_version(),
        "versions": versions(),
        "threads": default["threads"],
        "default": default,
        "best": best,
        "energy_measured": all(row["energy_measured"] for rows in done.values() for row in rows.values()),
        **done,
    }
    path = options.results / "peers" / "stacks.json"
    write_whole(path, json.dumps(record, indent=2) + "\n")
    say(f"done: {path}")


# ---- main ------------------------------------------------------------------------------------------


def parse():
    parser = argparse.ArgumentParser(description="The study's training rows in PyTorch, scikit-learn and Optuna.")
    parser.add_argument("--results", type=pathlib.Path, default="results", help="a finished study (default: results)")
    parser.add_argument("--bin", type=pathlib.Path, default="build/bin", help="where track is (default: build/bin)")
    inside = parser.add_argument_group("used by this script for one row in its own process")
    inside.add_argument("--row", choices=["threads", *ROWS])
    inside.add_argument("--record", type=pathlib.Path)
    inside.add_argument("--arch")
    inside.add_argument("--variant", choices=list(VARIANTS), default="default")
    for name in ("threads", "epochs", "trials", "prune-after", "patience"):
        inside.add_argument("--" + name, type=int)
    return parser.parse_args()


def main():
    options = parse()
    if options.row is not None:
        run_row(options)
        options.record.write_text(json.dumps(options.results), encoding="utf-8")
        return 0
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
