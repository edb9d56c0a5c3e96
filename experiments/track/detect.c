/* SPDX-License-Identifier: MIT
 * track detect: what this machine offers for metering, what is used, and what to do about the rest. */
#include "common/json.h"
#include "common/terminal.h"
#include "energy/process/process_tree.h"
#include "energy/record/run_record.h"
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void print_zone(const gm_meter *meter, size_t i, FILE *out) {
  const gm_zone *zone = gm_meter_zone(meter, i);
  fprintf(out, "    %-4s  %s", gm_component_name(zone->component), zone->name);
  if (zone->measured)
    fprintf(out, " (sensor class ±%.3g %%, tick %.3g s%s)", 200 * zone->sensor_relative, zone->tick_s,
            zone->frozen ? ", frozen: not counted until it moves" : "");
  else
    fprintf(out, " (model, %.2g to %.2g of the estimate)", zone->low_factor, zone->high_factor);
  fprintf(out, "\n");
}

static void print_source(const gm_meter *meter, size_t s, FILE *out) {
  const gm_source_report report = gm_meter_source(meter, s);
  fprintf(out, "  %-10s %s", report.source, report.usable ? "usable" : "not usable");
  for (int r = 0; r < GM_N_REASONS; r++)
    if ((report.reasons & GM_REASON_BIT(r)) != 0) fprintf(out, " [%s]", gm_reason_name((gm_reason)r));
  fprintf(out, "%s%s\n", report.note[0] != '\0' ? ": " : "", report.note);
  for (size_t i = 0; i < gm_meter_n_zones(meter); i++)
    if (gm_meter_source_index(meter, i) == s) print_zone(meter, i, out);
}

static struct json_object *sources_array(const gm_meter *meter) {
  struct json_object *list = json_object_new_array();
  for (size_t s = 0; s < gm_meter_n_sources(meter); s++) {
    const gm_source_report report = gm_meter_source(meter, s);
    struct json_object *o = json_object_new_object(), *reasons = json_object_new_array();
    gm_json_add_text(o, "source", report.source);
    gm_json_add_bool(o, "usable", report.usable);
    for (int r = 0; r < GM_N_REASONS; r++)
      if ((report.reasons & GM_REASON_BIT(r)) != 0)
        json_object_array_add(reasons, gm_json_string(gm_reason_name((gm_reason)r)));
    json_object_object_add(o, "reasons", reasons);
    gm_json_add_text(o, "note", report.note);
    json_object_array_add(list, o);
  }
  return list;
}

/* The same for programs: sources, and the power model's tier, lines and bounds. */
static gm_status detect_json(gm_track *track, const char *operand, void *context, gm_error *err) {
  (void)operand, (void)context;
  gm_meter *meter;
  const gm_meter_config config = gm_track_meter_config(track);
  const gm_status status = gm_meter_open(&meter, &config, err);
  if (status != GM_OK) return status;
  struct json_object *root = json_object_new_object();
  gm_json_add_text(root, "schema", "greenmile-detect-1");
  gm_json_add_text(root, "cpu_model", gm_meter_host(meter)->cpu_model);
  json_object_object_add(root, "sources", sources_array(meter));
  json_object_object_add(root, "power_model", gm_run_record_power_model(gm_meter_power_lines(meter)));
  puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
  json_object_put(root);
  gm_meter_close(meter);
  return GM_OK;
}

/* Takes `flag` out of the arguments, as it is no setting of the meter. */
static bool take_flag(int *argc, char **argv, const char *flag) {
  for (int i = 1; i < *argc; i++) {
    if (strcmp(argv[i], flag) != 0) continue;
    memmove(&argv[i], &argv[i + 1], (size_t)(*argc - i) * sizeof *argv);
    (*argc)--;
    return true;
  }
  return false;
}

/* What a run here and now would rest on, seen over a moment: a counter that is there may stand still. */
static void print_now(gm_meter *meter, FILE *out) {
  const struct timespec moment = {.tv_nsec = 700000000}; /* longer than it takes to call a counter frozen */
  gm_reading start, stop;
  gm_energy e;
  char text[512];
  gm_meter_read(meter, &start);
  nanosleep(&moment, NULL);
  gm_meter_read(meter, &stop);
  gm_meter_between(meter, &start, &stop, NULL, &e);
  gm_meter_sources(meter, &e.basis, text, sizeof text);
  fprintf(out, "a run now  %s, %.0f %% of its joules measured: %s\n", e.measured ? "measured" : "modelled",
          e.energy_j > 0 ? 100 * e.measured_j / e.energy_j : 0, text);
  for (int r = 0; r < GM_N_REASONS; r++)
    if ((e.reasons & GM_REASON_BIT(r)) != 0 && r != GM_MODELLED)
      fprintf(out, "  %s\n", gm_reason_sentence((gm_reason)r));
}

static gm_status print_all(gm_track *track, FILE *out, gm_error *err) {
  gm_meter *meter;
  gm_process_tree *tree = NULL;
  gm_idle_baseline baseline;
  bool found;
  char why[256] = "";
  const gm_meter_config config = gm_track_meter_config(track);
  gm_status status = gm_track_carbon(track, err);
  if (status == GM_OK) status = gm_meter_open(&meter, &config, err);
  if (status != GM_OK) return status;
  const gm_host *host = gm_meter_host(meter);
  fprintf(out, "machine  %s, %d logical CPUs, %d socket%s, %.3g GiB, %s%s\n",
          host->cpu_model[0] != '\0' ? host->cpu_model : "unknown CPU", host->logical_cpus, host->sockets,
          host->sockets == 1 ? "" : "s", host->ram_gib, host->os,
          host->virtualised ? ", virtual machine" : "");
  fprintf(out, "sources, in order of preference; per component the first whose counter moves is used\n");
  for (size_t s = 0; s < gm_meter_n_sources(meter); s++) print_source(meter, s, out);
  print_now(meter, out);
  status = gm_process_tree_open(&tree, true, err);
  if (status == GM_OK) {
    const char *note = gm_process_tree_note(tree);
    fprintf(out, "process tree  %s%s%s\n", gm_process_tree_method(tree), note[0] != '\0' ? ": " : "", note);
    status = gm_track_use_baseline(track, meter, &baseline, &found, why, sizeof why, err);
  }
  if (status == GM_OK) fprintf(out, "idle baseline  %s\n", found ? "found" : why);
  if (status == GM_OK && gm_carbon_intensity_is_set(&track->carbon))
    fprintf(out, "carbon intensity  %.4g g/kWh, %s\n", track->carbon.g_per_kwh, track->carbon.source);
  else if (status == GM_OK)
    fprintf(out, "carbon intensity  not set: --country ISO3, --carbon-intensity G_PER_KWH or --world\n");
  gm_process_tree_close(tree);
  gm_meter_close(meter);
  return status;
}

/* In lines that fit the terminal, those that go on further in than the first. */
static gm_status detect(gm_track *track, const char *operand, void *context, gm_error *err) {
  (void)operand, (void)context;
  char *text = NULL;
  size_t size = 0;
  FILE *out = open_memstream(&text, &size);
  if (out == NULL) return gm_fail(err, GM_NO_MEMORY, "track detect: out of memory");
  const gm_status status = print_all(track, out, err);
  fclose(out);
  const size_t columns = gm_terminal_columns(stdout);
  for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
    char margin[16];
    snprintf(margin, sizeof margin, "%*s", (int)strspn(line, " ") + 2, "");
    *end = '\0';
    gm_fold(stdout, line, columns, 0, margin);
  }
  free(text);
  return status;
}

int gm_track_detect(int argc, char **argv) {
  const gm_track_usage usage = {.name = "track detect",
                                .usage = "[--json] [options]",
                                .description =
                                    "Prints what this machine offers for metering, what is used and "
                                    "why the rest is not; with --json as one object."};
  const bool json = take_flag(&argc, argv, "--json");
  return gm_track_main(&usage, argc, argv, json ? detect_json : detect, NULL);
}
