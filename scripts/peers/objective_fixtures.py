#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Optuna's treatment of two objectives: writes tests/fixtures/objectives.json.

choices: losses, how many are wanted, the ranks of domination (exact up to those wanted), which ones TPESampler takes
for good, and the hypervolume of all below a reference point. runs: searches by TPESampler with a seed, of which
every parameter must be drawn again; batch: so many trials are asked before any is told; states may be FAIL. As in
our implementation, argsort is made stable and the first of scores within 1e-12 of the largest wins (tpe_reference.py).
Non-finite numbers are the strings "NaN", "Infinity", "-Infinity".

Usage: objective_fixtures.py [FILE]; needs optuna >= 5 and numpy.
"""
import json
import math
import sys
import warnings

import numpy
import optuna
from optuna._hypervolume import compute_hypervolume
from optuna.samplers import TPESampler
from optuna.samplers._tpe.sampler import _split_complete_trials_multi_objective
from optuna.study._multi_objective import _fast_non_domination_rank
from optuna.trial import TrialState, create_trial

from tpe_reference import choice, distribution, flt, integer, record

SEED = 20261127
warnings.simplefilter("ignore")


def choose(rng, n, directions, grid=None, infinite=0.0):
    """A split of n trials; grid: so many different values per objective."""
    study = optuna.create_study(directions=directions)
    values = rng.integers(0, grid, (n, 2)) / 4 if grid else numpy.round(rng.normal(size=(n, 2)), 3)
    values = values.astype(float)
    for i in range(n):
        if rng.uniform() < infinite:
            values[i, rng.integers(2)] = rng.choice([math.inf, -math.inf])
    trials = []
    for row in values:
        study.add_trial(create_trial(state=TrialState.COMPLETE, values=row.tolist()))
    trials = study.trials
    wanted = int(rng.integers(1, n + 1))
    below, _ = _split_complete_trials_multi_objective(trials, study, wanted)
    losses = values * [1.0 if d == "minimize" else -1.0 for d in directions]
    found = dict(
        directions=directions,
        values=values,
        n_wanted=wanted,
        rank=_fast_non_domination_rank(losses.copy(), n_below=wanted),
        chosen=sorted(t.number for t in below),
    )
    if numpy.isfinite(losses).all():
        reference = losses.max(axis=0) + 0.5
        found["reference"] = reference
        found["hypervolume"] = float(compute_hypervolume(losses, reference))
    return found


def objective(params, rng):
    x, k = params["x"], params["k"]
    first = (x - 0.4) ** 2 + 0.05 * (math.log10(params["lr"]) + 3) ** 2 + 0.1 * params["o"]
    return [round(first, 6), round(k * (1 + 0.3 * params["o"]) + 0.5 * x, 6)]


def run(seed, n, space, directions, batch=1, liar=True, fails=0.0):
    rng = numpy.random.default_rng(SEED + seed)
    study = optuna.create_study(directions=directions, sampler=TPESampler(seed=seed, constant_liar=liar))
    rows = []
    for first in range(0, n, batch):
        asked = []
        for _ in range(min(batch, n - first)):
            trial = study.ask()
            params, internal = {}, {}
            for p in space:
                d = distribution(p)
                params[p["name"]] = trial._suggest(p["name"], d)
                internal[p["name"]] = d.to_internal_repr(params[p["name"]])
            asked.append((trial, params, internal))
        for trial, params, internal in asked:
            if rng.uniform() < fails:
                study.tell(trial, state=TrialState.FAIL)
                rows.append(dict(params=internal, state="FAIL"))
                continue
            values = objective(params, rng)
            study.tell(trial, values)
            rows.append(dict(params=internal, state="COMPLETE", values=values))
    return dict(seed=seed, directions=directions, batch=batch, constant_liar=liar, trials=rows)


def main():
    rng = numpy.random.default_rng(SEED)
    both, mixed = ["minimize", "minimize"], ["maximize", "minimize"]
    space = [
        flt("x", 0, 1),
        integer("k", 1, 12),
        flt("lr", 1e-5, 1e-1, log=True),
        choice("o", 2),
    ]
    choices = [choose(rng, int(n), both) for n in (1, 2, 5, 10, 30, 80)]
    choices += [choose(rng, int(n), mixed) for n in (4, 17, 40)]
    choices += [choose(rng, int(n), both, grid=int(g)) for n, g in ((6, 2), (20, 3), (40, 4), (60, 3))]
    choices += [choose(rng, 30, both, infinite=0.2) for _ in range(4)]
    choices += [choose(rng, 25, mixed, grid=3, infinite=0.1) for _ in range(3)]
    fixture = dict(
        optuna=optuna.__version__,
        choices=choices,
        space=space,
        runs=[
            run(1, 60, space, both),
            run(2, 60, space, mixed, fails=0.1),
            run(3, 60, space, both, batch=4),
            run(4, 300, space[:2] + space[3:] + space[2:3], both, liar=False),
        ],
    )
    with open(sys.argv[1] if len(sys.argv) > 1 else "tests/fixtures/objectives.json", "w") as file:
        json.dump(record(fixture), file, separators=(",", ":"), allow_nan=False)
        file.write("\n")


main()
