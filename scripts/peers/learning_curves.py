#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tests/fixtures/learning_curves.csv: the validation RMSE after every epoch of a small network on nino12,
trained by build/bin/cnn from seed 0 for every point of a grid over the study's search space. conformance_tuning.py
searches this table instead of training. Run from the root of the tree; takes ten seconds.

    python3 scripts/peers/learning_curves.py [--build build] > tests/fixtures/learning_curves.csv
"""
import argparse
import csv
import os
import subprocess
import sys
import tempfile

ARCH = "conv:8:3,relu,flatten,dense:16,relu,dense:1"
EPOCHS, DIGITS = 30, 5
TIME_STEPS = range(1, 13)
LEARNING_RATES = [10 ** (k / 2) for k in range(-10, -1)]  # 1e-5 … 1e-1, two a decade
OPTIMIZERS = ["adam", "sgd"]


def curve(build, directory, steps, rate, optimizer):
    command = [f"{build}/bin/cnn", "--arch", ARCH, "--epochs", EPOCHS, "--time-steps", steps, "--learning-rate", rate,
               "--optimizer", optimizer, "--threads", 1, "--out", directory]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    with open(os.path.join(directory, "epochs.csv")) as f:
        return [float(row["rmse_validation"]) for row in csv.DictReader(f)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build", help="where the programs are")
    build = parser.parse_args().build
    version = subprocess.run([f"{build}/bin/cnn", "--version"], capture_output=True, text=True).stdout.strip()
    print(f"# scripts/peers/learning_curves.py, {version}; {ARCH}")
    print("num_input_time_steps,learning_rate,optimizer," + ",".join(f"epoch_{i + 1}" for i in range(EPOCHS)))
    with tempfile.TemporaryDirectory() as directory:
        for steps in TIME_STEPS:
            for rate in LEARNING_RATES:
                for optimizer in OPTIMIZERS:
                    values = curve(build, directory, steps, rate, optimizer)
                    print(f"{steps},{rate:.17g},{optimizer}," + ",".join(f"{v:.{DIGITS}g}" for v in values))


if __name__ == "__main__":
    main()
