#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes what PyTorch does, for `make test` to prove the same without Python:

  torch_initialization.json  initial weights and permutations of a few seeds
  torch_training.json        losses of every step and final weights of small networks, and of the
                             study's network on nino12
  torch_pruning.json         the k smallest of n with many ties, as torch.topk picks them
  torch_model.safetensors    a network and, in torch_model.json, its forecasts

Usage: torch_fixtures.py DIRECTORY (tests/fixtures), from the root of the tree.

Random data come from numpy.random.RandomState(seed).random_sample(), which is the double of
common/rng.h, so that the tests make the same data without reading them.
"""
import csv
import json
import os
import sys

import numpy
import torch

import torch_network as net

torch.set_num_threads(1)
TOOLS = {"generator": "scripts/peers/torch_fixtures.py",
         "tools": f"PyTorch {torch.__version__}, numpy {numpy.__version__}"}


def word_sum(a):
    """Order-sensitive checksum of 32-bit words: sum of (2i + 1)·word modulo 2^64, as text."""
    words = numpy.ascontiguousarray(a).view(numpy.uint32).ravel().astype(numpy.uint64)
    odd = 2 * numpy.arange(len(words), dtype=numpy.uint64) + numpy.uint64(1)
    return str(int((words * odd).sum(dtype=numpy.uint64)))


def write(directory, name, **members):
    with open(os.path.join(directory, name), "w") as f:
        f.write("{" + ",\n".join(json.dumps(k) + ": " + rows(v) for k, v in {**TOOLS, **members}.items()) + "}\n")


def rows(value):
    """One case a line."""
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(v) for v in value) + "]"
    return json.dumps(value)


# ---- initial weights and permutations ------------------------------------------------------


def initialization():
    cases = []
    for seed, architecture, channels, length, n in [
            (0, net.INDEX_ARCHITECTURE, 1, 12, 192),
            (4294967295, net.INDEX_ARCHITECTURE, 3, 12, 10),
            (7, "conv:6:3,relu,maxpool:2,conv:16:5,relu,maxpool:2,flatten,dense:33,relu,dense:64,relu,dense:1", 2, 61, 1),
            (123456789, "flatten,dense:5,relu,dense:1", 4, 3, 7)]:
        torch.manual_seed(seed)
        model = net.sequential(architecture, channels, length)
        cases.append({"seed": seed, "arch": architecture, "channels": channels, "length": length,
                      "tensors": [{"name": name, "count": int(a.size), "word_sum": word_sum(a),
                                   "first": float(a.flat[0]), "last": float(a.flat[-1])}
                                  for name, a in net.tensors(model).items()],
                      "permutations": [torch.randperm(n).tolist() for _ in range(2)]})
    return cases


# ---- training ------------------------------------------------------------------------------

SMALL = {"arch": "conv:4:3,relu,flatten,dense:6,relu,dense:1", "channels": 1, "length": 5}
POOLED = {"arch": "conv:3:3,relu,maxpool:2,conv:4:5,relu,maxpool:2,flatten,dense:7,relu,dense:1",
          "channels": 2, "length": 13}


def training_case(shape, optimizer, learning_rate, n=23, batch=5, epochs=20, seed=0, momentum=0.0,
                  weight_decay=0.0, shuffle=True, prune=0.0, prune_after=0):
    """Data are uniform in ±1 from RandomState(seed): all of x, then all of y."""
    numbers = numpy.random.RandomState(seed)
    x = (2 * numbers.random_sample(n * shape["channels"] * shape["length"]) - 1).astype(numpy.float32)
    y = (2 * numbers.random_sample(n) - 1).astype(numpy.float32)
    torch.manual_seed(seed)
    model = net.sequential(**{"architecture": shape["arch"], "channels": shape["channels"], "length": shape["length"]})
    losses = net.train(model, net.optimizer_of(model, optimizer, learning_rate, momentum, weight_decay),
                       x.reshape(n, shape["channels"], shape["length"]), y, epochs, batch, shuffle, prune, prune_after)
    weights = numpy.concatenate([a.ravel() for a in net.tensors(model).values()])
    return {**shape, "n": n, "batch": batch, "epochs": epochs, "seed": seed, "optimizer": optimizer,
            "learning_rate": learning_rate, "momentum": momentum, "weight_decay": weight_decay, "shuffle": shuffle,
            "prune": prune, "prune_after": prune_after, "losses": digits(losses), "weights": digits(weights)}


def digits(values):
    """Nine significant digits bring a float back."""
    return [float(f"{float(v):.9g}") for v in values]


def training():
    return [training_case(SMALL, "sgd", 0.05),
            training_case(SMALL, "sgd", 0.05, momentum=0.9, seed=1),
            training_case(SMALL, "sgd", 0.05, momentum=0.9, weight_decay=0.01, seed=2),
            training_case(SMALL, "sgd", 0.05, weight_decay=0.1, shuffle=False, seed=3),
            training_case(SMALL, "adam", 0.005, seed=4),
            training_case(SMALL, "adam", 0.005, weight_decay=0.1, seed=5),
            training_case(SMALL, "adam", 0.005, batch=1, epochs=5, seed=6),
            training_case(SMALL, "adam", 0.005, batch=100, epochs=100, seed=7),
            training_case(POOLED, "adam", 0.005, seed=8),
            training_case(POOLED, "sgd", 0.05, momentum=0.5, weight_decay=0.01, batch=7, epochs=25, seed=9),
            training_case(POOLED, "adam", 0.005, seed=10, prune=0.5, prune_after=4),
            training_case(POOLED, "sgd", 0.05, momentum=0.9, weight_decay=0.01, seed=11, prune=0.7, prune_after=2)]


def nino12():
    """Anomalies against 1950-1979 and the study's splits, T = 1."""
    with open("datasets/nino12.csv") as f:
        table = numpy.array([row[1:] for row in csv.reader(line for line in f if line[0].isdigit())], float)
    index = (table - table[:30].mean(axis=0)).ravel()
    splits = {}
    for name, first, last in (("train", 1980, 1995), ("validation", 1997, 2006), ("test", 2007, 2010)):
        t = numpy.arange((first - 1950) * 12, (last - 1949) * 12)
        t = t[t + 1 < len(index)]
        x = numpy.zeros((len(t), 1, 12), numpy.float32)
        x[:, 0, 11] = index[t]
        splits[name] = x, index[t + 1]
    return splits


def study_case(optimizer, learning_rate, epochs=5):
    splits, rmse = nino12(), {"validation": [], "test": []}
    torch.manual_seed(0)
    model = net.sequential(net.INDEX_ARCHITECTURE, 1, 12)

    def evaluate(_epoch, _losses):
        for name, values in rmse.items():
            x, y = splits[name]
            values.append(float(numpy.sqrt(numpy.mean((net.forecast(model, x).astype(float) - y) ** 2))))

    x, y = splits["train"]
    losses = net.train(model, net.optimizer_of(model, optimizer, learning_rate), x, y.astype(numpy.float32), epochs, 10,
                       after_epoch=evaluate)
    return {"optimizer": optimizer, "learning_rate": learning_rate, "epochs": epochs, "losses": digits(losses),
            "rmse_validation": rmse["validation"], "rmse_test": rmse["test"]}


# ---- pruning -------------------------------------------------------------------------------


def selected(values, k):
    """The mask of torch.topk, as a checksum."""
    mask = numpy.zeros(len(values), numpy.uint32)
    mask[torch.topk(torch.from_numpy(values), k, largest=False).indices.numpy()] = 1
    return word_sum(mask)


def pruning():
    """Values are floor(u·levels) for u of RandomState(seed); few levels make many ties."""
    cases = []
    shapes = [(n, k, levels) for n in (1, 2, 3, 4, 5, 7, 10, 33, 64, 100, 129, 1000) for levels in (1, 2, 5, 1000)
              for k in sorted({1, n // 64, n // 64 + 1, n // 5, n // 2, n - 1, n}) if 1 <= k <= n]
    shapes += [(100000, k, levels) for k in (1, 1562, 1563, 50000, 99999) for levels in (1, 3, 100, 10 ** 6)]
    for seed, (n, k, levels) in enumerate(shapes):
        values = numpy.floor(numpy.random.RandomState(seed).random_sample(n) * levels).astype(numpy.float32)
        cases.append({"seed": seed, "n": n, "k": k, "levels": levels, "word_sum": selected(values, k)})
    return cases


def hard_orders(n):
    """Orders that lead quickselect astray; the last is Musser's median-of-3 killer (Software:
    Practice and Experience 27, 1997), on which introselect gives up and selects by a heap.
    Halved and rounded down they have ties as well."""
    i, half = numpy.arange(n), n // 2
    killer = numpy.concatenate([numpy.where(i[:half] % 2 == 0, i[:half] + 1, half + i[:half] + 1), 2 * (i[:half] + 1)])
    orders = [i, n - i, numpy.where(i < half, i, n - i), numpy.where(i % 2 == 0, i // 2, half + i // 2), killer]
    return [(order // divisor).astype(numpy.float32) for divisor in (1, 2) for order in orders]


def hard_pruning():
    return [{"order": order, "n": 4096, "k": k, "word_sum": selected(values, k)}
            for order, values in enumerate(hard_orders(4096)) for k in (1, 64, 65, 258, 2048, 3500, 4095)]


# ---- a model file ----------------------------------------------------------------------------


def model_file(directory):
    torch.manual_seed(3)
    model = net.sequential(POOLED["arch"], POOLED["channels"], POOLED["length"])
    net.write_safetensors(os.path.join(directory, "torch_model.safetensors"), net.tensors(model))
    x = (2 * numpy.random.RandomState(3).random_sample((9, POOLED["channels"], POOLED["length"])) - 1)
    write(directory, "torch_model.json", **POOLED, seed=3, n=9, forecasts=digits(net.forecast(model, x.astype(numpy.float32))))


def main():
    directory = sys.argv[1]
    write(directory, "torch_initialization.json", cases=initialization())
    write(directory, "torch_training.json", cases=training(),
          study=[study_case("adam", 1e-4), study_case("sgd", 0.0046, epochs=2)])
    write(directory, "torch_pruning.json", cases=pruning(), hard=hard_pruning())
    model_file(directory)


if __name__ == "__main__":
    main()
