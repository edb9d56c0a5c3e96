/* SPDX-License-Identifier: MIT
 * The meter for other languages: an opaque handle, texts and doubles, no struct by value and no pointer but
 * the handle, so that ctypes, Fortran, Julia or R need no C compiler and no knowledge of any layout.
 *
 *   gm_run *run = gm_run_open();
 *   if (gm_run_set(run, "country", "FRA") != 0 || gm_run_start(run) != 0) puts(gm_run_error(run));
 *   …                                                        joules of what happens here
 *   double j = gm_run_stop_j(run);                           NaN where it failed, gm_run_error says why
 *   printf("%g J (%g to %g), %g kg\n", j, gm_run_low_j(run), gm_run_high_j(run), gm_run_emissions_kg(run));
 *   gm_run_close(run);
 *
 * Settings are those of track (track config), from the environment (GREENMILE_*, CODECARBON_*) unless set
 * here. A handle is one thread's at a time. Functions that return int return 0 or gm_exit_code's number, 1
 * failed, 2 bad input. Texts belong to the handle and live until its next call or its end. */
#ifndef ENERGY_RUN_H
#define ENERGY_RUN_H

/* Grows when a function below changes its meaning; new ones only add. */
#define GM_RUN_INTERFACE 1
int gm_run_interface(void); /* of the library at hand */

typedef struct gm_run gm_run;

gm_run *gm_run_open(void);      /* NULL without memory */
void gm_run_close(gm_run *run); /* accepts NULL */

/* The sentence of the last failure, "" where there was none. */
const char *gm_run_error(const gm_run *run);

/* A setting of track by its name: "country", "carbon_intensity", "pue", "gpus", "source" …; before the start.
 */
int gm_run_set(gm_run *run, const char *name, const char *value);

/* Opens the meter at the first call, and takes the first reading. Again after a stop: the next interval. */
int gm_run_start(gm_run *run);

/* Takes the last reading; the energy since the start, J. It may be called again, for the energy so far. */
double gm_run_stop_j(gm_run *run);

/* Of the last stop; NaN before one. */
double gm_run_duration_s(const gm_run *run);
double gm_run_energy_j(const gm_run *run);
double gm_run_low_j(const gm_run *run); /* 95 % interval */
double gm_run_high_j(const gm_run *run);
double
gm_run_measured_share(const gm_run *run); /* part of the energy that was measured, not modelled, [0, 1] */
double gm_run_emissions_kg(const gm_run *run); /* NaN without a carbon intensity */
double gm_run_emissions_low_kg(const gm_run *run);
double gm_run_emissions_high_kg(const gm_run *run);

/* What it rests on, and what to know before quoting it, a line each; "" before a stop. */
const char *gm_run_sources(gm_run *run);
const char *gm_run_notes(gm_run *run);

/* Appends the row of the last interval to a file of CodeCarbon's columns. */
int gm_run_append_csv(gm_run *run, const char *path);

#endif
