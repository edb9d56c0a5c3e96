/* SPDX-License-Identifier: MIT
 * Standard uncertainties by class of sensor, relative (energy.md 6.6). Judgements
 * anchored on published comparisons with meters, not measurements: change one and the
 * version of the set in run_record.c with it. */
#ifndef ENERGY_SENSOR_CLASS_H
#define ENERGY_SENSOR_CLASS_H

#define GM_CLASS_INTEL_PACKAGE 0.05
#define GM_CLASS_AMD_PACKAGE 0.10
#define GM_CLASS_DRAM 0.15
#define GM_CLASS_PLATFORM 0.10 /* psys, ACPI power meters */
#define GM_CLASS_HWMON 0.10    /* vendor sensors behind hwmon */
#define GM_CLASS_NVML_ENERGY 0.05
#define GM_CLASS_NVML_POWER 0.10
#define GM_CLASS_NVML_SPARSE 0.15 /* A100, H100: a quarter of the time is sampled (arXiv 2312.02741) */
#define GM_CLASS_WALL_METER 0.01  /* an electricity meter of class 1 (IEC 62053-21) or a good plug meter */

#endif
