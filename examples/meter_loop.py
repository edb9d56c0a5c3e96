# SPDX-License-Identifier: MIT
"""Meters a loop with the installed library, by ctypes alone:  python3 meter_loop.py"""
import contextlib
import ctypes
import sys

lib = ctypes.CDLL("libgreenmile-energy.so.0")
lib.gm_run_open.restype = ctypes.c_void_p
for name in "stop_j low_j high_j duration_s measured_share emissions_kg".split():
    function = getattr(lib, "gm_run_" + name)
    function.restype, function.argtypes = ctypes.c_double, [ctypes.c_void_p]
for name in "error sources notes".split():
    function = getattr(lib, "gm_run_" + name)
    function.restype, function.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
lib.gm_run_set.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
lib.gm_run_start.argtypes = lib.gm_run_close.argtypes = [ctypes.c_void_p]


@contextlib.contextmanager
def metered(**settings):
    run = lib.gm_run_open()
    try:
        for name, value in settings.items():
            if lib.gm_run_set(run, name.encode(), str(value).encode()):
                raise ValueError(lib.gm_run_error(run).decode())
        if lib.gm_run_start(run):
            raise RuntimeError(lib.gm_run_error(run).decode())
        yield
        joules = lib.gm_run_stop_j(run)
        print(f"{lib.gm_run_duration_s(run):.3f} s, {joules:.4g} J (95 %: {lib.gm_run_low_j(run):.4g} to "
              f"{lib.gm_run_high_j(run):.4g}), {lib.gm_run_emissions_kg(run):.3g} kg CO2e, "
              f"{100 * lib.gm_run_measured_share(run):.0f} % measured\n{lib.gm_run_sources(run).decode()}")
    finally:
        lib.gm_run_close(run)


with metered(country=sys.argv[1] if len(sys.argv) > 1 else "WLD"):
    print(sum(1 / i for i in range(1, 3_000_000)))
