#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Decisions of Optuna's own pruners: writes tests/fixtures/pruners.json.

Every case is a study of some trials, a running trial, and a pruner; expected are its verdict and the system
attributes that its look leaves on the trial. Brackets: which of its brackets hyperband gives to trials.
Non-finite numbers are the strings "NaN", "Infinity", "-Infinity".

Usage: pruner_fixtures.py [FILE]; needs optuna >= 5.
"""
import json
import math
import os
import random
import sys
import warnings

import optuna
from optuna.pruners import HyperbandPruner, MedianPruner, PatientPruner, PercentilePruner
from optuna.pruners import SuccessiveHalvingPruner, ThresholdPruner
from optuna.trial import TrialState, create_trial

SEED = 20261126


def plain(x):
    if isinstance(x, dict):
        return {key: plain(value) for key, value in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(value) for value in x]
    if isinstance(x, float) and not math.isfinite(x):
        return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    return x


def value(rng):
    return rng.choice([round(rng.uniform(0, 4), 4), float(rng.randint(0, 4)), round(rng.uniform(0, 4), 1)])


def odd(rng, share):
    return rng.choice([math.nan, math.inf, -math.inf]) if rng.random() < share else value(rng)


def reports(rng, longest, share):
    n = rng.randint(0, longest)
    steps = list(range(n)) if rng.random() < 0.7 else sorted(rng.sample(range(2 * longest), n))
    return {step: odd(rng, share) for step in steps}


def pruner(rng, kind):
    """The pruner and the same in words of the tuner."""
    warmup, interval = rng.choice([0, 0, 2]), rng.choice([1, 1, 3])
    if kind == "successive-halving":
        least, factor = rng.choice(["auto", 1, 2, 3]), rng.choice([2, 3, 4])
        rate, bootstrap = rng.choice([0, 0, 1]), 0 if least == "auto" else rng.choice([0, 0, 2])
        return (
            SuccessiveHalvingPruner(least, factor, rate, bootstrap),
            {"text": f"{kind}:{least},{factor}", "early_stopping_rate": rate, "bootstrap_count": bootstrap},
        )
    if kind == "hyperband":
        least, most, factor = rng.choice([1, 2]), rng.choice(["auto", 9, 27]), rng.choice([2, 3])
        bootstrap = 0 if most == "auto" else rng.choice([0, 0, 1])
        return (
            HyperbandPruner(least, most, factor, bootstrap),
            {"text": f"{kind}:{least},{most},{factor}", "bootstrap_count": bootstrap},
        )
    if kind == "threshold":
        lower, upper = rng.choice([(None, 2.5), (1.0, None), (0.5, 3.5)])
        text = f"threshold:{'' if lower is None else lower},{'' if upper is None else upper}"
        return ThresholdPruner(lower, upper, warmup, interval), {
            "text": text, "n_warmup_steps": warmup, "interval_steps": interval}
    if kind == "percentile":
        percent, startup = rng.choice([10.0, 25.0, 75.0]), rng.choice([0, 3])
        return PercentilePruner(percent, startup, warmup, interval), {
            "text": f"percentile:{percent:g}", "n_startup_trials": startup, "n_warmup_steps": warmup,
            "interval_steps": interval}
    patience, delta = rng.choice([0, 1, 3]), rng.choice([0.0, 0.0, 0.5])
    inner, text = rng.choice([(None, ""), (MedianPruner(0), ",median"), (SuccessiveHalvingPruner(1, 2), ",successive-halving:1,2")])
    return PatientPruner(inner, patience, delta), {
        "text": f"patient:{patience}{text}", "min_delta": delta, "n_startup_trials": 0}


def case(rng, kind, number):
    direction = rng.choice(["minimize", "maximize"])
    longest, share = rng.choice([4, 8, 20]), rng.choice([0.0, 0.1])
    method, config = pruner(rng, kind)
    study = optuna.create_study(study_name=f"study{number % 7}", direction=direction, pruner=method)
    others = []
    for _ in range(rng.randint(0, 14)):
        state = rng.choice([TrialState.COMPLETE] * 3 + [TrialState.PRUNED, TrialState.FAIL])
        seen = reports(rng, longest, share)
        rungs = {f"completed_rung_{k}": value(rng) for k in range(rng.randint(0, 3))}
        study.add_trial(create_trial(
            state=state, value=value(rng) if state == TrialState.COMPLETE else None, intermediate_values=seen,
            system_attrs=rungs))
        others.append({"state": state.name, "intermediate": list(seen.items()), "system_attrs": rungs})
    trial = study.ask()
    before = {f"completed_rung_{k}": value(rng) for k in range(rng.choice([0, 0, 0, 1, 2]))}
    for key, rung in before.items():
        study._storage.set_trial_system_attr(trial._trial_id, key, rung)
    current = reports(rng, longest, share)
    for step, x in current.items():
        trial.report(x, step)
    prune = trial.should_prune()
    after = study._storage.get_trial(trial._trial_id).system_attrs
    marks = {key: x for key, x in after.items() if key.startswith("completed_rung") and key not in before}
    return plain({
        "id": number, "study": study.study_name, "direction": direction, "pruner": config, "others": others,
        "number": trial.number, "system_attrs": before, "current": list(current.items()), "prune": bool(prune),
        "marks": marks})


def brackets():
    found = []
    for least, most, factor in [(1, 9, 3), (1, 50, 3), (2, 50, 2), (1, 1000, 10), (5, 50, 4)]:
        method = HyperbandPruner(least, most, factor)
        study = optuna.create_study(study_name="nino12", pruner=method)
        method._try_initialization(study)
        ids = [method._get_bracket_id(study, type("T", (), {"number": n})()) for n in range(60)]
        found.append({"text": f"hyperband:{least},{most},{factor}", "study": "nino12", "n": method._n_brackets, "brackets": ids})
    return found


def main():
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    here = os.path.dirname(os.path.abspath(__file__))
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../tests/fixtures/pruners.json")
    rng = random.Random(SEED)
    kinds = ["successive-halving", "hyperband", "patient", "threshold", "percentile"]
    cases = [case(rng, kinds[i % len(kinds)], i) for i in range(250)]
    with open(path, "w", encoding="utf-8") as file:
        file.write('{"optuna": "%s", "brackets": %s,\n"cases": [\n' % (optuna.__version__, json.dumps(brackets())))
        file.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases) + "\n]}\n")


if __name__ == "__main__":
    main()
