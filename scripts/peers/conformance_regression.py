#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fits the same regressions with build/bin/linear_regression and with scikit-learn and numpy, and prints one line a
check with the largest difference; exit code 1 when one is too large.

    conformance_regression.py [--build build]

Coefficients and intercept (linear.json), forecasts (predictions.csv) and the persistence forecast's errors (run.json)
agree to 1e-8, relative to the largest of them; ranks, and the λ that leave-one-out chooses, exactly. Samples are built
here from the tables, independently of datasets/. LinearRegression, Ridge and RidgeCV are scikit-learn's; least
squares with a cut-off, and any with p > n, is numpy.linalg.lstsq on centred data with the same cut-off. Run from the
root of the tree.
"""
import argparse
import csv
import json
import os
import tempfile

import numpy
import sklearn
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV

from checks import Checks, relative, run

TOLERANCE = 1e-8
LAMBDAS = numpy.logspace(-4, 8, 49)
BLOCK = 24  # months left out together
LARGEST_T = 12  # a sample needs so many past months whatever T is


class Table:
    """A monthly series: channels (months, features), target (months), first and last input month of each split."""

    def __init__(self, channels, target, splits, options):
        self.channels, self.target, self.splits, self.options = channels, target, splits, options

    def samples(self, split, steps, lead):
        """X with the channels one after the other, each from the oldest month to the newest; y; the index at t."""
        first, last = self.splits[split]
        t = numpy.arange(max(first, LARGEST_T - 1), min(last, len(self.target) - 1 - lead) + 1)
        x = numpy.stack([self.channels[t - lag] for lag in range(steps - 1, -1, -1)], axis=2)
        return x.reshape(len(t), -1), self.target[t + lead], self.target[t]


def nino12():
    with open("datasets/nino12.csv") as f:
        table = numpy.array([row[1:] for row in csv.reader(line for line in f if line[0].isdigit())], float)
    index = (table - table[:30].mean(axis=0)).ravel()  # 1950–1979
    january = lambda year: (year - 1950) * 12
    splits = {"train": (january(1980), january(1996) - 1), "validation": (january(1997), january(2007) - 1),
              "test": (january(2007), len(index))}
    return Table(index[:, None], index, splits, [])


def random_table(directory, features, train_years, seed, rank=None):
    """A CSV file of noise with a trend to learn, months from 1980-01; of given rank but for rounding."""
    numbers, months = numpy.random.RandomState(seed), (train_years + 7) * 12
    values = numbers.standard_normal((months, features))
    if rank is not None:
        values = values[:, :rank] @ numbers.standard_normal((rank, features))
    values = (values * numpy.logspace(-1, 1, features) + numpy.linspace(-5, 5, features)).round(6)
    signal = numpy.convolve(values[:, 0] - values[:, -1] / 10, [0.5, 0.3, 0.2])[:months]
    target = (signal + numbers.standard_normal(months)).round(6)
    names = [f"f{i}" for i in range(features)]
    path = os.path.join(directory, f"table_{features}_{seed}.csv")
    with open(path, "w") as f:
        f.write(",".join(["date", "y"] + names) + "\n")
        for i in range(months):
            row = [f"{1980 + i // 12}-{i % 12 + 1:02d}", repr(float(target[i]))] + [repr(float(v)) for v in values[i]]
            f.write(",".join(row) + "\n")
    year = 1981 + train_years
    options = ["--csv", path, "--date-column", "date", "--target", "y", "--features", ",".join(reversed(names)),
               "--train", f"1981-01:{year - 1}-12", "--validation", f"{year + 1}-01:{year + 2}-12",
               "--test", f"{year + 3}-01:"]
    month = lambda y: (y - 1980) * 12
    splits = {"train": (12, month(year) - 1), "validation": (month(year + 1), month(year + 3) - 1),
              "test": (month(year + 3), months)}
    return Table(values[:, ::-1], target, splits, options)


# ---- the peers: (coefficients, intercept, rank or None, λ or None) ---------------------------------------------------


def fitted(model, x, y):
    model.fit(x, y)
    return model.coef_, model.intercept_, None, getattr(model, "alpha_", None)


def least_squares(x, y, rcond):
    """0: the cut-off is max(n, p) · 2⁻⁵², as in our program."""
    rcond = rcond or max(x.shape) * numpy.finfo(float).eps
    coefficients, _, rank, _ = numpy.linalg.lstsq(x - x.mean(axis=0), y - y.mean(), rcond=rcond)
    return coefficients, y.mean() - x.mean(axis=0) @ coefficients, rank, None


def blocks(x, y, block, gap):
    """Ridge fitted anew for every penalty without every block and what is within the gap of it."""
    n = len(y)
    squares = numpy.zeros(len(LAMBDAS))
    for first in range(0, n, block):
        last = min(first + block, n)
        train = [i for i in range(n) if i < first - gap or i >= last + gap]
        for g, alpha in enumerate(LAMBDAS):
            model = Ridge(alpha=alpha, solver="svd").fit(x[train], y[train])
            squares[g] += numpy.sum((model.predict(x[first:last]) - y[first:last]) ** 2)
    best = LAMBDAS[squares.argmin()]
    return (*fitted(Ridge(alpha=best, solver="svd"), x, y)[:3], best)


def peer(x, y, ridge, rcond, gap):
    n, p = x.shape
    if ridge == "loo":
        return "RidgeCV", fitted(RidgeCV(alphas=LAMBDAS), x, y)
    if ridge == "blocks" or ridge is None and not rcond and p > n // 3:
        return "Ridge by blocks", blocks(x, y, min(BLOCK, n // 4), gap)
    if ridge not in (None, "none"):
        return "Ridge", fitted(Ridge(alpha=float(ridge), solver="svd"), x, y)
    if rcond or p >= n:
        return "lstsq", least_squares(x, y, rcond)
    return "LinearRegression", fitted(LinearRegression(), x, y)


# ---- one check -----------------------------------------------------------------------------------------------------


def difference(ours, theirs):
    """The largest one, relative to the largest of theirs; infinite when the shapes disagree."""
    ours, theirs = numpy.asarray(ours, float), numpy.asarray(theirs, float)
    return float(numpy.abs(ours - theirs).max() / numpy.abs(theirs).max()) if ours.shape == theirs.shape else numpy.inf


def check(checks, build, directory, what, table, steps=1, lead=1, ridge=None, rcond=0.0):
    out = os.path.join(directory, "run")
    options = ["--time-steps", steps, "--lead", lead] + (["--ridge", ridge] if ridge else [])
    options += ["--rcond", rcond] if rcond else []
    run(f"{build}/bin/linear_regression", *table.options, *options, "--batch-seconds", 1e-6, "--out", out)
    with open(os.path.join(out, "linear.json")) as f:
        model = json.load(f)
    with open(os.path.join(out, "run.json")) as f:
        record = json.load(f)
    with open(os.path.join(out, "predictions.csv")) as f:
        rows = list(csv.DictReader(f))

    x, y, _ = table.samples("train", steps, lead)
    name, (coefficients, intercept, rank, alpha) = peer(x, y, ridge, rcond, lead + steps - 1)
    words = [what, name, f"{len(y)}×{x.shape[1]}", f"T {steps}", f"lead {lead}"]
    words += [f"rcond {rcond:g}"] if rcond else []
    words += [f"rank {rank}"] if rank is not None else []
    words += [f"λ {alpha or float(ridge):.4g}"] if name.startswith("Ridge") else []
    name = ", ".join(words)
    checks.add(f"{name}: coefficients", difference(model["coefficients"] + [model["intercept"]],
                                                   [*coefficients, intercept]), TOLERANCE)
    if rank is not None:
        checks.add(f"{name}: rank", abs(model["rank"] - rank), 0)
    if alpha is not None:
        checks.add(f"{name}: λ", relative(model["ridge"], float(alpha)), 1e-12)  # a grid of powers, rounded
    persistence = 0.0
    forecasts, truths = [], []
    for split in ("validation", "test"):
        x, y, now = table.samples(split, steps, lead)
        forecasts.append(x @ coefficients + intercept)
        truths.append(y)
        scores = {"rmse": numpy.sqrt(numpy.mean((now - y) ** 2)), "correlation": numpy.corrcoef(now, y)[0, 1]}
        persistence = max([persistence] + [relative(record["persistence"][f"{key}_{split}"], float(value))
                                           for key, value in scores.items()])
    for key, theirs in (("prediction", forecasts), ("truth", truths)):
        ours = [float(row[key]) for row in rows]
        checks.add(f"{name}: {key}s", difference(ours, numpy.concatenate(theirs)), TOLERANCE)
    if ridge is None:
        checks.add(f"{name}: persistence", persistence, TOLERANCE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="where the programs are")
    build = parser.parse_args().build
    checks = Checks()
    print(f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}: the largest difference of")
    with tempfile.TemporaryDirectory() as directory:
        index = nino12()
        for steps, lead in ((1, 1), (3, 1), (12, 1), (6, 3), (12, 12)):
            check(checks, build, directory, "nino12", index, steps, lead)
        table = random_table(directory, 5, 16, 1)
        check(checks, build, directory, "table", table, 4, 2)
        wide = random_table(directory, 40, 8, 2)  # 96 samples, 40 predictors a month
        low = random_table(directory, 30, 10, 3, rank=4)
        for what, data, steps in (("nino12", index, 12), ("table", table, 4), ("wide", wide, 5)):
            for ridge in ("0.01", "1", "250", "loo", "blocks"):
                check(checks, build, directory, what, data, steps, 1, ridge)
        check(checks, build, directory, "wide, by default", wide, 5)
        check(checks, build, directory, "wide", wide, 5, 1, "none")
        check(checks, build, directory, "wide", wide, 12, 3, "none")
        for what, data, steps, rcond in (("nino12", index, 12, 1e-12), ("nino12", index, 12, 0.2),
                                         ("table", table, 4, 0.01), ("wide", wide, 5, 0.05),
                                         ("low rank", low, 1, 1e-5), ("low rank", low, 6, 1e-5)):
            check(checks, build, directory, what, data, steps, 1, "none", rcond)
    checks.finish()


if __name__ == "__main__":
    main()
