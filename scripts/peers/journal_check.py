#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What Optuna makes of a journal, as JSON: to compare with `tune --export` or with another version.

journal_check.py JOURNAL STUDY            print every trial as this Optuna loads it
journal_check.py JOURNAL STUDY --add N    first run N trials of its own (x, k as examples/minimise.c)
                                          and enqueue one with x = 2, k = 3

JOURNAL is a file or a redis:// URL. Runs with Optuna 3.1 to 5.0.
"""
import argparse
import json
import sys
import warnings

warnings.simplefilter("ignore")
import optuna  # noqa: E402


def backend(location):
    try:
        from optuna.storages import journal as module

        names = ("JournalFileBackend", "JournalRedisBackend")
    except ImportError:  # 3.1
        module, names = optuna.storages, ("JournalFileStorage", "JournalRedisStorage")
    if not location.startswith("redis://"):
        return getattr(module, names[0])(location)
    url, _, prefix = location.partition("?prefix=")
    return getattr(module, names[1])(url, prefix=prefix)


def objective(trial):
    x = trial.suggest_float("x", -10, 10)
    k = trial.suggest_int("k", 0, 9)
    return (x - 2) ** 2 + abs(k - 3)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("journal")
    parser.add_argument("study")
    parser.add_argument("--add", type=int, default=0)
    arguments = parser.parse_args()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.JournalStorage(backend(arguments.journal))
    study = optuna.create_study(study_name=arguments.study, storage=storage, load_if_exists=True)
    if arguments.add:
        study.optimize(objective, n_trials=arguments.add)
        study.enqueue_trial({"x": 2.0, "k": 3})
    trials = [
        {
            "number": t.number,
            "state": t.state.name,
            "value": t.value if t.values is None or len(t.values) == 1 else None,
            "params": t.params,
            "reports": {str(step): value for step, value in sorted(t.intermediate_values.items())},
            "user_attrs": t.user_attrs,
            "duration_s": t.duration.total_seconds() if t.duration else None,
        }
        for t in study.trials
    ]
    json.dump({"optuna": optuna.__version__, "trials": trials}, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
