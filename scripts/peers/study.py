#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same study, two stacks: every training row of Table 3 with greenmile's programs and with PyTorch, scikit-learn and
Optuna, one process each, ours and theirs in turn, metered from outside by the same meter (build/bin/track).

    python3 scripts/peers/study.py                 # in the root of the tree, after make; about an hour with PyTorch
    python3 scripts/peers/study.py --quick         # the shortened protocol of make reproduce QUICK=1
    …/venv/bin/python scripts/peers/study.py       # with that interpreter's packages

Data, splits, seeds, networks, search space, pruner and metrics are the same on both sides. Wall time (process), CPU time,
energy and peak memory are those of the whole process, from start to end; duration is what the suite's own tables show: from
the first epoch (or trial) to the end of the last, with the evaluation after each. Without build/bin/track there is no energy,
and the tables say so. CodeCarbon's tracker runs around the Python row where it is installed.

Writes OUT/stacks.csv (one line per model and one for the total), OUT/stacks.json (the same with settings and versions)
and OUT/stacks.md, each whole or not at all.
"""
import argparse
import csv
import importlib
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

ARCH = "conv:64:3,relu,conv:128:3,relu,flatten,dense:2400,relu,dense:1364,relu,dense:1"
MODELS = {
    "linear_regression": "Linear Regression",
    "cnn": "CNN",
    "cnn_pruned": "Pruned CNN",
    "cnn_early_stopping": "CNN + Early Stopping",
    "tune": "CNN + Hyperparameter Tuning",
    "tune_pruned": "CNN + Hyperparameter Pruning",
}
FULL = {"epochs": 50, "trials": 30, "prune_after": 10, "patience": 10}
QUICK = {"epochs": 6, "trials": 8, "prune_after": 2, "patience": 2}
PACKAGES = ("torch", "scikit-learn", "optuna", "numpy", "codecarbon")
LARGEST_TIME_STEPS = 12
DATA = pathlib.Path("datasets/nino12.csv")

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
    from sklearn.linear_model import LinearRegression

    samples = read_samples(numpy, 1)
    x, y = samples["train"]
    with interval(options) as result:
        model = LinearRegression().fit(x[:, -1:], y)
    for split in ("validation", "test"):
        x, y = samples[split]
        result["rmse_" + split] = rmse(model.predict(x[:, -1:]), y)


class Training:
    """One training of the network, as torch.manual_seed(seed) and the study's protocol have it."""

    def __init__(self, options, time_steps=1, learning_rate=1e-4, optimizer="adam"):
        import numpy
        import torch

        from bench_peer import sequential

        self.torch, self.options, self.epochs = torch, options, 0
        torch.manual_seed(options.seed)
        self.network = sequential(torch, options.arch, 1, LARGEST_TIME_STEPS)
        self.truth, self.data = {}, {}
        for split, (x, y) in read_samples(numpy, time_steps).items():
            self.truth[split] = y
            self.data[split] = torch.tensor(x, dtype=torch.float32)[:, None, :], torch.tensor(y, dtype=torch.float32)
        kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
        self.optimizer = kind(self.network.parameters(), lr=learning_rate)

    def epoch(self, batch_size=10):
        """Trains one epoch; returns the validation RMSE after it, and sees to the test RMSE as well."""
        torch, (x, y) = self.torch, self.data["train"]
        loss_of = torch.nn.MSELoss()
        for chosen in torch.randperm(len(x)).split(batch_size):
            self.optimizer.zero_grad()
            loss = loss_of(self.network(x[chosen]).squeeze(1), y[chosen])
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
    sampler = optuna.samplers.TPESampler(seed=options.seed, multivariate=True)
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


def run_row(options):
    if options.row == "linear_regression":
        fit_regression(options)
    elif options.row == "tune":
        search(options, lambda optuna: optuna.pruners.NopPruner())
    elif options.row == "tune_pruned":
        search(options, lambda optuna: optuna.pruners.PercentilePruner(10.0))
    else:
        train(options, prune=options.row == "cnn_pruned", early_stopping=options.row == "cnn_early_stopping")


class interval:
    """What Table 3 counts: with interval(options) as result: …; writes the row's record when the process ends."""

    def __init__(self, options):
        self.record, self.tracker = {}, None
        options.results = self.record
        try:
            codecarbon = importlib.import_module("codecarbon")
        except ImportError:
            return
        country = options.country if options.country != "WLD" else "USA"  # only its kWh are used
        self.tracker = codecarbon.OfflineEmissionsTracker(
            country_iso_code=country, save_to_file=False, log_level="critical", allow_multiple_runs=True
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


# ---- both stacks from outside ------------------------------------------------------------


def metered(command, options, work):
    """Runs a command, under track where there is one; returns what the whole process took."""
    track = options.bin / "track"
    if track.exists():
        prefix = [track, "--output", work / "emissions.csv", "--country", options.country, "--"]
    else:
        prefix = []
    start = time.perf_counter()
    with (work / "log").open("w") as log:
        process = subprocess.Popen([*prefix, *command], stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = (work / "log").read_text(encoding="utf-8").strip().splitlines()[-3:]
        raise SystemExit(f"study.py: {' '.join(map(str, command))}: exit {process.returncode}\n" + "\n".join(tail))
    result = {
        "process_duration_s": time.perf_counter() - start,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "peak_memory_mb": usage.ru_maxrss * 1024 / 1e6,
    }
    for path in work.glob("track-*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        for key in ENERGY + ("energy_measured", "energy_sources"):
            result[key] = record.get(key)
        result["process_duration_s"] = record["duration_s"]
    return result


def run_ours(row, options, work):
    common = ["--seed", options.seed, "--country", options.country, "--out", work / "run"]
    common += ["--protocol", "quick" if options.quick else "full"]
    network = ["--arch", options.arch, "--epochs", options.epochs]
    # The fit is so short that the program repeats it to meter it; here once is enough.
    commands = {
        "linear_regression": ["linear_regression", "--batch-seconds", 1e-6],
        "cnn": ["cnn", *network],
        "cnn_pruned": ["cnn", *network, "--prune-unstructured", 0.5, "--prune-after", options.prune_after],
        "cnn_early_stopping": ["cnn", *network, "--early-stopping", options.patience],
        "tune": ["tune", *network, "--trials", options.trials],
        "tune_pruned": ["tune", *network, "--trials", options.trials, "--pruner", "percentile:10"],
    }
    program, *arguments = commands[row]
    result = metered([options.bin / program, *map(str, arguments + common)], options, work)
    record = json.loads((work / "run" / "run.json").read_text(encoding="utf-8"))
    for key in ("duration_s", "rmse_validation", "rmse_test", "epochs"):
        result[key] = record.get(key)
    return result


def run_python(row, options, work):
    record = work / "record.json"
    command = [sys.executable, __file__, "--row", row, "--record", record]
    for name in ("epochs", "trials", "prune_after", "patience", "seed", "arch", "country"):
        command += ["--" + name.replace("_", "-"), getattr(options, name)]
    result = metered(list(map(str, command)), options, work)
    return result | json.loads(record.read_text(encoding="utf-8"))


# ---- tables ------------------------------------------------------------------------------------

ENERGY = ("energy_kwh", "energy_low_kwh", "energy_high_kwh", "emissions_kg", "emissions_low_kg", "emissions_high_kg")
SUMMED = ("duration_s", "process_duration_s", "cpu_s") + ENERGY + ("epochs",)
QUANTITIES = SUMMED + ("peak_memory_mb", "rmse_validation", "rmse_test")
STACKS = ("greenmile", "python")
COLUMNS = (
    ["model"]
    + [f"{stack}_{quantity}" for quantity in QUANTITIES for stack in STACKS]
    + ["python_codecarbon_energy_kwh", "energy_measured", "protocol"]
)


def total(rows):
    """Sums; the peak of memory is the largest; errors have no sum."""

    def values(stack, key):
        return [row[stack].get(key) for row in rows.values() if row[stack].get(key) is not None]

    result = {}
    for stack in STACKS:
        result[stack] = {key: sum(values(stack, key)) for key in SUMMED if values(stack, key)}
        result[stack]["peak_memory_mb"] = max(values(stack, "peak_memory_mb"))
    return result


def table_line(model, row, options):
    line = {"model": model, "protocol": "quick" if options.quick else "full"}
    for stack in STACKS:
        line.update({f"{stack}_{key}": row[stack].get(key) for key in QUANTITIES})
    line["python_codecarbon_energy_kwh"] = row["python"].get("codecarbon_energy_kwh")
    measured = [row[stack].get("energy_measured") for stack in STACKS]
    line["energy_measured"] = None if None in measured else str(all(measured)).lower()
    return line


def markdown(lines, options):
    def pair(line, key, decimals):
        values = [line[f"{stack}_{key}"] for stack in STACKS]
        if None in values:
            return ["", "", ""]
        ratio = f"{values[1] / values[0]:.3g}" if values[0] > 0 else ""
        return [f"{v:.{decimals}g}" for v in values] + [ratio]

    heads = {"process_duration_s": "wall s", "cpu_s": "CPU s", "energy_kwh": "kWh", "peak_memory_mb": "peak MB"}
    text = []
    if options.quick:
        text += ["**Quick protocol: not the study.**", ""]
    columns = [f"{head}, {who}" for head in heads.values() for who in ("greenmile", "Python", "ratio")]
    columns += [f"{name}, {who}" for name in ("validation RMSE", "test RMSE") for who in ("greenmile", "Python")]
    text += ["| model | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for line in lines:
        cells = [cell for key in heads for cell in pair(line, key, 4)]
        cells += [cell for key in ("rmse_validation", "rmse_test") for cell in pair(line, key, 5)[:2]]
        text.append("| " + " | ".join([line["model"]] + cells) + " |")
    text += ["", "Wall time, CPU time, energy and memory of whole processes. " + energy_sentence(lines)]
    return "\n".join(text) + "\n"


def energy_sentence(lines):
    if all(line["greenmile_energy_kwh"] is None for line in lines):
        return "No energy: build/bin/track is not there."
    if lines[0]["energy_measured"] == "true":
        return "Energy is measured by greenmile's meter around both."
    return "Energy is modelled by greenmile's meter around both, so its ratio is mostly that of the times."


def write_whole(path, write):
    """`write` fills a file that gets its name once it is whole."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", newline="", delete=False) as f:
        try:
            write(f)
        except BaseException:
            os.unlink(f.name)
            raise
    os.chmod(f.name, 0o644)
    os.replace(f.name, path)


def write_results(rows, options):
    lines = [table_line(MODELS[row], rows[row], options) for row in rows]
    lines.append(table_line("Total", total(rows), options))

    def write_csv(f):
        writer = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)

    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = None
    settings = {name: getattr(options, name) for name in (*FULL, "seed", "arch", "country")}
    record = {
        "schema": "greenmile-stacks-1",
        "written_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "protocol": "quick" if options.quick else "full",
        "settings": settings,
        "python": platform.python_version(),
        "versions": versions,
        "rows": {MODELS[row]: rows[row] for row in rows},
        "total": total(rows),
    }
    write_whole(options.out / "stacks.csv", write_csv)
    write_whole(options.out / "stacks.json", lambda f: f.write(json.dumps(record, indent=2) + "\n"))
    text = markdown(lines, options)
    write_whole(options.out / "stacks.md", lambda f: f.write(text))
    print(text, end="")


# ---- main ------------------------------------------------------------------------------------------


def parse():
    parser = argparse.ArgumentParser(description="The same study with greenmile and with Python, side by side.")
    parser.add_argument("--quick", action="store_true", help="the shortened protocol")
    parser.add_argument("--out", type=pathlib.Path, default="results/peers", help="directory for the tables")
    parser.add_argument("--bin", type=pathlib.Path, default="build/bin", help="directory of greenmile's programs")
    parser.add_argument("--rows", default=",".join(MODELS), help="rows to run (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--country", default="WLD", help="carbon intensity, ISO 3166 alpha-3 (default WLD)")
    parser.add_argument("--arch", default=ARCH, help="network (default: the study's)")
    for name, value in FULL.items():
        parser.add_argument("--" + name.replace("_", "-"), type=int, help=f"default {value}, quick {QUICK[name]}")
    parser.add_argument("--row", choices=MODELS, help="used by this script: one row, in this process")
    parser.add_argument("--record", type=pathlib.Path, help="with --row: where its results go")
    options = parser.parse_args()
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    for row in options.rows.split(","):
        if row not in MODELS:
            parser.error(f"--rows {row}: expected some of {','.join(MODELS)}")
    if not DATA.exists():
        parser.error(f"{DATA} is not here: expected the root of the tree as current directory")
    return options


def main():
    options = parse()
    if options.row is not None:
        run_row(options)
        options.record.write_text(json.dumps(options.results), encoding="utf-8")
        return
    options.out.mkdir(parents=True, exist_ok=True)
    rows = {}
    for row in options.rows.split(","):
        rows[row] = {}
        for stack, run in (("greenmile", run_ours), ("python", run_python)):
            print(f"study.py: {MODELS[row]}, {stack}", file=sys.stderr)
            with tempfile.TemporaryDirectory() as work:
                rows[row][stack] = run(row, options, pathlib.Path(work))
    write_results(rows, options)


if __name__ == "__main__":
    main()
