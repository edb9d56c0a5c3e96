#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Everything Optuna can write into a journal, read back by C.

journal_zoo.py TUNE JOURNAL      TUNE is build/bin/tune, JOURNAL a file that does not exist yet

Writes studies with this Optuna (3.1 to 5.0): all kinds of parameters and choices, NaN and infinite
values, trials that were added, queued, pruned, failed, changed ranges, a deleted study, one of two
objectives. Then compares `tune --export csv` with what Optuna itself reads: numbers, states, values,
parameters, attributes. Exits 1 at the first difference.
"""
import csv
import math
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
import optuna  # noqa: E402
from journal_check import backend  # noqa: E402

CHOICES = ["sgd", "ädam\n", None, True, 3, 0.5]


def objective(trial):
    n = trial.number
    x = trial.suggest_float("x", -1.0 - n % 2, 1.0)
    trial.suggest_float("log", 1e-5, 1e-1, log=True)
    trial.suggest_float("grid", 0.0, 0.3, step=0.1)
    trial.suggest_int("k", 1, 9, step=2)
    trial.suggest_int("k_log", 1, 1000, log=True)
    trial.suggest_categorical("choice", CHOICES)
    trial.set_user_attr("text", 'a "quoted", comma')
    trial.set_user_attr("nested", {"list": [1, None, math.inf]})
    for step in range(3):
        trial.report(math.nan if (n + step) % 5 == 0 else x + step, step)
    if n % 7 == 3:
        raise optuna.TrialPruned
    if n % 7 == 4:
        return math.nan  # fails
    if n % 7 == 5:
        raise RuntimeError("fails too")
    return math.inf if n % 7 == 6 else x * x


def write(storage):
    optuna.create_study(study_name="gone", storage=storage).optimize(lambda t: 0.0, n_trials=2)
    two = optuna.create_study(study_name="two", storage=storage, directions=["minimize", "maximize"])
    two.optimize(lambda t: (t.suggest_float("x", 0, 1), 1.0), n_trials=2)
    optuna.delete_study(study_name="gone", storage=storage)
    study = optuna.create_study(study_name="zoo", storage=storage)
    study.set_user_attr("owner", "nobody")
    study.enqueue_trial({"x": 0.25, "choice": None})
    study.optimize(objective, n_trials=30, catch=(RuntimeError,))
    study.add_trial(
        optuna.trial.create_trial(
            params={"x": 0.5},
            distributions={"x": optuna.distributions.FloatDistribution(0, 1)},
            value=0.25,
            intermediate_values={0: 1.0, 10: 0.5},
            user_attrs={"text": "added"},
        )
    )
    study.ask()  # stays running
    study.enqueue_trial({"x": 0.125})
    return study


def number(text):
    return float(text) if text else math.nan


def same(text, value):
    """Whether a CSV field holds what Python has."""
    if value is None:
        return text == ""
    if isinstance(value, bool):
        return text == str(value).lower()
    if isinstance(value, (int, float)):
        return text != "" and (float(text) == value or (math.isnan(value) and math.isnan(float(text))))
    return text == value


def main():
    tune, path = sys.argv[1:]
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    study = write(optuna.storages.JournalStorage(backend(path)))
    output = subprocess.check_output([tune, "--journal", path, "--study", "zoo", "--export", "csv"], text=True)
    rows = list(csv.DictReader(output.splitlines(keepends=True)))
    trials = study.trials
    if len(rows) != len(trials):
        sys.exit(f"{len(rows)} trials in C, {len(trials)} in Python")
    for row, t in zip(rows, trials):
        value = t.values[0] if t.values else None
        checks = {"number": same(row["number"], t.number), "state": row["state"] == t.state.name}
        checks["value"] = same(row["value"], value)
        for key in ("x", "log", "grid", "k", "k_log", "choice"):
            checks[key] = same(row[f"params_{key}"], t.params.get(key))
        checks["text"] = same(row["user_attrs_text"], t.user_attrs.get("text"))
        checks["datetime_start"] = (row["datetime_start"] == "") == (t.datetime_start is None) and (
            t.datetime_start is None
            or abs(
                (t.datetime_start - type(t.datetime_start).fromisoformat(row["datetime_start"])).total_seconds()
            )
            < 2e-6  # two roundings to the microsecond
        )
        wrong = [name for name, ok in checks.items() if not ok]
        if wrong:
            sys.exit(f"trial {t.number}: {wrong} differ: {row} and {t}")
    best = subprocess.check_output([tune, "--journal", path, "--study", "zoo", "--best"], text=True)
    if f'"trial": {study.best_trial.number},' not in best:
        sys.exit(f"the best trial is {study.best_trial.number} in Python, in C {best}")
    print(f"{len(rows)} trials, the same in C and Optuna {optuna.__version__}")


if __name__ == "__main__":
    main()
