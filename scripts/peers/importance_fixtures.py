#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Optuna's own judgement of studies: writes tests/fixtures/importance.json.

Every case is a journal (its lines) with one study, and what Optuna 5 says of it: divergences is what
PedAnovaImportanceEvaluator gives for each parameter before they are made to add up to 1, and front the numbers
of Study.best_trials where there are two objectives. Cases cover floats, logarithms, grids, integers, categories,
conditional and changing ranges, pruned, failed and infinite trials, ties, few trials.

Usage: importance_fixtures.py [FILE]; needs optuna >= 5.
"""
import json
import math
import os
import random
import sys
import tempfile
import warnings

import optuna
from optuna.importance import PedAnovaImportanceEvaluator
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

SEED = 20261127
warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)


def finish(study, trial, values, state=TrialState.COMPLETE):
    study.tell(trial, values if state == TrialState.COMPLETE else None, state=state)


def numbers(trial, rng):
    """Every kind of parameter."""
    x = trial.suggest_float("x", -2, 3)
    lr = trial.suggest_float("lr", 1e-5, 1e-1, log=True)
    grid = trial.suggest_float("grid", 0, 1, step=0.1)
    k = trial.suggest_int("k", 1, 12)
    wide = trial.suggest_int("wide", 0, 1000, step=7)
    units = trial.suggest_int("units", 1, 512, log=True)
    kind = trial.suggest_categorical("kind", ["adam", "sgd", None, True, 3])
    return x * x + (math.log10(lr) + 3) ** 2 + 0.1 * k + 0.3 * (kind == "sgd") + 1e-3 * wide + grid * 0 + units * 1e-4


def conditional(trial, rng):
    kind = trial.suggest_categorical("kind", ["a", "b", "c"])
    if kind == "a":
        return trial.suggest_float("depth", 0, 1) + 0.5
    if kind == "b":
        return trial.suggest_float("depth", 0, 10) / 10 + trial.suggest_int("only_b", 1, 5) / 10
    return rng.random()


def single(trial, rng):
    trial.suggest_int("fixed", 4, 4)
    trial.suggest_categorical("alone", ["one"])
    return trial.suggest_float("x", 0, 1)


def two(trial, rng):
    x = trial.suggest_float("x", 0, 1)
    k = trial.suggest_int("k", 1, 12)
    return [round((x - 0.3) ** 2 + 0.01 * k, 3), round(1 - x + 0.02 * k, 3)]


def ties(trial, rng):
    return float(trial.suggest_int("k", 0, 5) // 2) + 0 * trial.suggest_float("x", 0, 1)


CASES = [
    ("all kinds", numbers, ["minimize"], 45),
    ("all kinds, few", numbers, ["maximize"], 14),
    ("two trials", numbers, ["minimize"], 2),
    ("conditional", conditional, ["minimize"], 40),
    ("conditional, maximize", conditional, ["maximize"], 31),
    ("single values", single, ["minimize"], 25),
    ("ties", ties, ["minimize"], 30),
    ("odd states", numbers, ["minimize"], 40),
    ("two objectives", two, ["minimize", "minimize"], 50),
    ("two directions", two, ["maximize", "minimize"], 33),
]


def shorter(line):
    """The same record without what does not matter here."""
    record = json.loads(line)
    record["worker_id"] = "py"
    for key in ("datetime_start", "datetime_complete"):
        if record.get(key) is not None:
            record[key] = "2026-01-01T00:00:00"
    return json.dumps(record, separators=(",", ":"))


def make(name, objective, directions, n):
    rng = random.Random(f"{SEED} {name}")
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "journal")
        storage = JournalStorage(JournalFileBackend(path))
        study = optuna.create_study(
            study_name="s",
            storage=storage,
            directions=directions,
            sampler=optuna.samplers.RandomSampler(seed=rng.randint(0, 2**31)),
        )
        for i in range(n):
            trial = study.ask()
            value = objective(trial, rng)
            if name == "odd states" and i % 5 == 1:
                trial.report(value, 3)
                finish(study, trial, None, TrialState.PRUNED)
            elif name == "odd states" and i % 7 == 2:
                finish(study, trial, None, TrialState.FAIL)
            elif name == "odd states" and i % 11 == 3:
                finish(study, trial, math.inf if i % 2 else -math.inf)
            elif not (name == "odd states" and i == n - 1):  # the last one runs on
                finish(study, trial, value)
        divergences = PedAnovaImportanceEvaluator().evaluate(study)
        case = {"name": name, "divergences": divergences}
        if len(directions) > 1:
            case["front"] = [trial.number for trial in study.best_trials]
        with open(path) as file:
            case["journal"] = [shorter(line) for line in file]
        return case


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/importance.json"
    fixture = {"optuna": optuna.__version__, "cases": [make(*case) for case in CASES]}
    with open(path, "w") as file:
        json.dump(fixture, file)
        file.write("\n")


main()
