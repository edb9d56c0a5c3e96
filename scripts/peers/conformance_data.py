#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Public files nobody here wrote, read by greenmile and by pandas or xarray: the same dates, the same values; and
those that greenmile refuses, with the word that says why. The files come with packages, as far as these are installed:
statsmodels, eofs, iris-sample-data, cartopy and vega_datasets (PyPI), ferret-datasets (Debian)."""
import argparse
import importlib.util
import pathlib
import subprocess

import numpy as np
import pandas as pd

from checks import Checks

FERRET = pathlib.Path("/usr/share/ferret-vis/data")


def package(name, *path):
    """A file below an installed package, or None."""
    found = importlib.util.find_spec(name)
    folder = found and found.submodule_search_locations and pathlib.Path(found.submodule_search_locations[0])
    return folder.joinpath(*path) if folder and folder.joinpath(*path).exists() else None


def ferret(name):
    return FERRET / name if (FERRET / name).exists() else None


# ---- other readers -----------------------------------------------------------------


def years_of_months(path):
    table = pd.read_csv(path, index_col=0)
    return [f"{y:04d}-{m:02d}" for y in table.index for m in range(1, 13)], table.to_numpy().ravel()


def column(date, value, form):
    def read(path):
        table = pd.read_csv(path)
        return [form(d) for d in table[date]], table[value].to_numpy(float)

    return read


def month(text):
    return pd.to_datetime(text).strftime("%Y-%m")


def box_mean(variable, south, north, west, east):
    """xarray's weighted mean that skips missing cells."""

    def read(path):
        import xarray as xr

        data = xr.open_dataset(path, decode_times=False)[variable].squeeze(drop=True)
        lat = next(d for d in data.dims if data[d].attrs.get("units", "").startswith("degrees_n"))
        lon = next(d for d in data.dims if data[d].attrs.get("units", "").startswith("degrees_e"))
        inside = (data[lon] % 360 >= west) & (data[lon] % 360 <= east)
        part = data.where((data[lat] >= south) & (data[lat] <= north) & inside, drop=True).astype(float)
        index = part.weighted(np.cos(np.deg2rad(part[lat]))).mean((lat, lon), skipna=True)
        return None, np.atleast_1d(index.to_numpy())

    return read


# ---- the files -----------------------------------------------------------------------

STATS = ("statsmodels", "datasets")
VEGA = ("vega_datasets", "_data")
IRIS = ("iris_sample_data", "sample_data")
READ = [
    ("statsmodels elnino.csv", package(*STATS, "elnino", "elnino.csv"), ["--csv"], years_of_months),
    ("statsmodels sunspots.csv", package(*STATS, "sunspots", "sunspots.csv"), ["--csv"],
     column("YEAR", "SUNACTIVITY", lambda y: str(int(y)))),
    ("statsmodels nile.csv", package(*STATS, "nile", "nile.csv"), ["--csv"], column("year", "volume", str)),
    ("statsmodels copper.csv", package(*STATS, "copper", "copper.csv"), ["--target", "COPPERPRICE", "--csv"],
     column("YEAR", "COPPERPRICE", str)),
    ("statsmodels elec_equip.csv", package(*STATS, "elec_equip", "elec_equip.csv"), ["--csv"],
     column("DATE", "STS.M.I7.W.TOVT.NS0016.4.000", month)),
    ("ferret coads_climatology.cdf, SST", ferret("coads_climatology.cdf"), ["--sst"], box_mean("SST", -5, 5, 190, 240)),
    ("ferret coads_climatology.cdf, AIRT, 40:60,300:350", ferret("coads_climatology.cdf"),
     ["--variable", "AIRT", "--index", "40:60,300:350", "--sst"], box_mean("AIRT", 40, 60, 300, 350)),
    ("ferret esku_heat_budget.cdf, SST", ferret("esku_heat_budget.cdf"), ["--sst"], box_mean("SST", -5, 5, 190, 240)),
    ("ferret monthly_navy_winds.cdf, UWND", ferret("monthly_navy_winds.cdf"), ["--variable", "UWND", "--sst"],
     box_mean("UWND", -5, 5, 190, 240)),
    ("ferret monthly_navy_winds.cdf, VWND, nino4", ferret("monthly_navy_winds.cdf"),
     ["--variable", "VWND", "--index", "nino4", "--sst"], box_mean("VWND", -5, 5, 160, 210)),
    ("iris ostia_monthly.nc", package(*IRIS, "ostia_monthly.nc"), ["--sst"],
     box_mean("surface_temperature", -5, 5, 190, 240)),
    ("cartopy HadISST1_SST_update.nc", package("cartopy", "data", "netcdf", "HadISST1_SST_update.nc"), ["--sst"],
     box_mean("sst", -5, 5, 190, 240)),
    ("vega_datasets us-employment.csv", package(*VEGA, "us-employment.csv"), ["--target", "nonfarm", "--csv"],
     column("month", "nonfarm", month)),
    ("vega_datasets seattle-weather.csv (days)", package(*VEGA, "seattle-weather.csv"),
     ["--target", "temp_max", "--csv"], column("date", "temp_max", lambda d: d.replace("/", "-"))),
]
REFUSED = [
    ("statsmodels co2.csv (weeks)", package(*STATS, "co2", "co2.csv"), ["--csv"], "the rows are 7 days apart"),
    ("statsmodels macrodata.csv (quarters)", package(*STATS, "macrodata", "macrodata.csv"),
     ["--target", "realgdp", "--csv"], "occurs twice"),
    ("iris NEMO (curvilinear)", package(*IRIS, "NEMO", "nemo_1m_20150101-20150201_grid-T.nc"), ["--sst"],
     "curvilinear: nav_lat"),
    ("iris A1B_north_america.nc (years)", package(*IRIS, "A1B_north_america.nc"), ["--sst"], "months are missing"),
    ("eofs hgt_djf.nc (winters)", package("eofs", "examples", "example_data", "hgt_djf.nc"), ["--sst"],
     "months are missing"),
    ("eofs sst_ndjfm_anom.nc (winters)", package("eofs", "examples", "example_data", "sst_ndjfm_anom.nc"), ["--sst"],
     "months are missing"),
    ("vega_datasets seattle-temps.csv (hours)", package(*VEGA, "seattle-temps.csv"), ["--csv"], "is a second row of"),
    ("vega_datasets iowa-electricity.csv (three tables in one)", package(*VEGA, "iowa-electricity.csv"),
     ["--target", "net_generation", "--csv"], "comes after"),
    ("ferret levitus_climatology.cdf (no time)", ferret("levitus_climatology.cdf"), ["--sst"], "no time axis"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", default="build")
    program = pathlib.Path(parser.parse_args().build, "tests", "peer_data")
    checks = Checks()
    for name, path, options, theirs in READ:
        if path is None:
            print(f"not here   {name}")
            continue
        done = subprocess.run([program, *options, path], capture_output=True, text=True)
        if done.returncode != 0:
            checks.verdict(False, name, done.stderr.strip())
            continue
        ours = [line.split() for line in done.stdout.splitlines()]
        dates, values = theirs(path)
        if dates is not None:
            checks.verdict([d for d, _ in ours] == list(dates), f"{name}: {len(ours)} dates", "the same")
        difference = np.abs(np.array([float(v) for _, v in ours]) - values).max() if len(ours) == len(values) else np.nan
        # Text is read exactly; an index of a map is kept in single precision per cell.
        checks.add(f"{name}: {len(ours)} values", difference / np.abs(values).max(), 1e-15 if dates is not None else 1e-6)
    for name, path, options, word in REFUSED:
        if path is None:
            print(f"not here   {name}")
            continue
        done = subprocess.run([program, *options, path], capture_output=True, text=True)
        checks.verdict(done.returncode == 2 and word in done.stderr, name, f"refused: {word}")
    checks.finish()


main()
