#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The other side of build/bin/bench: does the same work with the Python stack, one request a line.

bench starts this process once and drives it over pipes, so that ours and theirs are timed in turn, in one run. Requests
and replies are JSON objects, one per line; a request that cannot be served is answered with {"error": sentence}.

    (start)                                      -> {"python": version, "versions": {package: version or null}}
    {"op": "prepare", "case": NAME, …}           -> {"variants": [{"id", "label", "threaded"}], "notes": [sentence]}
    {"op": "run", "id", "calls", "warm", "threads"} -> {"seconds": of all calls}
    {"op": "drop"}                               -> {}: forgets everything prepared

A case whose package is missing has no variants. Standard output belongs to the protocol; what libraries print goes to
standard error.
"""
import gc
import importlib
import json
import os
import platform
import signal
import sys
import time

PACKAGES = ("torch", "numpy", "sklearn", "optuna", "pandas", "codecarbon")


def package(name):
    """The module, or None where it is missing or does not load."""
    try:
        return importlib.import_module(name)
    except Exception:  # a package that is there but broken is as good as missing
        return None


def resident_bytes():
    with open("/proc/self/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ---- networks --------------------------------------------------------------------


def sequential(torch, arch, channels, length):
    """The torch.nn.Sequential of an architecture string (models/network/architecture.h)."""
    layers, features = [], 0
    for text in arch.split(","):
        kind, *numbers = text.split(":")
        numbers = [int(n) for n in numbers]
        if kind == "conv":
            layers.append(torch.nn.Conv1d(channels, numbers[0], numbers[1], padding=numbers[1] // 2))
            channels = numbers[0]
        elif kind == "relu":
            layers.append(torch.nn.ReLU())
        elif kind == "maxpool":
            layers.append(torch.nn.MaxPool1d(numbers[0]))
            length //= numbers[0]
        elif kind == "flatten":
            layers.append(torch.nn.Flatten())
            features = channels * length
        elif kind == "dense":
            layers.append(torch.nn.Linear(features, numbers[0]))
            features = numbers[0]
        else:
            raise ValueError(f"layer {text}: unknown")
    return torch.nn.Sequential(*layers)


def samples(torch, request, n):
    torch.manual_seed(0)
    return torch.randn(n, request["channels"], request["length"]), torch.randn(n, 1)


def step(request):
    """One training step: forward, MSE, backward, optimiser; batches cycle through a pool."""
    torch = package("torch")
    if torch is None:
        return [], []
    batch, rate, found, notes = request["batch"], request["learning_rate"], [], []
    x, y = samples(torch, request, request["pool"])
    variants = [("", {})]
    if request["optimizer"] == "adam":
        variants.append((", fused", {"fused": True}))
    for suffix, options in variants:
        network = sequential(torch, request["arch"], request["channels"], request["length"])
        kind = torch.optim.Adam if request["optimizer"] == "adam" else torch.optim.SGD
        loss_of = torch.nn.MSELoss()
        label = f"PyTorch {torch.__version__} {kind.__name__}{suffix}"
        position = 0

        def call(network=network, optimizer=None):
            nonlocal position
            first = position % (len(x) // batch) * batch
            position += 1
            optimizer.zero_grad()
            loss = loss_of(network(x[first : first + batch]), y[first : first + batch])
            loss.backward()
            optimizer.step()

        try:
            optimizer = kind(network.parameters(), lr=rate, **options)
            call(optimizer=optimizer)
        except (RuntimeError, TypeError) as e:
            notes.append(f"{label}: not available ({str(e).splitlines()[0]})")
            continue
        found.append((label, True, lambda call=call, o=optimizer: call(optimizer=o)))
    return found, notes


def forward(request):
    """Forecasts of request["batch"] samples in one forward pass without gradients."""
    torch = package("torch")
    if torch is None:
        return [], []
    network = sequential(torch, request["arch"], request["channels"], request["length"]).eval()
    x, _ = samples(torch, request, request["batch"])

    def call():
        with torch.inference_mode():
            network(x)

    return [(f"PyTorch {torch.__version__}", True, call)], []


# ---- regression --------------------------------------------------------------------


def regression(request):
    """Least squares, or ridge with the penalty of least leave-one-out error among 49."""
    numpy, sklearn = package("numpy"), package("sklearn")
    if numpy is None or sklearn is None:
        return [], []
    from sklearn.linear_model import LinearRegression, RidgeCV

    random = numpy.random.RandomState(0)
    x = random.standard_normal((request["n"], request["p"]))
    y = x[:, 0] + random.standard_normal(request["n"])
    if request["ridge"] == "loo":
        model, name = RidgeCV(alphas=numpy.logspace(-4, 8, 49)), "RidgeCV"
    else:
        model, name = LinearRegression(), "LinearRegression"
    return [(f"scikit-learn {sklearn.__version__} {name}", True, lambda: model.fit(x, y))], []


# ---- search ------------------------------------------------------------------------


def tpe(request):
    """Ask and suggest the study's three parameters, with so many complete trials. The trial asked for is told to have
    failed, which TPE does not count, so the number of complete trials stays."""
    optuna = package("optuna")
    if optuna is None:
        return [], []
    import random
    import warnings

    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    space = {
        "num_input_time_steps": optuna.distributions.IntDistribution(1, 12),
        "learning_rate": optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True),
        "optimizer": optuna.distributions.CategoricalDistribution(["adam", "sgd"]),
    }
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=0, multivariate=True))
    draw = random.Random(0)
    study.add_trials(
        optuna.trial.create_trial(
            params={
                "num_input_time_steps": draw.randint(1, 12),
                "learning_rate": 10 ** draw.uniform(-5, -1),
                "optimizer": draw.choice(["adam", "sgd"]),
            },
            distributions=space,
            value=draw.random(),
        )
        for _ in range(request["trials"])
    )

    def call():
        trial = study.ask()
        trial.suggest_int("num_input_time_steps", 1, 12)
        trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True)
        trial.suggest_categorical("optimizer", ["adam", "sgd"])
        study.tell(trial, state=optuna.trial.TrialState.FAIL)

    return [(f"Optuna {optuna.__version__} TPESampler", False, call)], []


# ---- files and meters ----------------------------------------------------------------


def csv(request):
    pandas = package("pandas")
    if pandas is None:
        return [], []
    return [(f"pandas {pandas.__version__} read_csv", False, lambda: pandas.read_csv(request["path"]))], []


def meter(_request):
    """The start and end of a task under a tracker that runs already: two readings and the energy between them."""
    codecarbon = package("codecarbon")
    if codecarbon is None:
        return [], []
    before = resident_bytes()
    tracker = codecarbon.OfflineEmissionsTracker(
        country_iso_code="USA", save_to_file=False, log_level="error", allow_multiple_runs=True
    )
    number = 0

    def call():
        nonlocal number
        number += 1
        tracker.start_task(str(number))
        tracker.stop_task()

    call()
    grown = (resident_bytes() - before) / 1e6
    label = f"CodeCarbon {codecarbon.__version__}"
    return [(f"{label} task", False, call)], [f"{label}: {grown:.1f} MB more resident memory once a tracker has run"]


CASES = {"step": step, "forward": forward, "regression": regression, "tpe": tpe, "csv": csv, "meter": meter}

# ---- the protocol ------------------------------------------------------------------------


class Threads:
    """Sets the number of threads of PyTorch and, through threadpoolctl, of numpy's and scikit-learn's BLAS."""

    def __init__(self):
        self.now = None
        self.torch = package("torch")
        self.pools = package("threadpoolctl")

    def set(self, n):
        if n == self.now:
            return
        if self.torch is not None:
            self.torch.set_num_threads(n)
        if self.pools is not None:
            self.pools.threadpool_limits(limits=n)
        self.now = n


class Peer:
    def __init__(self):
        self.prepared = []
        self.threads = Threads()

    def prepare(self, request):
        found, notes = CASES[request["case"]](request)
        variants = []
        for label, threaded, call in found:
            self.prepared.append(call)
            variants.append({"id": len(self.prepared) - 1, "label": label, "threaded": threaded})
        return {"variants": variants, "notes": notes}

    def run(self, request):
        call = self.prepared[request["id"]]
        self.threads.set(request["threads"])
        for _ in range(request["warm"]):
            call()
        start = time.perf_counter()
        for _ in range(request["calls"]):
            call()
        return {"seconds": time.perf_counter() - start}

    def drop(self, _request):
        self.prepared.clear()
        gc.collect()
        return {}


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # bench decides; the end of its pipe ends this process
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def reply(message):
        print(json.dumps(message), file=replies, flush=True)

    versions = {name: getattr(package(name), "__version__", None) for name in PACKAGES}
    peer = Peer()
    operations = {"prepare": peer.prepare, "run": peer.run, "drop": peer.drop}
    reply({"python": platform.python_version(), "versions": versions})
    for line in sys.stdin:
        request = json.loads(line)
        try:
            reply(operations[request["op"]](request))
        except Exception as e:  # one case that fails must not end the others
            reply({"error": f"{request['op']} {request.get('case', '')}: {type(e).__name__}: {e}"})


if __name__ == "__main__":
    main()
