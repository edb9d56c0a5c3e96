#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs the same studies here (build/tests/peer_tuning) and in Optuna, prints one line a check; exit code 1 on a miss.

    conformance_tuning.py [--build build]              seeded studies suggest what Optuna suggests
    conformance_tuning.py --quality [--seeds 100]      and find values that are not worse (minutes)

Suggestions: floats to 1e-9 relative, integers, categories, states and numbers of reports exactly. Two things in Optuna
differ with numpy and processor, so for these checks it is patched: argsort in the bandwidths is made stable (which of
equal observations gets which bandwidth matters in joint densities), and the first of scores within 1e-12 of the largest
wins (categories seen equally often tie but for rounding). Each line also says whether Optuna as it is installed agrees.
The target is Optuna 5. Older ones differ by design (before 5 in the joint bandwidths, before 3.5 in
every continuous density), so with them only random draws and pruning are compared.

Quality: Optuna as it is installed, TPE with its defaults, other seeds than ours so that the runs are independent; best
values after 50 and 100 trials; one-sided Mann–Whitney test of "ours are worse", p by Holm's method over all tests.
"""
import argparse
import contextlib
import csv
import functools
import json
import math
import os
import statistics
import subprocess
import tempfile
import warnings

import numpy

warnings.simplefilter("ignore")
import optuna  # noqa: E402
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution  # noqa: E402
from optuna.samplers import TPESampler  # noqa: E402
from optuna.samplers._tpe import parzen_estimator  # noqa: E402

from checks import Checks, relative  # noqa: E402

optuna.logging.set_verbosity(optuna.logging.ERROR)
TARGET = int(optuna.__version__.split(".")[0]) >= 5
TOLERANCE, SIGNIFICANCE = 1e-9, 0.05
TRIALS, STARTUP = 30, 10
STAGES = (50, 100)  # trials after which best values are compared
OTHER_SEEDS = 1000000  # Optuna's seeds begin here
CURVES = "tests/fixtures/learning_curves.csv"

# ---- objectives: parameters to a list of numbers, intermediate values first, the objective last -----------------


def real(low, high, log=False):
    return FloatDistribution(float(low), float(high), log=log)


STUDY = {"num_input_time_steps": IntDistribution(1, 12), "learning_rate": real(1e-5, 1e-1, log=True),
         "optimizer": CategoricalDistribution(["adam", "sgd"])}


def bowl(num_input_time_steps, learning_rate, optimizer):
    return [((num_input_time_steps - 7) / 6) ** 2 + (math.log10(learning_rate) + 3) ** 2 + 0.3 * (optimizer == "sgd")]


BRANIN = {"x": real(-5, 10), "y": real(0, 15)}


def branin(x, y):
    return [(y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2
            + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10]


HARTMANN = {f"x{i}": real(0, 1) for i in range(6)}
HARTMANN_ALPHA = numpy.array([1.0, 1.2, 3.0, 3.2])
HARTMANN_A = numpy.array([[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8],
                          [17, 8, 0.05, 10, 0.1, 14]])
HARTMANN_P = 1e-4 * numpy.array([[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
                                 [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]])


def hartmann(**x):
    x = numpy.array([x[name] for name in HARTMANN])
    return [-float(HARTMANN_ALPHA @ numpy.exp(-(HARTMANN_A * (x - HARTMANN_P) ** 2).sum(axis=1)))]


MIXED = {"n": IntDistribution(1, 16), "grid": IntDistribution(0, 30, step=2),
         "width": IntDistribution(1, 512, log=True), "x": real(-2, 2), "rate": real(1e-5, 1e-1, log=True),
         "kind": CategoricalDistribution(["round", "wavy", "sharp"])}


def mixed(n, grid, width, x, rate, kind):
    """Least at kind wavy, x 0, n 7, grid 20, width 64, rate 1e-3: -0.2."""
    shape = {"round": x * x, "wavy": x * x + 0.8 - math.cos(2 * math.pi * x), "sharp": abs(x - 1) + 0.1}[kind]
    return [shape + ((n - 7) / 8) ** 2 + abs(grid - 20) / 30 + math.log2(width / 64) ** 2 / 16
            + (math.log10(rate) + 3) ** 2 / 4]


@functools.lru_cache(maxsize=None)
def curves():
    """{(time steps, index of the learning rate, optimizer): [RMSE of epoch 1, …]}, recorded by learning_curves.py."""
    with open(CURVES) as f:
        rows = list(csv.reader(line for line in f if not line.startswith("#")))[1:]
    rates = sorted({float(row[1]) for row in rows})
    return {(int(row[0]), rates.index(float(row[1])), row[2]): [float(v) for v in row[3:]] for row in rows}


def recorded(num_input_time_steps, learning_rate, optimizer):
    """The recorded curve at the nearest learning rate; two of them a decade from 1e-5."""
    curve = curves()[num_input_time_steps, round(2 * (math.log10(learning_rate) + 5)), optimizer]
    return curve + curve[-1:]

# ---- one study here, one there; both return (internal values, state, number of reports, value) a trial -----------


def here(build, space, objective, seed, trials, multivariate=True, percentile=None, startup=STARTUP):
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        json.dump({name: optuna.distributions.distribution_to_json(d) for name, d in space.items()}, f)
        f.flush()
        command = [os.path.join(build, "tests", "peer_tuning"), "--space", f.name, "--seed", str(seed), "--trials",
                   str(trials), "--startup-trials", str(startup)]
        command += [] if multivariate else ["--univariate"]
        command += ["--pruner", f"percentile:{percentile}"] if percentile is not None else []
        rows = []
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1) as program:
            while line := program.stdout.readline():
                internal = [float(word) for word in line.split()]
                numbers = objective(**{name: space[name].to_external_repr(v) for name, v in zip(space, internal)})
                program.stdin.write(" ".join(map(repr, numbers)) + "\n")
                state, reports = program.stdout.readline().split()
                rows.append((internal, state, int(reports), numbers[-1] if state == "COMPLETE" else math.inf))
    if program.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit {program.returncode}")
    return rows


def there(space, objective, seed, trials, multivariate=True, percentile=None, startup=STARTUP):
    pruner = optuna.pruners.NopPruner() if percentile is None else optuna.pruners.PercentilePruner(float(percentile))
    sampler = TPESampler(seed=seed, multivariate=multivariate, n_startup_trials=startup)
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    rows = []
    for _ in range(trials):
        trial = study.ask(space)
        *reports, value = objective(**{name: trial.params[name] for name in space})
        state, n = "COMPLETE", 0
        for n, report in enumerate(reports, 1):
            trial.report(report, n - 1)
            if trial.should_prune():
                state, value = "PRUNED", math.inf
                break
        study.tell(trial, value if state == "COMPLETE" else None, optuna.trial.TrialState[state])
        rows.append(([float(d.to_internal_repr(trial.params[name])) for name, d in space.items()], state, n, value))
    return rows


# ---- suggestions ---------------------------------------------------------------------------------------------------


class StableNumpy:
    def __getattr__(self, name):
        return getattr(numpy, name)

    @staticmethod
    def argsort(a):
        return numpy.argsort(a, kind="stable")


def first_of_best(samples, score):
    best = int(numpy.argmax(score >= numpy.nanmax(score) - 1e-12))
    return {name: x[best].item() for name, x in samples.items()}


@contextlib.contextmanager
def patched():
    """Optuna 5 with ties decided as we do; see the head."""
    if not TARGET:
        yield
        return
    stock = parzen_estimator.np, TPESampler.__dict__["_compare"]
    parzen_estimator.np, TPESampler._compare = StableNumpy(), staticmethod(first_of_best)
    try:
        yield
    finally:
        parzen_estimator.np, TPESampler._compare = stock


def difference(ours, theirs):
    """Of one trial; infinite when state or number of reports disagree."""
    if ours[1:3] != theirs[1:3]:
        return math.inf
    return max(map(relative, ours[0] + [ours[3]], theirs[0] + [theirs[3]]))


def check_suggestions(checks, build, name, seed, trials, *study, **options):
    ours = here(build, *study, seed, trials, **options)
    with patched():
        theirs = there(*study, seed, trials, **options)
    complete = len(ours) == len(theirs) == trials
    worst = max(map(difference, ours, theirs)) if complete else math.inf
    note = ""
    if TARGET:
        stock = there(*study, seed, trials, **options)
        apart = [i for i in range(trials) if difference(stock[i], theirs[i]) > TOLERANCE]
        note = f"; unpatched {f'differs from trial {apart[0]} on' if apart else 'the same'}"
    pruned = sum(row[1] == "PRUNED" for row in ours)
    note = (f", {pruned} pruned" if pruned else "") + note
    checks.add(f"{name}, seed {seed}: {trials} trials{note}", worst, TOLERANCE)


def check_all_suggestions(checks, build):
    for seed in range(3):
        check_suggestions(checks, build, "random draws, percentile:25", seed, TRIALS, STUDY, recorded, percentile=25,
                          startup=TRIALS)
    if not TARGET:
        print(f"skipped: all else; Optuna {optuna.__version__} has other densities by design, the target is Optuna 5")
        return
    for multivariate in (False, True):
        way = "multivariate" if multivariate else "univariate"
        for seed in range(5):
            check_suggestions(checks, build, f"study, {way}", seed, TRIALS, STUDY, bowl, multivariate=multivariate)
        for name, percentile, study in (("recorded curves", 10, (STUDY, recorded)), ("mixed", None, (MIXED, mixed))):
            pruner = f", percentile:{percentile}" if percentile else ""
            check_suggestions(checks, build, f"{name}, {way}{pruner}", 0, TRIALS, *study, multivariate=multivariate,
                              percentile=percentile)


# ---- quality -------------------------------------------------------------------------------------------------------

FUNCTIONS = {"Branin": (BRANIN, branin, None), "Hartmann-6": (HARTMANN, hartmann, None), "mixed": (MIXED, mixed, None),
             "recorded curves, percentile:10": (STUDY, recorded, 10)}


def probability_of_worse(ours, theirs):
    """p of the one-sided Mann–Whitney test whose alternative is that ours are larger: normal approximation with the
    correction for ties and continuity, in scipy or as in Hollander & Wolfe, section 4.1."""
    try:
        from scipy.stats import mannwhitneyu
    except ImportError:
        return normal_approximation(ours, theirs)
    return float(mannwhitneyu(ours, theirs, alternative="greater", method="asymptotic").pvalue)


def normal_approximation(ours, theirs):
    a, b = numpy.asarray(ours)[:, None], numpy.asarray(theirs)
    u = float((a > b).sum() + 0.5 * (a == b).sum())
    m, n = len(ours), len(theirs)
    ties = numpy.unique(numpy.concatenate([ours, theirs]), return_counts=True)[1].astype(float)
    variance = m * n / 12 * (m + n + 1 - (ties**3 - ties).sum() / ((m + n) * (m + n - 1)))
    return 0.5 * math.erfc((u - m * n / 2 - 0.5) / math.sqrt(2 * variance)) if variance > 0 else 1.0


def holm(p):
    """Adjusted probabilities in the given order (Holm 1979)."""
    order, adjusted, least = sorted(range(len(p)), key=p.__getitem__), [0.0] * len(p), 0.0
    for rank, i in enumerate(order):
        least = max(least, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = least
    return adjusted


def summary(values):
    low, middle, high = numpy.percentile(values, [25, 50, 75])
    return f"{middle:.5g} ({low:.5g} … {high:.5g})"


def best_values(rows):
    return [min(row[3] for row in rows[:n]) for n in STAGES]


def check_quality(checks, build, seeds):
    print(f"quality: {seeds} seeds each, median (quartiles) of the best values")
    tests = []
    for name, (space, objective, percentile) in FUNCTIONS.items():
        ours = [here(build, space, objective, seed, STAGES[-1], percentile=percentile) for seed in range(seeds)]
        theirs = [there(space, objective, OTHER_SEEDS + seed, STAGES[-1], percentile=percentile)
                  for seed in range(seeds)]
        for best, n in zip(zip(zip(*map(best_values, ours)), zip(*map(best_values, theirs))), STAGES):
            tests.append((f"{name}: best of {n} trials", *best))
        if percentile is not None:
            epochs = [statistics.median(sum(row[2] for row in rows) for rows in runs) for runs in (ours, theirs)]
            print(f"           {name}: median number of epochs ours {epochs[0]:g}, Optuna {epochs[1]:g}")
    p = [probability_of_worse(ours, theirs) for _, ours, theirs in tests]
    for (name, ours, theirs), raw, adjusted in zip(tests, p, holm(p)):
        checks.verdict(adjusted >= SIGNIFICANCE, name, f"ours {summary(ours)}, Optuna {summary(theirs)}; p {raw:.3f}, "
                       f"by Holm {adjusted:.3f} (at least {SIGNIFICANCE})")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="where the programs are")
    parser.add_argument("--quality", action="store_true", help="also compare the best values found")
    parser.add_argument("--seeds", type=int, default=100, help="of --quality")
    given = parser.parse_args()
    checks = Checks()
    print(f"Optuna {optuna.__version__}, numpy {numpy.__version__}: the largest difference of"
          + (" (ties patched, see the head of the script)" if TARGET else ""))
    check_all_suggestions(checks, given.build)
    if given.quality and TARGET:
        check_quality(checks, given.build, given.seeds)
    elif given.quality:
        print("skipped: quality; it is compared with Optuna 5")
    checks.finish()


if __name__ == "__main__":
    main()
