#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares greenmile's `track` with CodeCarbon where the codecarbon package is installed, and prints the tables
of docs/codecarbon.md (Markdown). The same fake RAPL trees are stepped in the same way under both, the same
commands run under both; the truth beside them is what the script itself put in.

    python3 scripts/peers/codecarbon_compare.py [build/bin/track]

Needs codecarbon and pandas; uses no network. CodeCarbon reads a fake tree through its own class IntelRAPL
(the one its trackers use), track through GREENMILE_SYSFS_ROOT. Takes about a minute.
"""
import csv
import datetime
import json
import logging
import os
import subprocess
import sys
import tempfile
import time

import codecarbon
import pandas
from codecarbon.core.cpu import IntelRAPL
from codecarbon.core.units import Time

logging.getLogger("codecarbon").setLevel(logging.CRITICAL)
TRACK = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/bin/track")
STEP_S = 0.6
RANGE_UJ = 262143328850  # an Intel package: 32 bits of 2^-14 J
J_PER_KWH = 3.6e6


# ---- fake RAPL trees ------------------------------------------------------------------
def zone_directory(root, zone):
    """As the kernel lays it out: intel-rapl:0:1 is intel-rapl/intel-rapl:0/intel-rapl:0:1."""
    parts = zone.split(":")
    return os.path.join(root, "class/powercap", *(":".join(parts[: n + 1]) for n in range(len(parts))))


def make_tree(root, zones):
    """zones: name of the directory -> (name, start in µJ, range in µJ or None)."""
    for zone, (name, start_uj, range_uj) in zones.items():
        directory = zone_directory(root, zone)
        os.makedirs(directory, exist_ok=True)
        for file, text in (("name", name), ("energy_uj", start_uj), ("max_energy_range_uj", range_uj)):
            if text is not None:
                with open(os.path.join(directory, file), "w") as out:
                    out.write(f"{text}\n")
        os.symlink(directory, os.path.join(root, "class/powercap", zone))  # and flat, by links


def apply_step(root, step):
    for zone, value in step.items():
        with open(os.path.join(zone_directory(root, zone), "energy_uj"), "w") as out:
            out.write(f"{value}\n" if value is not None else "")


def by_codecarbon(root, steps, **options):
    rapl = IntelRAPL(rapl_dir=os.path.join(root, "class/powercap"), **options)
    rapl.start()
    total_kwh = 0
    for step in steps:
        apply_step(root, step)
        time.sleep(STEP_S)
        details = rapl.get_cpu_details(Time.from_seconds(STEP_S))
        total_kwh += sum(value for key, value in details.items() if "Energy" in key)
    return total_kwh * J_PER_KWH


def by_track(root, proc, steps, work):
    script = ""
    for step in steps:
        for zone, value in step.items():
            file = os.path.join(zone_directory(root, zone), "energy_uj")
            script += f"echo {value} > {file}; " if value is not None else f": > {file}; "
        script += f"sleep {STEP_S}; "
    record = os.path.join(work, "record.json")
    environment = dict(os.environ, GREENMILE_SYSFS_ROOT=root, GREENMILE_PROC_ROOT=proc, GREENMILE_NVML="/nonexistent")
    subprocess.run([TRACK, "--quiet", "--interval", "0.1", "--record", record, "--output", os.path.join(work, "e.csv"),
                    "--", "sh", "-c", script], env=environment, check=True)
    with open(record) as file:
        return json.load(file)


def make_proc(root, vendor):
    os.makedirs(root, exist_ok=True)
    with open(os.path.join(root, "cpuinfo"), "w") as out:
        out.write(f"processor : 0\nvendor_id : {vendor}\nmodel name : test\nphysical id : 0\n\n")
    with open(os.path.join(root, "meminfo"), "w") as out:
        out.write("MemTotal: 16777216 kB\n")
    with open(os.path.join(root, "stat"), "w") as out:
        out.write("cpu  100 0 0 5000 0 0 0 0 0 0\ncpu0 100 0 0 5000 0 0 0 0 0 0\n")
    return root


PACKAGE = {"intel-rapl:0": ("package-0", 5_000_000_000, RANGE_UJ)}
TREES = [
    # name, zones, steps, truth in J (package and dram), CodeCarbon's options, CPU vendor
    ("one package, 100 J", PACKAGE, [{"intel-rapl:0": 5_060_000_000}, {"intel-rapl:0": 5_100_000_000}], "100", {}, None),
    ("packages of 90 and 110 J, their DRAM 15 and 25 J (rapl_include_dram)",
     {"intel-rapl:0": ("package-0", 5_000_000_000, RANGE_UJ), "intel-rapl:0:0": ("dram", 1_000_000_000, RANGE_UJ),
      "intel-rapl:1": ("package-1", 8_000_000_000, RANGE_UJ), "intel-rapl:1:0": ("dram", 2_000_000_000, RANGE_UJ)},
     [{"intel-rapl:0": 5_090_000_000, "intel-rapl:1": 8_110_000_000, "intel-rapl:0:0": 1_015_000_000,
       "intel-rapl:1:0": 2_025_000_000}], "240", {"rapl_include_dram": True}, None),
    ("a wrap within 100 J", {"intel-rapl:0": ("package-0", RANGE_UJ - 60_000_000, RANGE_UJ)},
     [{"intel-rapl:0": 40_000_000}], "100", {}, None),
    ("a restart from 5,000 J to 0 (driver reload, suspend), then 1 J", PACKAGE, [{"intel-rapl:0": 1_000_000}],
     "1 and what passed before the restart", {}, None),
    ("a read that fails once, 0.5 J in all", PACKAGE, [{"intel-rapl:0": None}, {"intel-rapl:0": 5_000_500_000}], "0.5", {},
     None),
    ("no max_energy_range_uj, restart, then 2 J", {"intel-rapl:0": ("package-0", 5_000_000_000, None)},
     [{"intel-rapl:0": 1_000_000}, {"intel-rapl:0": 3_000_000}], "3 and what passed before the restart", {}, None),
    ("AMD, two dies that mirror one socket of 100 J",
     {"intel-rapl:0": ("package-0-die-0", 7_000_000_000, RANGE_UJ), "intel-rapl:1": ("package-0-die-1", 7_000_100_000, RANGE_UJ)},
     [{"intel-rapl:0": 7_100_000_000, "intel-rapl:1": 7_100_100_000}], "100", {}, "AuthenticAMD"),
    ("MSR and MMIO counters of one package, 100 J",
     {"intel-rapl:0": ("package-0", 0, RANGE_UJ), "intel-rapl-mmio:0": ("package-0", 0, RANGE_UJ)},
     [{"intel-rapl:0": 100_000_000, "intel-rapl-mmio:0": 100_000_000}], "100", {}, None),
]


def compare_trees(work):
    print("| case | truth, J | CodeCarbon, J | track, measured J | track's 95 % interval and reasons |")
    print("|---|---|---|---|---|")
    for i, (name, zones, steps, truth, options, vendor) in enumerate(TREES):
        results = []
        for tool in ("codecarbon", "track"):
            root = os.path.join(work, f"{tool}{i}")
            proc = make_proc(os.path.join(work, f"proc{i}"), vendor or "GenuineIntel")
            make_tree(root, zones)
            if tool == "codecarbon":
                results.append(by_codecarbon(root, steps, **options))
            else:
                record = by_track(root, proc, steps, work)
        measured = [zone for zone in record["zones"] if zone["measured"] and zone["counted"]]
        joules = sum(zone["delta_uj"] for zone in measured) * 1e-6
        reasons = [reason for reason in record["energy_reasons"] if reason not in ("no_baseline", "modelled")]
        modelled = sum(zone["delta_uj"] for zone in record["zones"] if zone["counted"] and not zone["measured"]) * 1e-6
        low, high = (record[key] * J_PER_KWH for key in ("energy_low_kwh", "energy_high_kwh"))
        note = f", {modelled:.3g} J of it modelled" if modelled else ""
        print(f"| {name} | {truth} | {results[0]:.6g} | {joules:.6g} | {low:.4g} to {high:.4g}{note}"
              f"{'; ' + ', '.join(reasons) if reasons else ''} |")


# ---- commands ---------------------------------------------------------------------------
BURN = f"{sys.executable} -c \"import time\nwhile time.process_time() < {{}}: pass\""
COMMANDS = [
    ("one process, 2 s of CPU time", BURN.format(2), 2.0),
    ("ten children of 0.2 s one after the other", "; ".join([BURN.format(0.2)] * 10), 2.0),
    ("an orphan in a session of its own, 1 s",
     f"f=$(mktemp -u); export f; mkfifo $f; (setsid sh -c '{BURN.format(1)}; echo > $f' &); read x < $f; rm $f", 1.0),
]
TDP_W = 100


def run(command, **environment):
    return subprocess.run(command, env=dict(os.environ, **environment), stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode


def compare_commands(work):
    cpus = os.cpu_count()
    script = os.path.join(os.path.dirname(sys.executable), "codecarbon")
    print("\n| command | truth, s of CPU time | CodeCarbon's energy as CPU time, s | track, s |")
    print("|---|---|---|---|")
    for i, (name, command, truth_s) in enumerate(COMMANDS):
        output = os.path.join(work, f"commands{i}")
        os.makedirs(output)
        run([script, "monitor", "--offline", "--country-iso-code", "FRA", "--measure-power-secs", "1", "--", "sh", "-c", command],
            CODECARBON_FORCE_CPU_POWER=str(TDP_W), CODECARBON_OUTPUT_DIR=output, CODECARBON_FORCE_MODE_CPU_LOAD="true")
        try:
            row = pandas.read_csv(os.path.join(output, "emissions.csv")).iloc[-1]
            theirs = f"{row.cpu_energy * J_PER_KWH / TDP_W * cpus:.2f}"
        except FileNotFoundError:
            theirs = "no row written"
        record = os.path.join(output, "record.json")
        run([TRACK, "--quiet", "--record", record, "--output", os.path.join(output, "track.csv"), "--", "sh", "-c", command])
        with open(record) as file:
            ours_s = json.load(file)["attribution"]["tree_cpu_s"]
        print(f"| {name} | {truth_s} and the start of the interpreters | {theirs} | {ours_s:.2f} |")
    print("\n| exit status of | the shell | codecarbon monitor | track |\n|---|---|---|---|")
    for command in ("exit 7", "kill -9 $$", "no-such-command", ""):
        argv = ["sh", "-c", command] if command else ["no-such-program"]
        shell = subprocess.run(["sh", "-c", command or "no-such-program"], stderr=subprocess.DEVNULL).returncode
        shell = 128 - shell if shell < 0 else shell
        theirs = run([script, "monitor", "--offline", "--country-iso-code", "FRA", "--", *argv], CODECARBON_OUTPUT_DIR=work)
        ours = run([TRACK, "--quiet", "--record", os.path.join(work, "r.json"), "--output", os.path.join(work, "x.csv"), "--", *argv])
        print(f"| `{' '.join(argv)}` | {shell} | {theirs} | {ours} |")


# ---- files ---------------------------------------------------------------------------------
def check_files(work):
    """Both tools append to one file; both tools' readers read it."""
    path = os.path.join(work, "emissions.csv")
    track = [TRACK, "--quiet", "--record", os.path.join(work, "r.json"), "--output", path, "--country", "FRA"]
    subprocess.run([*track, "--", "true"], check=True)
    tracker = codecarbon.OfflineEmissionsTracker(country_iso_code="FRA", output_dir=work, save_to_file=True, log_level="critical")
    tracker.start()
    tracker.stop()
    subprocess.run([*track, "--", "true"], check=True)
    files = sorted(name for name in os.listdir(work) if name.startswith("emissions") and ".csv" in name)
    with open(path, newline="") as file:
        widths = {len(row) for row in csv.reader(file)}
    frame = pandas.read_csv(path)
    print(f"\n- Both tools appended to one file ({len(frame)} rows, {', '.join(files)}): every row has "
          f"{'/'.join(map(str, sorted(widths)))} fields.")
    numbers = [c for c in ("duration", "emissions", "cpu_energy", "ram_energy", "energy_consumed") if frame[c].dtype.kind == "f"]
    print(f"- pandas {pandas.__version__} reads it; numeric without conversion: {', '.join(numbers)}.")
    try:
        from codecarbon.viz.data import Data
    except ImportError as missing:
        print(f"- CodeCarbon's dashboard loader was not tried here: {missing}.")
        return
    project = frame[frame.project_name == "greenmile"].sort_values(by="timestamp").to_dict("records")
    summary = Data.get_project_summary(project)
    total = sum(row["energy_consumed"] for row in project)
    agrees = abs(summary["total"]["energy_consumed"] - total) < 1e-15
    print(f"- CodeCarbon's dashboard loader summarises {len(project)} rows of track; the total energy "
          f"{'agrees' if agrees else 'DOES NOT AGREE'}.")


def main():
    version = subprocess.run([TRACK, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"CodeCarbon {codecarbon.__version__}; {version}; {datetime.date.today().isoformat()}; Python "
          f"{sys.version.split()[0]}, {os.cpu_count()} logical CPUs.\n")
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        os.environ["HOME"] = work
        compare_trees(work)
        compare_commands(work)
        check_files(tempfile.mkdtemp(dir=work))


main()
