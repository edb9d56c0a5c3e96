# SPDX-License-Identifier: MIT
"""Minimises (x - 2)^2 + |k - 3| with the installed library, by ctypes alone:  python3 minimise.py [JOURNAL [TRIALS]]

Every trial approaches its value in ten steps, which successive halving may cut short.
"""
import ctypes
import sys

lib = ctypes.CDLL("libgreenmile-tuning.so.0")
text, handle, real, whole = ctypes.c_char_p, ctypes.c_void_p, ctypes.c_double, ctypes.c_int64
for name, result, *arguments in [
    ("new", handle), ("free", None, handle), ("error", text, handle),
    ("set", ctypes.c_int, handle, text, text), ("ask", whole, handle),
    ("float", real, handle, text, real, real, real, ctypes.c_int),
    ("int", whole, handle, text, whole, whole, whole, ctypes.c_int),
    ("report", ctypes.c_int, handle, whole, real), ("should_prune", ctypes.c_int, handle),
    ("tell", ctypes.c_int, handle, real), ("best_value", real, handle), ("best_trial", whole, handle),
    ("best_number", real, handle, text), ("finished", whole, handle),
]:
    function = getattr(lib, "gm_tuner_" + name)
    function.restype, function.argtypes = result, arguments

tuner = lib.gm_tuner_new()


def must(ok):
    if not ok:
        sys.exit(f"minimise.py: {lib.gm_tuner_error(tuner).decode()}")


settings = {"trials": sys.argv[2] if len(sys.argv) > 2 else "60", "pruner": "successive-halving:1,2"}
if len(sys.argv) > 1:
    settings["journal"] = sys.argv[1]
for name, value in settings.items():
    must(lib.gm_tuner_set(tuner, name.encode(), value.encode()) == 0)
while (number := lib.gm_tuner_ask(tuner)) >= 0:
    x = lib.gm_tuner_float(tuner, b"x", -10.0, 10.0, 0.0, 0)
    k = lib.gm_tuner_int(tuner, b"k", 0, 9, 1, 0)
    for step in range(1, 11):
        value = (x - 2) ** 2 + abs(k - 3) + 1 / step - 0.1
        must(lib.gm_tuner_report(tuner, step, value) == 0)
        if lib.gm_tuner_should_prune(tuner) == 1:
            break
    must(lib.gm_tuner_tell(tuner, value) == 0)
must(number == -1)
print(f"trial {lib.gm_tuner_best_trial(tuner)} of {lib.gm_tuner_finished(tuner)}: "
      f"{lib.gm_tuner_best_value(tuner):.4g} at x = {lib.gm_tuner_best_number(tuner, b'x'):.4g}, "
      f"k = {lib.gm_tuner_best_number(tuner, b'k'):g}")
lib.gm_tuner_free(tuner)
