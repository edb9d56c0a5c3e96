#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains the same networks here and in PyTorch and prints one line a check with the largest
difference; exit code 1 when one is too large.

    conformance_training.py [--build build]              every check
    conformance_training.py --arch conv:8:5,relu,maxpool:2,flatten,dense:1 --channels 3 --length 61
                            --samples 57 --batch-size 16 --optimizer sgd --momentum 0.9 …   one network

What has to agree: initial weights bit for bit; the loss of every one of the first 100 steps to
1e-4·max(loss, 1 % of the first loss); final weights to 1e-4; forecasts of a model file loaded on
the other side to 1e-5; global L1 masks exactly. Run from the root of the tree.

A ReLU or a maximum has a kink. Where a value lands within a rounding error of it, two correct
programs may take different sides, and from there on (with Adam, which divides by the gradient's
size) differ by more than is allowed; PyTorch differs from itself in double precision, or with
another convolution library, by as much. So a training that misses is repeated in PyTorch from
weights changed in their last bit. When those repetitions are as far from PyTorch's own run
(within a factor of 3) the check is "undecided", printed with both numbers; otherwise it has failed.
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile

import numpy
import torch

import torch_network as net
from torch_fixtures import nino12

STEPS = 100  # compared
REPETITIONS, FACTOR = 4, 3  # see above
LOSS_TOLERANCE, OF_THE_FIRST, WEIGHT_TOLERANCE, FORECAST_TOLERANCE = 1e-4, 0.01, 1e-4, 1e-5

POOLED = "conv:6:3,relu,maxpool:2,conv:16:5,relu,maxpool:2,flatten,dense:64,relu,dense:64,relu,dense:1"
SMALL = "conv:8:3,relu,flatten,dense:16,relu,dense:1"


class Checks:
    def __init__(self):
        self.count = {"ok": 0, "undecided": 0, "FAILED": 0}

    def add(self, name, difference, tolerance, spread=lambda: 0.0):
        """spread: how far PyTorch is from itself; asked for only when the check misses."""
        verdict, note = "ok", f"at most {tolerance:.0e}"
        if not difference <= tolerance:  # also for NaN
            own = spread()
            verdict = "undecided" if difference <= FACTOR * own else "FAILED"
            note += f"; PyTorch from itself {own:.2e}"
        self.count[verdict] += 1
        print(f"{verdict:<9}  {name:<86} {difference:.2e} ({note})", flush=True)


def largest(a, b):
    """Largest absolute difference; infinite when the shapes disagree."""
    a, b = numpy.asarray(a, float), numpy.asarray(b, float)
    return float(numpy.abs(a - b).max(initial=0.0)) if a.shape == b.shape else numpy.inf


def loss_difference(ours, theirs):
    """The largest difference of the first STEPS losses, in units of what is compared with."""
    ours, theirs = numpy.asarray(ours), numpy.asarray(theirs)
    if len(ours) != len(theirs):
        return numpy.inf
    scale = numpy.maximum(theirs, OF_THE_FIRST * theirs[0])
    return float((numpy.abs(ours - theirs) / scale)[:STEPS].max())


def weight_difference(ours, theirs):
    if ours.keys() != theirs.keys():
        return numpy.inf
    return max(largest(ours[name], theirs[name]) for name in ours)


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr}")


def column(path, name):
    with open(path) as f:
        return [float(row[name]) for row in csv.DictReader(f)]


# ---- any network, through build/tests/peer_training --------------------------------------------


def random_samples(n, channels, length, seed):
    numbers = numpy.random.RandomState(seed)
    x = (2 * numbers.random_sample((n, channels, length)) - 1).astype(numpy.float32)
    # Something to learn, with noise: the mean of the last third against the first value.
    y = x[:, :, -max(1, length // 3):].mean(axis=(1, 2)) - x[:, 0, 0] + 0.1 * numbers.standard_normal(n)
    return x, y.astype(numpy.float32)


def options_of(case):
    words = ["--optimizer", case.optimizer, "--learning-rate", case.learning_rate, "--momentum", case.momentum,
             "--weight-decay", case.weight_decay, "--batch-size", case.batch_size, "--epochs", case.epochs,
             "--seed", case.seed]
    if case.prune_unstructured > 0:
        words += ["--prune-unstructured", case.prune_unstructured, "--prune-after", case.prune_after]
    return words + (["--no-shuffle"] if case.no_shuffle else [])


def describe(case):
    words = [case.optimizer]
    words += [f"momentum {case.momentum:g}"] if case.momentum else []
    words += [f"decay {case.weight_decay:g}"] if case.weight_decay else []
    words += [f"{case.channels}×{case.length}", f"{case.samples} by {case.batch_size}"]
    words += [f"mask {case.prune_unstructured:g} after {case.prune_after}"] if case.prune_unstructured else []
    return ", ".join(words) + (", from --init in order" if case.no_shuffle else ", from the seed")


def torch_run(case, x, y, repetition=0):
    """(model, initial arrays, losses); repetitions start with some last bits changed."""
    torch.manual_seed(case.seed)
    model = net.sequential(case.arch, x.shape[1], x.shape[2])
    initial = net.tensors(model)
    if repetition > 0:
        up = numpy.random.RandomState(repetition)
        net.load(model, {name: numpy.nextafter(a, numpy.where(up.random_sample(a.shape) < 0.5, -9, 9).astype(numpy.float32))
                         for name, a in initial.items()})
    optimizer = net.optimizer_of(model, case.optimizer, case.learning_rate, case.momentum, case.weight_decay)
    losses = net.train(model, optimizer, x, y, case.epochs, case.batch_size, not case.no_shuffle,
                       case.prune_unstructured, case.prune_after)
    return model, initial, losses


def check_training(checks, name, case, x, y, reference, losses, weights):
    """Losses and final weights against a torch_run of the same case."""
    model, _, expected = reference
    repeated = []

    def spread(difference):
        if not repeated:
            repeated.extend(torch_run(case, x, y, i + 1) for i in range(REPETITIONS))
        return max(difference(other) for other in repeated)

    checks.add(f"{name}: losses", loss_difference(losses, expected), LOSS_TOLERANCE,
               lambda: spread(lambda other: loss_difference(other[2], expected)))
    checks.add(f"{name}: weights", weight_difference(weights, net.tensors(model)), WEIGHT_TOLERANCE,
               lambda: spread(lambda other: weight_difference(net.tensors(other[0]), net.tensors(model))))


def check_case(checks, build, directory, name, case):
    path = lambda file: os.path.join(directory, file)
    x, y = random_samples(case.samples, case.channels, case.length, case.seed)
    net.write_safetensors(path("data.safetensors"), {"x": x, "y": y})
    common = [f"{build}/tests/peer_training", "--arch", case.arch, "--data", path("data.safetensors")]
    run(*common, *options_of(case), "--epochs", 0)  # a mistake in the case ends here with its sentence
    reference = torch_run(case, x, y)
    model, initial, _ = reference
    name = f"{name}: {describe(case)}"
    words = options_of(case)
    if case.no_shuffle:  # weights from a file of PyTorch's; the seed of another run must not matter
        net.write_safetensors(path("init.safetensors"), initial)
        words += ["--init", path("init.safetensors"), "--seed", case.seed + 1]
    else:
        run(*common, "--seed", case.seed, "--epochs", 0, "--save", path("initial.safetensors"))
        ours, _ = net.read_safetensors(path("initial.safetensors"))
        checks.add(f"{name}: initial weights", 0.0 if same_bits(ours, initial) else numpy.inf, 0)
    run(*common, *words, "--losses", path("losses"), "--save", path("final.safetensors"),
        "--forecasts", path("forecasts"))
    ours, metadata = net.read_safetensors(path("final.safetensors"))
    check_training(checks, name, case, x, y, reference, numpy.loadtxt(path("losses"), ndmin=1), ours)
    loaded = net.sequential(metadata["arch"], int(metadata["channels"]), int(metadata["length"]))
    net.load(loaded, ours)
    checks.add(f"{name}: model file there", largest(numpy.loadtxt(path("forecasts"), ndmin=1), net.forecast(loaded, x)),
               FORECAST_TOLERANCE)
    net.write_safetensors(path("theirs.safetensors"), net.tensors(model))
    run(*common, "--init", path("theirs.safetensors"), "--epochs", 0, "--forecasts", path("forecasts"))
    expected = net.sequential(case.arch, case.channels, case.length)
    net.load(expected, net.tensors(model))
    checks.add(f"{name}: model file here", largest(numpy.loadtxt(path("forecasts"), ndmin=1), net.forecast(expected, x)),
               FORECAST_TOLERANCE)


def same_bits(a, b):
    return a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


# Learning rates at which a kink met by chance (see above) rarely tips the run.
OPTIMIZERS = [dict(optimizer="sgd", learning_rate=0.01), dict(optimizer="sgd", learning_rate=0.005, momentum=0.9),
              dict(optimizer="sgd", learning_rate=0.005, momentum=0.9, weight_decay=0.01),
              dict(optimizer="adam", learning_rate=3e-4), dict(optimizer="adam", learning_rate=3e-4, weight_decay=0.1)]

CASE = dict(arch=SMALL, channels=1, length=12, samples=192, batch_size=10, epochs=6, seed=0, optimizer="adam",
            learning_rate=1e-4, momentum=0.0, weight_decay=0.0, no_shuffle=False, prune_unstructured=0.0,
            prune_after=1)


def case_of(**changes):
    return argparse.Namespace(**{**CASE, **changes})


def all_cases():
    for o in OPTIMIZERS:
        for no_shuffle in (False, True):
            yield "small", case_of(no_shuffle=no_shuffle, **o)
            yield "map", case_of(arch=POOLED, channels=1, length=1021, samples=57, batch_size=10, epochs=20, seed=1,
                                 no_shuffle=no_shuffle, **o)
            yield "channels", case_of(arch=POOLED, channels=5, length=61, samples=103, batch_size=16, epochs=15, seed=2,
                                      no_shuffle=no_shuffle, **o)
            yield "mask", case_of(arch=POOLED, channels=2, length=37, samples=57, batch_size=10, epochs=20, seed=3,
                                  prune_unstructured=0.5, prune_after=4, no_shuffle=no_shuffle, **o)
        yield "batch 1", case_of(arch=POOLED, channels=1, length=13, samples=37, batch_size=1, epochs=3, seed=4, **o)
    yield "batch of all", case_of(arch=POOLED, channels=3, length=29, samples=130, batch_size=130, epochs=100, seed=5,
                                  learning_rate=3e-4)
    yield "long kernels", case_of(arch="conv:5:15,relu,maxpool:3,conv:3:1,relu,flatten,dense:9,relu,dense:1", channels=2,
                                  length=7, samples=50, batch_size=7, epochs=15, seed=6, learning_rate=1e-3)
    yield "one layer", case_of(arch="flatten,dense:1", channels=4, length=12, batch_size=33, epochs=17, seed=7,
                               learning_rate=1e-3)


# ---- masks -----------------------------------------------------------------------------------------


def check_masks(checks, build, directory):
    path = lambda file: os.path.join(directory, file)
    for name, arch, channels, length, levels in [("index", net.INDEX_ARCHITECTURE, 1, 12, None),
                                                 ("map", POOLED, 2, 61, None), ("map", POOLED, 2, 61, 7),
                                                 ("map", POOLED, 2, 61, 1), ("small", SMALL, 1, 12, 3)]:
        for fraction in (0.5,) if levels is None and name == "index" else (0.001, 0.0156, 0.0157, 0.2, 0.5, 0.77, 0.999):
            torch.manual_seed(9)
            model = net.sequential(arch, channels, length)
            arrays = net.tensors(model)
            if levels is not None:  # weights of few different sizes, none of them 0
                arrays = {k: (numpy.where(a < 0, -1, 1) * (1 + numpy.floor(numpy.abs(a) / numpy.abs(a).max() * levels)))
                          .astype(numpy.float32) for k, a in arrays.items()}
                net.load(model, arrays)
            net.write_safetensors(path("init.safetensors"), arrays)
            x, y = random_samples(3, channels, length, 9)
            net.write_safetensors(path("data.safetensors"), {"x": x, "y": y})
            run(f"{build}/tests/peer_training", "--arch", arch, "--data", path("data.safetensors"), "--init",
                path("init.safetensors"), "--epochs", 0, "--prune-unstructured", fraction, "--save", path("m.safetensors"))
            ours, _ = net.read_safetensors(path("m.safetensors"))
            net.prune_globally(model, fraction)
            theirs = net.tensors(model)
            different = sum(int(((ours[k] == 0) != (theirs[k] == 0)).sum()) for k in theirs)
            ties = "as drawn" if levels is None else f"{levels} sizes"
            checks.add(f"mask: {name}, {ties}, {fraction:g}: weights masked differently", different, 0)


# ---- the study's program ---------------------------------------------------------------------------


def check_cnn(checks, build, directory):
    """build/bin/cnn on nino12, 100 steps, with step log, model file and forecasts."""
    path = lambda file: os.path.join(directory, file)
    splits = nino12()
    x, y = splits["train"]
    y = y.astype(numpy.float32)
    for o in OPTIMIZERS + [dict(optimizer="adam", learning_rate=1e-4, prune_unstructured=0.5, prune_after=2)]:
        for no_shuffle in (False, True):
            o = {**o, "learning_rate": 1e-4 if o["optimizer"] == "adam" else 0.0046}
            # Seed 3 under the mask: with 2 two of 7 million weights stand so close to its threshold that rounding decides
            # which of them is masked, and 0 is undecided with some instruction sets.
            seed = (3 if "prune_after" in o else 2) if no_shuffle else 0
            case = case_of(arch=net.INDEX_ARCHITECTURE, epochs=5, no_shuffle=no_shuffle, seed=seed, **o)
            reference = torch_run(case, x, y)
            words = options_of(case)
            if no_shuffle:
                net.write_safetensors(path("init.safetensors"), reference[1])
                words += ["--init", path("init.safetensors"), "--seed", case.seed + 1]
            run(f"{build}/bin/cnn", *words, "--out", path("run"), "--step-log", path("steps.csv"))
            check_run(checks, f"cnn on nino12: {describe(case)}", case, splits, reference, directory)
    net.write_safetensors(path("theirs.safetensors"), net.tensors(reference[0]))
    run(f"{build}/bin/inference", "--model", path("theirs.safetensors"), "--arch", case.arch, "--out", path("run"))
    model = net.sequential(case.arch, 1, 12)
    net.load(model, net.tensors(reference[0]))
    check_forecasts(checks, "inference on a file of PyTorch's", path("run"), model, splits)


def check_forecasts(checks, name, directory, model, splits):
    theirs = numpy.concatenate([net.forecast(model, splits[s][0]) for s in ("validation", "test")])
    checks.add(f"{name}: forecasts", largest(column(os.path.join(directory, "predictions.csv"), "prediction"), theirs),
               FORECAST_TOLERANCE)


def check_run(checks, name, case, splits, reference, directory):
    """What cnn left in steps.csv and run/ of the directory."""
    x, y = splits["train"]
    ours, _ = net.read_safetensors(os.path.join(directory, "run", "model.safetensors"))
    check_training(checks, name, case, x, y.astype(numpy.float32), reference,
                   column(os.path.join(directory, "steps.csv"), "loss"), ours)
    loaded = net.sequential(case.arch, *x.shape[1:])
    net.load(loaded, ours)
    check_forecasts(checks, f"{name}: model file there", os.path.join(directory, "run"), loaded, splits)


def check_csv(checks, build, directory):
    """build/bin/cnn on a table of three features, T = 5 of 12 months."""
    path = lambda file: os.path.join(directory, file)
    numbers, n, steps = numpy.random.RandomState(0), 240, 5
    table = numpy.round(numbers.standard_normal((n, 3)), 3)
    with open(path("table.csv"), "w") as f:
        f.write("date,a,b,c\n")
        for i, row in enumerate(table):
            f.write(f"{1990 + i // 12}-{i % 12 + 1:02d},{row[0]},{row[1]},{row[2]}\n")
    splits = {}
    for name, first, last in (("train", 12, 131), ("validation", 144, 191), ("test", 192, n - 2)):
        t = numpy.arange(first, last + 1)
        x = numpy.zeros((len(t), 3, 12), numpy.float32)
        for lag in range(steps):
            x[:, :, 11 - lag] = table[t - lag][:, [2, 0, 1]]  # --features c,a,b
        splits[name] = x, table[t + 1, 1]  # --target b
    arch = "conv:6:5,relu,maxpool:5,conv:4:3,relu,flatten,dense:12,relu,dense:1"
    case = case_of(arch=arch, channels=3, samples=120, batch_size=7, epochs=6, seed=11, learning_rate=1e-3)
    x, y = splits["train"]
    reference = torch_run(case, x, y.astype(numpy.float32))
    run(f"{build}/bin/cnn", "--csv", path("table.csv"), "--date-column", "date", "--target", "b", "--features", "c,a,b",
        "--time-steps", steps, "--train", "1991-01:2000-12", "--validation", "2002-01:2005-12", "--test", "2006-01:",
        "--arch", arch, *options_of(case), "--out", path("run"), "--step-log", path("steps.csv"))
    check_run(checks, f"cnn on a table: {describe(case)}", case, splits, reference, directory)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="where the programs are")
    for name, default in CASE.items():
        kind = dict(action="store_true") if isinstance(default, bool) else dict(type=type(default), default=default)
        parser.add_argument("--" + name.replace("_", "-"), **kind)
    given = parser.parse_args()
    only = any(word.startswith("--") and not word.startswith("--build") for word in sys.argv[1:])
    return given, only


def main():
    given, only = arguments()
    torch.set_num_threads(1)
    checks = Checks()
    print(f"PyTorch {torch.__version__}: the largest difference of")
    with tempfile.TemporaryDirectory() as directory:
        if only:
            check_case(checks, given.build, directory, given.arch, given)
        else:
            for name, case in all_cases():
                check_case(checks, given.build, directory, name, case)
            check_masks(checks, given.build, directory)
            check_csv(checks, given.build, directory)
            check_cnn(checks, given.build, directory)
    print(f"{checks.count['ok']} passed, {checks.count['undecided']} undecided, {checks.count['FAILED']} failed")
    sys.exit(1 if checks.count["FAILED"] or not checks.count["ok"] else 0)


if __name__ == "__main__":
    main()
