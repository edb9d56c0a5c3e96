#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Which lines Optuna's own reader of journals takes: writes tests/fixtures/hostile_journals.json.

Every case is one line between the creation of a study and of a trial. Accepted: the reader gets past it and
sees the trial. Bytes are written as Latin-1 so that JSON can hold them.

Usage: journal_hostile.py [FILE]; needs optuna >= 4.
"""
import json
import os
import sys
import tempfile
import warnings

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

STUDY = b'{"op_code":0,"worker_id":"w","study_name":"s","directions":[1]}\n'
TRIAL = b'{"op_code":4,"worker_id":"w","study_id":0,"datetime_start":"2026-01-02T03:04:05.000001"}\n'


def attribute(value: bytes) -> bytes:
    return b'{"op_code":2,"worker_id":"w","study_id":0,"user_attr":{"k":' + value + b"}}"


CASES = {
    "plain": attribute(b'"v"'),
    "raw tab in a string": attribute(b'"a\tb"'),
    "raw escape character in a string": attribute(b'"a\x1bb"'),
    "raw carriage return in a string": attribute(b'"a\rb"'),
    "raw NUL in a string": attribute(b'"a\x00b"'),
    "raw delete in a string": attribute(b'"a\x7fb"'),
    "escaped control characters": attribute(rb'"\u0000\u001b\t"'),
    "unknown escape": attribute(rb'"\x41"'),
    "short unicode escape": attribute(rb'"\u12"'),
    "lone surrogate escape": attribute(rb'"\ud800"'),
    "raw UTF-8": attribute("\"Niño °C\"".encode()),
    "byte order mark": b"\xef\xbb\xbf" + attribute(b"1"),
    "byte order mark within": attribute(b"\xef\xbb\xbf1"),
    "blanks around": b" \t" + attribute(b" 1 ") + b" \r",
    "form feed around": b"\x0c" + attribute(b"1"),
    "NaN": attribute(b"NaN"),
    "-Infinity": attribute(b"-Infinity"),
    "+Infinity": attribute(b"+Infinity"),
    "nan in small letters": attribute(b"nan"),
    "-NaN": attribute(b"-NaN"),
    "leading zero": attribute(b"01"),
    "minus zero": attribute(b"-0"),
    "plus sign": attribute(b"+1"),
    "no digits behind the point": attribute(b"1."),
    "no digits before the point": attribute(b".5"),
    "no digits in the exponent": attribute(b"1e"),
    "exponent": attribute(b"1E+05"),
    "too large a double": attribute(b"1e999"),
    "an integer of 40 digits": attribute(b"1" * 40),
    "hexadecimal": attribute(b"0x10"),
    "True": attribute(b"True"),
    "single quotes": attribute(b"'v'"),
    "trailing comma in an object": attribute(b'{"a":1,}'),
    "trailing comma in a list": attribute(b"[1,]"),
    "missing comma": attribute(b"[1 2]"),
    "comment": attribute(b"/* one */ 1"),
    "unquoted name": attribute(b"{a:1}"),
    "the same name twice": attribute(b'{"a":1,"a":2}'),
    "two values": attribute(b"1") + attribute(b"1"),
    "something behind": attribute(b"1") + b"x",
    "empty line": b"",
    "blank line": b"  ",
    "a list": b"[]",
    "a string": b'"op_code"',
    "null": b"null",
    "not closed": attribute(b"1")[:-1],
}


def accepted(line: bytes, directory: str) -> bool:
    path = os.path.join(directory, "j.log")
    with open(path, "wb") as file:
        file.write(STUDY + line + b"\n" + TRIAL)
    try:
        storage = JournalStorage(JournalFileBackend(path))
        return len(storage.get_all_trials(storage.get_study_id_from_name("s"))) == 1
    except Exception:  # whatever it raises, it does not read on
        return False


def main() -> None:
    warnings.simplefilter("ignore")
    here = os.path.dirname(os.path.abspath(__file__))
    path = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../tests/fixtures/hostile_journals.json")
    with tempfile.TemporaryDirectory() as directory:
        cases = [
            {"name": name, "line": line.decode("latin-1"), "accepted": accepted(line, directory)}
            for name, line in CASES.items()
        ]
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"optuna": optuna.__version__, "cases": cases}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
