#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The other side of build/bin/bench: does the same work with the Python stack, one request a line.

bench starts this process once and drives it over pipes, so that ours and theirs are timed in turn, in one run. Requests
and replies are JSON objects, one per line; a request that cannot be served is answered with {"error": sentence}.

    (start)                                      -> {"python": version, "versions": {package: version or null}}
    {"op": "prepare", "case": NAME, …}           -> {"variants": [{"id", "label", "threads"}], "notes": [sentence]}
    {"op": "run", "id", "calls", "warm", "threads"} -> {"seconds": of all calls}
    {"op": "drop"}                               -> {}: forgets everything prepared

A case whose package is missing has no variants. threads says on how many threads a variant can be timed: "one", "each"
number that is asked for, or "all" processors alone (what is compiled for a number of threads, or cannot be told one).
Standard output belongs to the protocol; what libraries print goes to
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
import warnings

# The compiler of PyTorch must not fork a process with JAX's threads in it; JAX shall not look for accelerators.
os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

PACKAGES = ("torch", "jax", "optax", "openvino", "numpy", "sklearn", "optuna", "pandas", "codecarbon")


def package(name):
    """The module, or None where it is missing or does not load."""
    try:
        return importlib.import_module(name)
    except Exception:  # a package that is there but broken is as good as missing
        return None


def processors():
    return len(os.sched_getaffinity(0))


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


def jax_network(jax, arch, channels, length):
    """The same network in JAX: its parameters, drawn as PyTorch draws them, and the function of (parameters, x)."""
    lax, numpy = jax.lax, jax.numpy
    key, parameters, layers, features = jax.random.key(0), [], [], 0
    for text in arch.split(","):
        kind, *numbers = text.split(":")
        numbers = [int(n) for n in numbers]
        shape = None
        if kind == "conv":
            shape = (numbers[0], channels, numbers[1])
            channels = numbers[0]
        elif kind == "maxpool":
            length //= numbers[0]
        elif kind == "flatten":
            features = channels * length
        elif kind == "dense":
            shape = (numbers[0], features)
            features = numbers[0]
        if shape is not None:
            bound = (shape[1] * (shape[2] if len(shape) == 3 else 1)) ** -0.5
            key, first, second = jax.random.split(key, 3)
            parameters.append(
                (
                    jax.random.uniform(first, shape, minval=-bound, maxval=bound),
                    jax.random.uniform(second, shape[:1], minval=-bound, maxval=bound),
                )
            )
        layers.append((kind, numbers))

    def apply(parameters, x):
        left = iter(parameters)
        for kind, numbers in layers:
            if kind == "conv":
                weight, bias = next(left)
                padding = [(numbers[1] // 2, numbers[1] // 2)]
                x = lax.conv_general_dilated(x, weight, (1,), padding, dimension_numbers=("NCH", "OIH", "NCH"))
                x = x + bias[:, None]
            elif kind == "relu":
                x = numpy.maximum(x, 0)
            elif kind == "maxpool":
                window = (1, 1, numbers[0])
                x = lax.reduce_window(x, -numpy.inf, lax.max, window, window, "VALID")
            elif kind == "flatten":
                x = x.reshape(x.shape[0], -1)
            else:
                weight, bias = next(left)
                x = x @ weight.T + bias
        return x

    return parameters, apply


def samples(torch, request, n):
    torch.manual_seed(0)
    return torch.randn(n, request["channels"], request["length"]), torch.randn(n, 1)


def step(request):
    """One training step: forward, MSE, backward, optimiser; batches cycle through a pool."""
    found, notes = [], []
    for variants in (torch_steps, jax_step):
        more, said = variants(request)
        found += more
        notes += said
    return found, notes


def torch_steps(request):
    """The optimiser with default arguments, fused, and fused with the network compiled (torch.compile)."""
    torch = package("torch")
    if torch is None:
        return [], []
    batch, rate, found, notes = request["batch"], request["learning_rate"], [], []
    x, y = samples(torch, request, request["pool"])
    variants = [("", {}, "each"), (", fused", {"fused": True}, "each"), (", fused, compiled", {"fused": True}, "all")]
    for suffix, options, threads in variants:
        network = sequential(torch, request["arch"], request["channels"], request["length"])
        kind = torch.optim.Adam if request["optimizer"] == "adam" else torch.optim.SGD
        loss_of = torch.nn.MSELoss()
        label = f"PyTorch {torch.__version__} {kind.__name__}{suffix}"
        model = torch.compile(network) if threads == "all" else network
        position = 0

        def call(model=model, optimizer=None):
            nonlocal position
            first = position % (len(x) // batch) * batch
            position += 1
            optimizer.zero_grad()
            loss = loss_of(model(x[first : first + batch]), y[first : first + batch])
            loss.backward()
            optimizer.step()

        try:
            optimizer = kind(network.parameters(), lr=rate, **options)
            if threads != "all":  # compiled with the first run, for its number of threads
                call(optimizer=optimizer)
        except (RuntimeError, TypeError) as e:
            notes.append(f"{label}: not available ({str(e).splitlines()[0]})")
            continue
        found.append((label, threads, lambda call=call, o=optimizer: call(optimizer=o)))
    return found, notes


def jax_step(request):
    """The whole step as one compiled function that overwrites parameters and state."""
    jax, optax = package("jax"), package("optax")
    if jax is None or optax is None:
        return [], []
    batch = request["batch"]
    parameters, apply = jax_network(jax, request["arch"], request["channels"], request["length"])
    rule = (optax.adam if request["optimizer"] == "adam" else optax.sgd)(request["learning_rate"])
    first, second = jax.random.split(jax.random.key(1))
    x = jax.random.normal(first, (request["pool"], request["channels"], request["length"]))
    y = jax.random.normal(second, (request["pool"], 1))
    batches = [(x[i : i + batch], y[i : i + batch]) for i in range(0, request["pool"] - batch + 1, batch)]

    def update(parameters, state, x, y):
        gradient = jax.grad(lambda p: ((apply(p, x) - y) ** 2).mean())(parameters)
        change, state = rule.update(gradient, state, parameters)
        return optax.apply_updates(parameters, change), state

    compiled = jax.jit(update, donate_argnums=(0, 1))
    now, position = (parameters, rule.init(parameters)), 0

    def call():
        nonlocal now, position
        now = jax.block_until_ready(compiled(*now, *batches[position % len(batches)]))
        position += 1

    return [(f"JAX {jax.__version__} with optax", "all", call)], []


def forward(request):
    """Forecasts of request["batch"] samples in one forward pass without gradients."""
    torch = package("torch")
    found, notes = [], []
    if torch is not None:
        network = sequential(torch, request["arch"], request["channels"], request["length"]).eval()
        x, _ = samples(torch, request, request["batch"])
        compiled = torch.compile(network)

        def forecast(model):
            with torch.inference_mode():
                model(x)

        found.append((f"PyTorch {torch.__version__}", "each", lambda: forecast(network)))
        found.append((f"PyTorch {torch.__version__}, compiled", "all", lambda: forecast(compiled)))
        more, notes = openvino_forward(network, x)
        found += more
    jax = package("jax")
    if jax is not None:
        parameters, apply = jax_network(jax, request["arch"], request["channels"], request["length"])
        shape = (request["batch"], request["channels"], request["length"])
        given, function = jax.random.normal(jax.random.key(1), shape), jax.jit(apply)
        found.append(
            (f"JAX {jax.__version__}", "all", lambda: jax.block_until_ready(function(parameters, given)))
        )
    return found, notes


def openvino_forward(network, x):
    """PyTorch's network as OpenVINO runs it, in single precision, for the least time of one call."""
    openvino = package("openvino")
    if openvino is None:
        return [], []
    label = f"OpenVINO {openvino.__version__.split('-')[0]}"
    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
    settings["INFERENCE_NUM_THREADS"] = processors()
    try:
        model = openvino.convert_model(network, example_input=x, input=[list(x.shape)])
        request = openvino.Core().compile_model(model, "CPU", settings).create_infer_request()
    except Exception as e:  # a device or an operation that this build does not have
        return [], [f"{label}: not available ({str(e).splitlines()[0]})"]
    given = x.numpy()
    return [(label, "all", lambda: request.infer([given], share_inputs=True))], []


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
    return [(f"scikit-learn {sklearn.__version__} {name}", "each", lambda: model.fit(x, y))], []


# ---- search ------------------------------------------------------------------------


def tpe(request):
    """Ask and suggest the study's three parameters, with so many complete trials. The trial asked for is told to have
    failed, which TPE does not count, so the number of complete trials stays."""
    optuna = package("optuna")
    if optuna is None:
        return [], []
    import random

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

    return [(f"Optuna {optuna.__version__} TPESampler", "one", call)], []


def search(request):
    """A whole search of so many trials over the same parameters, whose objective costs nothing."""
    optuna = package("optuna")
    if optuna is None:
        return [], []
    import math

    optuna.logging.set_verbosity(optuna.logging.ERROR)

    def objective(trial):
        steps = trial.suggest_int("num_input_time_steps", 1, 12)
        rate = trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True)
        optimizer = trial.suggest_categorical("optimizer", ["adam", "sgd"])
        return abs(math.log10(rate) + 3) + 0.1 * abs(steps - 9) + (optimizer == "sgd")

    def call():
        sampler = optuna.samplers.TPESampler(seed=0, multivariate=True)
        optuna.create_study(sampler=sampler).optimize(objective, n_trials=request["trials"])

    return [(f"Optuna {optuna.__version__} TPESampler", "one", call)], []


# ---- files and meters ----------------------------------------------------------------


def csv(request):
    pandas = package("pandas")
    if pandas is None:
        return [], []
    return [(f"pandas {pandas.__version__} read_csv", "one", lambda: pandas.read_csv(request["path"]))], []


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
    return [(f"{label} task", "one", call)], [f"{label}: {grown:.1f} MB more resident memory once a tracker has run"]


CASES = {"step": step, "forward": forward, "regression": regression, "tpe": tpe, "search": search, "csv": csv, "meter": meter}

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
        for label, threads, call in found:
            self.prepared.append((call, label, threads))
            variants.append({"id": len(self.prepared) - 1, "label": label, "threads": threads})
        return {"variants": variants, "notes": notes}

    def run(self, request):
        call, label, threads = self.prepared[request["id"]]
        if threads == "all" and request["threads"] != processors():
            raise ValueError(f"{label} runs on all {processors()} processors, not on {request['threads']}")
        self.threads.set(request["threads"])
        for _ in range(request["warm"]):
            call()
        start = time.perf_counter()
        for _ in range(request["calls"]):
            call()
        return {"seconds": time.perf_counter() - start}

    def drop(self, _request):
        self.prepared.clear()
        if "torch._dynamo" in sys.modules:
            sys.modules["torch._dynamo"].reset()  # what was compiled
        gc.collect()
        return {}


def main():
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # bench decides; the end of its pipe ends this process
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    warnings.simplefilter("ignore")

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
