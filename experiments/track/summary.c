/* SPDX-License-Identifier: MIT
 * The summary of a metered run for the person who started it: kWh and kg first, whose they are, how they are
 * known, and what to know before quoting them. Lines of 80 columns at most, fewer on a narrower terminal. */
#include "common/json.h"
#include "common/terminal.h"
#include "energy/carbon/emissions.h"
#include "experiments/track/metered_run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST = 80, INDENT = 20, NARROW = 60 };

/* "track: LABEL     TEXT", broken between words where it is too long: for the terminal, for 80 columns at
 * most. */
__attribute__((format(printf, 2, 3))) static void say(const char *label, const char *format, ...) {
  char text[1024], margin[INDENT + 1];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  for (char *c = text; *c != '\0'; c++) /* commands of meters have lines of their own */
    if (*c == '\n' || *c == '\t') *c = ' ';
  const size_t terminal = gm_terminal_columns(stderr);
  const size_t columns = terminal > 0 && terminal < LONGEST ? terminal : LONGEST;
  snprintf(margin, sizeof margin, "%-*s", columns < NARROW ? (int)strlen("track:   ") : INDENT, "track:");
  fprintf(stderr, "track: %-*s", INDENT - (int)strlen("track: "), label);
  gm_fold(stderr, text, columns, INDENT, margin);
}

static void say_energy(const gm_run_record *r) {
  const gm_energy *e = &r->energy;
  const bool modelled = e->scope == GM_SCOPE_WALL_MODELLED || e->scope == GM_SCOPE_WALL_MODELLED_GPU;
  const bool share = modelled && gm_meter_power_lines(r->meter)->share;
  say("energy", "%.3g kWh (95 %%: %.3g to %.3g), %s", gm_kwh(e->energy_j), gm_kwh(e->low_j),
      gm_kwh(e->high_j), share ? "share of host" : "whole machine");
  if (gm_carbon_intensity_is_set(&r->carbon)) {
    const gm_emissions kg = gm_emissions_of(e->energy_j, e->low_j, e->high_j, &r->carbon);
    say("emissions", "%.3g kg CO2e (%.3g to %.3g) at %.4g g/kWh%s%s", kg.kg, kg.low_kg, kg.high_kg,
        r->carbon.g_per_kwh, r->carbon.iso3[0] != '\0' ? ", " : "",
        gm_carbon_intensity_is_world(&r->carbon) ? "world mean" : r->carbon.iso3);
  } else {
    say("emissions", "not known: give --country ISO3, --carbon-intensity or --world");
  }
  if (r->carbon.has_contract) {
    const gm_emissions kg = gm_emissions_by_contract(e->energy_j, e->low_j, e->high_j, &r->carbon);
    say("by contract", "%.3g kg CO2e (%.3g to %.3g) at %.4g g/kWh, market-based", kg.kg, kg.low_kg,
        kg.high_kg, r->carbon.contract_g_per_kwh);
  }
  if (!isnan(e->attributed_j))
    say("this command", "%.3g kWh (%.3g to %.3g), its share above idle", gm_kwh(e->attributed_j),
        gm_kwh(e->attributed_low_j), gm_kwh(e->attributed_high_j));
}

/* How the energy is known: "measured", or which part of it is. */
static void say_how(const gm_metered_run *run, const gm_energy *e) {
  char text[512];
  const double share = e->energy_j > 0 ? e->measured_j / e->energy_j : 0;
  gm_meter_sources(run->meter, &e->basis, text, sizeof text);
  if (e->measured_j >= e->energy_j)
    say("measured", "%s", text);
  else if (e->measured_j > 0)
    say(e->measured ? "measured" : "modelled", "%.0f %% is measured: %s", 100 * share, text);
  else
    say("modelled", "nothing is measured here (see track detect): %s", text);
}

void gm_track_print_summary(const gm_metered_run *run, const gm_run_record *r, bool recorded,
                            const char *written) {
  const gm_energy *e = &r->energy;
  if (isatty(STDERR_FILENO) && r->exit_status > 128) fputc('\n', stderr); /* behind the terminal's "^C" */
  say_energy(r);
  say("time", "%.3f s at %.3g W, %.4g J", e->duration_s, e->power_w, e->energy_j);
  say_how(run, e);
  double low_j, high_j;
  gm_likely_wall(e, &run->wall, &low_j, &high_j);
  if (isnan(e->component_j[GM_WALL]) && !isnan(low_j))
    say("at the plug", "likely %.3g to %.3g kWh (%s)", gm_kwh(low_j), gm_kwh(high_j),
        run->wall.slope > 0 ? "as calibrated" : "by quotients of one server, one desktop");
  struct json_object *notes = gm_run_record_notes(r);
  for (size_t i = 0; i < json_object_array_length(notes); i++)
    say("note", "%s", json_object_get_string(json_object_array_get_idx(notes, i)));
  json_object_put(notes);
  if (recorded || written != NULL)
    say("written", "%s%s%s", recorded ? run->record_path : "", recorded && written != NULL ? " and " : "",
        written != NULL ? written : "");
  else
    say("written", "nothing: what stands here is all there is");
}
