#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Intervals of RMSE differences against implementations that share no line with ours: numpy for the variance by
cosines, arch for the moving-block bootstrap. Series of known dependence, one and several seeds.

Usage: conformance_intervals.py [--build DIR]
"""
import argparse
import subprocess

import numpy
from arch.bootstrap import MovingBlockBootstrap
from scipy.stats import t as student

from checks import Checks

TOLERANCE = 1e-3  # our table of Student's t has three decimals
REPLICATES = 10000
MONTE_CARLO = 0.06  # of the width; two bootstraps of 10,000 replicates differ by about 2 %


def influence(errors):
    """(seeds, n) errors: mean RMSE, RMSE of each seed, and the series whose mean the RMSE moves with."""
    rmse = numpy.sqrt((errors ** 2).mean(axis=1))
    return rmse.mean(), rmse, ((errors ** 2 - rmse[:, None] ** 2) / (2 * rmse[:, None])).mean(axis=0)


def cosines(z):
    n, centred = len(z), z - z.mean()
    most = max(2, int(0.4 * n ** (2 / 3)))
    r = (centred[1:] @ centred[:-1]) / (centred @ centred)
    phi = min(1.0, r + (1 + 3 * r) / n)
    count = most if phi <= 0 else min(most, max(2, int(0.35 * n * (1 - phi) / (numpy.pi * numpy.sqrt(phi)))))
    basis = numpy.sqrt(2 / n) * numpy.cos(numpy.pi * numpy.outer(numpy.arange(1, count + 1), numpy.arange(n) + 0.5) / n)
    return ((basis @ z) ** 2).mean() / n, count


def interval(a, b):
    """a, b (seeds, n) errors: RMSE(a) - RMSE(b), low, high."""
    mean_a, seeds_a, z_a = influence(a)
    mean_b, seeds_b, z_b = influence(b)
    parts = [cosines(z_a - z_b)]
    if len(a) == len(b):
        spread = [seeds_a - seeds_b]
    else:
        spread = [seeds_a, seeds_b]
    parts += [(s.var(ddof=1) / len(s), len(s) - 1) for s in spread if len(s) > 1]
    variance = sum(v for v, _ in parts)
    degrees = variance ** 2 / sum(v ** 2 / d for v, d in parts if v > 0)
    half = student.ppf(0.975, int(degrees)) * numpy.sqrt(variance)
    return mean_a - mean_b, mean_a - mean_b - half, mean_a - mean_b + half


def bootstrap(a, b):
    blocks = MovingBlockBootstrap(12, numpy.column_stack([a, b]), seed=1)
    low, high = numpy.percentile(
        blocks.apply(lambda e: numpy.sqrt((e[:, 0] ** 2).mean()) - numpy.sqrt((e[:, 1] ** 2).mean()), REPLICATES),
        [2.5, 97.5])
    return float(low), float(high)


def ours(build, a, b):
    """The program's two intervals: by cosines, and of seed 0 by the bootstrap."""
    rows = "".join(" ".join(repr(float(v)) for v in row) + "\n" for row in numpy.column_stack([a.T, b.T]))
    out = subprocess.run([f"{build}/tests/peer_intervals", str(len(a)), str(len(b)), str(a.shape[1])], input=rows,
                         capture_output=True, text=True, check=True).stdout.split()
    return [float(v) for v in out]


def series(random, seeds, n, phi):
    """Errors with a part that all seeds share."""
    def walk():
        e = numpy.zeros(n + 100)
        for i in range(1, len(e)):
            e[i] = phi * e[i - 1] + random.standard_normal()
        return e[100:]
    common = walk()
    return numpy.array([common + 0.3 * walk() for _ in range(seeds)])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="where the programs are")
    build = parser.parse_args().build
    checks = Checks()
    random = numpy.random.default_rng(0)
    for n in (47, 96, 120):
        for phi in (0.0, 0.45, 0.9):
            for seeds_a, seeds_b in ((1, 1), (5, 1), (5, 5), (3, 5)):
                base = series(random, 1, n, phi)[0]
                a, b = base + series(random, seeds_a, n, phi), base + 0.9 * series(random, seeds_b, n, phi)
                found, expected = ours(build, a, b), interval(a, b)
                what = f"n {n}, φ {phi}, {seeds_a} and {seeds_b} seeds"
                width = expected[2] - expected[1]
                checks.add(f"{what}: difference", abs(found[0] - expected[0]), 1e-12)
                checks.add(f"{what}: bounds / width",
                           max(abs(found[i] - expected[i]) for i in (1, 2)) / width, TOLERANCE)
                if seeds_a == seeds_b == 1:
                    theirs = bootstrap(a[0], b[0])
                    checks.add(f"{what}: bootstrap bounds / width",
                               max(abs(found[3] - theirs[0]), abs(found[4] - theirs[1])) / (theirs[1] - theirs[0]),
                               MONTE_CARLO)
    checks.finish()


if __name__ == "__main__":
    main()
