# SPDX-License-Identifier: MIT
"""What the conformance scripts share: one line a check, the last line, and running a program."""
import math
import subprocess
import sys


class Checks:
    def __init__(self):
        self.passed, self.failed = 0, 0

    def verdict(self, ok, name, text):
        self.passed += bool(ok)
        self.failed += not ok
        print(f"{'ok' if ok else 'FAILED':<9}  {name:<86} {text}", flush=True)

    def add(self, name, difference, tolerance):
        """The largest difference, which may be NaN: that is a miss."""
        self.verdict(difference <= tolerance, name, f"{difference:.2e} (at most {tolerance:.0e})")

    def finish(self):
        """Prints the last line and ends the program: 1 when a check failed or none was made."""
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed or not self.passed else 0)


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}: {done.stderr}")


def relative(ours, theirs):
    """|ours − theirs| / |theirs|, 0 for equals, whatever they are."""
    return 0.0 if ours == theirs else abs(ours - theirs) / abs(theirs) if theirs else math.inf
