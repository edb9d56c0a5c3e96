#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""C and Python workers in one study at the same time, then every reader must see the same trials.

journal_race.py MINIMISE JOURNAL [--trials N] [--python PYTHON ...]

Starts two processes of examples/minimise (MINIMISE) and one journal_check.py --add per PYTHON (each
may hold another Optuna) on JOURNAL, a file or redis:// URL. Then loads the journal with every PYTHON
and checks: trial numbers without a gap, no unfinished trial but the enqueued ones, values that
belong to their parameters, the same trials in all readers. Exits 1 at the first difference.
"""
import argparse
import json
import pathlib
import subprocess
import sys

CHECK = pathlib.Path(__file__).with_name("journal_check.py")
TOLERANCE = 1e-12  # of (x - 2)^2 + |k - 3| computed in C and in Python: one rounding each


def comparable(answer):
    """Trials without NaN (which differs from itself)."""
    return json.dumps([{k: v for k, v in t.items() if k != "duration_s"} for t in answer["trials"]], sort_keys=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("minimise")
    parser.add_argument("journal")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--python", nargs="+", default=[sys.executable])
    a = parser.parse_args()
    share = max(1, a.trials // (2 * len(a.python)))
    workers = [subprocess.Popen([a.minimise, a.journal, str(a.trials)], stdout=subprocess.DEVNULL) for _ in range(2)]
    workers += [
        subprocess.Popen([p, CHECK, a.journal, "minimise", "--add", str(share)], stdout=subprocess.DEVNULL)
        for p in a.python
    ]
    codes = [worker.wait() for worker in workers]
    if any(codes):
        sys.exit(f"a worker failed: {codes}")
    answers = [json.loads(subprocess.check_output([p, CHECK, a.journal, "minimise"])) for p in a.python]
    trials = answers[0]["trials"]
    if [t["number"] for t in trials] != list(range(len(trials))):
        sys.exit("the trial numbers have a gap")
    for t in trials:
        if t["state"] == "WAITING":
            continue
        if t["state"] != "COMPLETE" or abs((t["params"]["x"] - 2) ** 2 + abs(t["params"]["k"] - 3) - t["value"]) > TOLERANCE:
            sys.exit(f"trial {t['number']} is {t}")
    if any(comparable(answer) != comparable(answers[0]) for answer in answers):
        sys.exit("the readers disagree")
    versions = ", ".join(answer["optuna"] for answer in answers)
    print(f"{len(trials)} trials, the same in Optuna {versions}")


if __name__ == "__main__":
    main()
