#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/fixtures/tpe_optuna.json: what Optuna's TPE does where tests/fixtures/tpe.json has no case
(int log, grids, many duplicates, parallel workers, changing ranges, conditional parameters, pruned and failed
trials, joint runs). Read by tests/conformance_tpe.c. Needs optuna >= 5 and numpy. As in our implementation, argsort is
made stable and the first of scores within 1e-12 of the largest wins; in stock Optuna both depend on numpy and processor.

    python3 scripts/peers/tpe_reference.py > tests/fixtures/tpe_optuna.json

Runs (e2e) may have, beyond seed, multivariate and trials: direction, constant_liar, n_startup_trials, batch (so many
trials are asked and suggested before any is told) and space (instead of e2e_space; a name may come twice with
different ranges). A trial may have asked (indexes into the space, in the order of suggesting), state and
intermediate; its params are then a list in that order.
"""
import json
import math
import sys

import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe import parzen_estimator
from optuna.samplers._tpe import probability_distributions as pd
from optuna.samplers._tpe import sampler as tpe
from optuna.trial import TrialState, create_trial


class StableNumpy:
    def __getattr__(self, name):
        return getattr(numpy, name)

    @staticmethod
    def argsort(a):
        return numpy.argsort(a, kind="stable")


def first_of_best(score):
    return int(numpy.argmax(score >= numpy.nanmax(score) - 1e-12))


def compare(samples, score):
    best = first_of_best(score)
    return {name: x[best].item() for name, x in samples.items()}


parzen_estimator.np = StableNumpy()
TPESampler._compare = staticmethod(compare)
optuna.logging.set_verbosity(optuna.logging.ERROR)
N_CANDIDATES = 24


def record(x):
    """Numbers for JSON; strings stand for those it lacks."""
    if isinstance(x, dict):
        return {k: record(v) for k, v in x.items()}
    if isinstance(x, (list, tuple, numpy.ndarray)):
        return [record(v) for v in x]
    if isinstance(x, numpy.generic):
        x = x.item()
    if isinstance(x, float) and not math.isfinite(x):
        return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"
    return x


def flt(name, low, high, log=False, step=None):
    return dict(name=name, kind="float", low=float(low), high=float(high), log=log, step=step)


def integer(name, low, high, log=False, step=1):
    return dict(name=name, kind="int", low=low, high=high, log=log, step=step)


def choice(name, n):
    return dict(name=name, kind="categorical", n_choices=n)


def distribution(p):
    if p["kind"] == "categorical":
        return CategoricalDistribution(list(range(p["n_choices"])))
    make = FloatDistribution if p["kind"] == "float" else IntDistribution
    return make(p["low"], p["high"], log=p["log"], step=p["step"])


def draw(rng, d):
    if isinstance(d, CategoricalDistribution):
        return int(rng.integers(len(d.choices)))
    if d.log:
        x = math.exp(rng.uniform(math.log(d.low), math.log(d.high)))
    else:
        x = rng.uniform(d.low, d.high)
    if d.step is not None:
        x = min(max(d.low + round((x - d.low) / d.step) * d.step, d.low), d.high)
    return int(x) if isinstance(d, IntDistribution) else float(x)


# ---- cases and sampling ----------------------------------------------------------------------------------------


def history(rng, params, n, n_running, missing, direction):
    dists = {p["name"]: distribution(p) for p in params}
    study = optuna.create_study(direction=direction)
    rows = []
    for i in range(n + n_running):
        values = {k: draw(rng, d) for k, d in dists.items() if rng.uniform() >= missing}
        score = round(float(rng.normal()), 3)
        state = TrialState.RUNNING if i >= n else TrialState.PRUNED if rng.uniform() < 0.3 else TrialState.COMPLETE
        reports = {int(s): round(float(rng.normal()), 2) for s in rng.permutation(4)[: rng.integers(4)]}
        if reports and rng.uniform() < 0.1:
            reports[max(reports)] = math.nan
        if state == TrialState.COMPLETE and rng.uniform() < 0.05:
            score = math.copysign(math.inf, score)
        study.add_trial(
            create_trial(
                state=state,
                value=score if state == TrialState.COMPLETE else None,
                params=values,
                distributions={k: dists[k] for k in values},
                intermediate_values=reports,
            )
        )
        rows.append(
            dict(
                number=i,
                state=state.name,
                value=score if state == TrialState.COMPLETE else None,
                params={k: dists[k].to_internal_repr(v) for k, v in values.items()},
                intermediate=[[s, v] for s, v in reports.items()],
            )
        )
    return study, dists, rows


def model_of(estimator, params):
    mixture = estimator._mixture_distribution
    model = dict(weights=mixture.weights)
    for p, d in zip(params, mixture.distributions):
        if isinstance(d, pd._BatchedCategoricalDistributions):
            model[p["name"]] = dict(rows=d.weights)
        else:
            model[p["name"]] = dict(mu=d.mu, sigma=d.sigma)
    return model


class FixedUniforms:
    """Stands for a RandomState and notes what it gave out."""

    def __init__(self, seed):
        self.rng = numpy.random.RandomState(seed)

    def choice(self, n, p, size):
        self.u_component = self.rng.random_sample(size)
        cdf = p.cumsum()
        self.component = (cdf / cdf[-1]).searchsorted(self.u_component, side="right")
        return self.component

    def rand(self, size):
        self.categorical = getattr(self, "categorical", []) + [self.rng.random_sample(size)]
        return self.categorical[-1]

    def uniform(self, low, high, size):
        self.numeric = self.rng.random_sample(size)
        return self.numeric


def case(name, params, n, seed, n_running=0, missing=0.0, direction="minimize", liar=False):
    rng = numpy.random.default_rng(seed)
    study, dists, rows = history(rng, params, n, n_running, missing, direction)
    states = [TrialState.COMPLETE, TrialState.PRUNED] + ([TrialState.RUNNING] if liar else [])
    trials = study.get_trials(states=states)
    n_finished = sum(t.state != TrialState.RUNNING for t in trials)
    n_below = tpe.default_gamma(n_finished)
    groups = tpe._split_trials(study, trials, n_below)
    sampler = TPESampler(multivariate=True, constant_liar=liar)
    below, above = (
        sampler._build_parzen_estimator(study, dists, g, handle_below=not i) for i, g in enumerate(groups)
    )
    queries = [{k: d.to_internal_repr(draw(rng, d)) for k, d in dists.items()} for _ in range(10)]
    for k, d in dists.items():
        if not isinstance(d, CategoricalDistribution):
            queries[0][k], queries[1][k] = float(d.low), float(d.high)
    x = {k: numpy.array([q[k] for q in queries], dtype=float) for k in dists}
    log_l, log_g = below.log_pdf(x), above.log_pdf(x)
    uniforms = FixedUniforms(seed)
    sample = below.sample(uniforms, N_CANDIDATES)
    score = below.log_pdf(sample) - above.log_pdf(sample)
    is_categorical = {k: isinstance(d, CategoricalDistribution) for k, d in dists.items()}
    categorical, numeric = iter(getattr(uniforms, "categorical", [])), iter(getattr(uniforms, "numeric", []))
    u_value = {k: next(categorical if is_categorical[k] else numeric) for k in dists}
    return (
        dict(
            name=name, note="", direction=direction, multivariate=len(params) > 1, constant_liar=liar, params=params,
            trials=rows, n_finished=n_finished, n_below=n_below, below=[t.number for t in groups[0]],
            above=[t.number for t in groups[1]], query=queries,
            ref=dict(v5=dict(log_l=log_l, log_g=log_g, argmax=first_of_best(log_l - log_g))),
            model=dict(v5=dict(below=model_of(below, params), above=model_of(above, params))),
        ),
        dict(
            case=name, u_component=uniforms.u_component, component=uniforms.component, u_value=u_value, sample=sample,
            score=score, chosen=first_of_best(score),
        ),
    )


# ---- seeded runs -----------------------------------------------------------------------------------------------


def suggest(trial, p):
    if p["kind"] == "categorical":
        return trial.suggest_categorical(p["name"], list(range(p["n_choices"])))
    if p["kind"] == "int":
        return float(trial.suggest_int(p["name"], p["low"], p["high"], log=p["log"], step=p["step"]))
    return trial.suggest_float(p["name"], p["low"], p["high"], log=p["log"], step=p["step"])


def run(seed, multivariate, liar, n, space, direction="minimize", batch=1, conditional=0.0, n_startup=10):
    rng = numpy.random.default_rng(seed)
    sampler = TPESampler(seed=seed, multivariate=multivariate, constant_liar=liar, n_startup_trials=n_startup)
    study = optuna.create_study(direction=direction, sampler=sampler)
    rows = []
    for start in range(0, n, batch):
        open_trials = []
        for _ in range(start, min(start + batch, n)):
            trial = study.ask()
            asked = [i for i in range(len(space)) if i == 0 or rng.uniform() >= conditional]
            if conditional:
                rng.shuffle(asked)
            open_trials.append((trial, asked, [suggest(trial, space[i]) for i in asked]))
        for trial, asked, values in open_trials:
            fate = rng.uniform()
            value = round(sum((v - 0.3) ** 2 / (1.0 + abs(v)) for v in values) + float(rng.normal()) * 0.1, 6)
            row = dict(asked=[int(i) for i in asked], params=values, state="COMPLETE", value=value, intermediate=[])
            if conditional and fate < 0.3:
                row["state"], row["value"] = ("FAIL", None) if fate < 0.1 else ("PRUNED", None)
            if conditional:
                row["intermediate"] = [[s, round(value + 1.0 / (s + 1), 3)] for s in range(int(rng.integers(4)))]
            for step, v in row["intermediate"]:
                trial.report(v, step)
            study.tell(trial, row["value"], state=TrialState[row["state"]])
            rows.append(row)
    return dict(seed=seed, multivariate=multivariate, constant_liar=liar, direction=direction, batch=batch,
                n_startup_trials=n_startup, space=space, trials=rows)


def main():
    mixed = [choice("a", 3), flt("d", 0, 1, step=0.125), integer("k", 1, 20), flt("lr", 1e-4, 0.1, log=True),
             integer("units", 1, 256, log=True), flt("x", -2, 2)]
    pairs = [
        case("intlog_40", [integer("b", 1, 512, log=True)], 40, 1),
        case("intlog_small_120", [integer("b", 1, 8, log=True)], 120, 2, direction="maximize"),
        case("int_wide_60", [integer("k", -100000, 100000)], 60, 3),
        case("int_duplicates_300", [integer("k", 1, 12)], 300, 4),
        case("floatgrid_offgrid_high_45", [flt("d", -0.3, 1.0, step=0.2)], 45, 5),
        case("liar_missing_50", [flt("x", 0, 1), choice("c", 5)], 50, 6, n_running=6, missing=0.2, liar=True),
        case("running_ignored_20", [flt("x", 0, 1)], 20, 7, n_running=6),
        case("mixed_max_80", mixed, 80, 8, direction="maximize"),
        case("mixed_empty_below_12", mixed, 12, 9, missing=0.9),
    ]
    # Few trials with the range 0 … 1 first, then 0 … 2: the name leaves and the joint draw must follow.
    moving = [flt("x", -1, 1), flt("x", -1, 2), integer("n", 1, 24), flt("lr", 1e-5, 1e-1, log=True), choice("o", 2),
              integer("one", 3, 3), flt("x", -1, 0.25), flt("g", 0.0, 0.75, step=0.25)]
    runs = [
        run(42, True, False, 40, mixed),
        run(7, True, True, 40, mixed, direction="maximize"),
        run(3, True, True, 45, mixed, batch=4),
        run(4, False, True, 45, mixed, batch=3),
        run(11, True, True, 60, moving, conditional=0.15, batch=2),
        run(12, False, True, 60, moving, conditional=0.3, batch=3, direction="maximize"),
        run(13, True, False, 60, moving[1:5], conditional=1e-9, n_startup=5),
    ]
    fixture = dict(
        meta=dict(generator=f"scripts/peers/tpe_reference.py, optuna {optuna.__version__}, numpy {numpy.__version__}"),
        gamma=[[n, tpe.default_gamma(n), tpe.hyperopt_default_gamma(n)] for n in (3, 99, 101, 241, 260, 9999, 11000)],
        weights={str(n): tpe.default_weights(n) for n in (31, 40)},
        cases=[c for c, _ in pairs],
        splits=[],
        sampling=[s for _, s in pairs],
        numerics=dict(log_ndtr=[], log_mass=[], ppf=[]),
        e2e_space=mixed,
        e2e=runs,
    )
    json.dump(record(fixture), sys.stdout, separators=(",", ":"), allow_nan=False)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
