/* SPDX-License-Identifier: MIT
 * What a metered run leaves: the record, the row, the summary. */
#include "common/terminal.h"
#include "energy/record/run_record.h"
#include "experiments/track/metered_run.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

void gm_track_warn(gm_metered_run *run, const char *format, ...) {
  char sentence[sizeof run->warning_texts[0]];
  va_list args;
  va_start(args, format);
  vsnprintf(sentence, sizeof sentence, format, args);
  va_end(args);
  gm_say(stderr, "track: warning: %s", sentence);
  if (run->n_warnings == sizeof run->warnings / sizeof *run->warnings) return;
  run->warnings[run->n_warnings] = memcpy(run->warning_texts[run->n_warnings], sentence, sizeof sentence);
  run->n_warnings++;
}

static gm_run_record record_of(const gm_metered_run *run, bool complete) {
  const gm_settings *settings = &run->track.settings;
  const char *mode = gm_settings_text(settings, GM_SET_TRACKING_MODE);
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  gm_run_record r = {
      .run_id = run->run_id,
      .program = "track",
      .complete = complete,
      .argv = run->argv == NULL || gm_settings_flag(settings, GM_SET_NO_ARGV)
                  ? NULL
                  : (const char *const *)run->argv,
      .argc = (size_t)run->argc,
      .exit_status = complete ? gm_process_tree_exit_status(run->tree) : -1,
      .started_at = run->started_at,
      .stopped_at = run->stopped_at,
      .meter = run->meter,
      .start = &run->start,
      .stop = &run->stop,
      .carbon = run->track.carbon,
      .wue = gm_settings_number(settings, GM_SET_WUE),
      .wall = run->wall,
      .baseline = run->has_baseline ? &run->baseline : NULL,
      .no_baseline = run->no_baseline,
      .tree_method = gm_process_tree_method(run->tree),
      .tree_note = gm_process_tree_note(run->tree),
      .survivors = gm_process_tree_population(run->tree),
      .overhead_cpu_s = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                        (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) * 1e-6,
      .overhead_memory_mib = (double)own.ru_maxrss / 1024,
      .warnings = run->warnings,
      .n_warnings = run->n_warnings,
      .project = gm_settings_text(settings, GM_SET_PROJECT),
      .experiment = gm_settings_text(settings, GM_SET_EXPERIMENT),
      .region = gm_settings_text(settings, GM_SET_REGION),
      .cloud_provider = gm_settings_text(settings, GM_SET_CLOUD_PROVIDER),
      .cloud_region = gm_settings_text(settings, GM_SET_CLOUD_REGION),
      .version = gm_version(),
      .row_version = run->version,
      .git_commit = gm_git_commit(),
      .bill_process = strcmp(mode, "process") == 0,
      .ram_used_gib = gm_host_ram_used_gib(gm_track_meter_config(&run->track).proc_root),
  };
  gm_meter_between(run->meter, &run->start, &run->stop, NULL, &r.energy);
  return r;
}

void gm_track_checkpoint(gm_metered_run *run) {
  gm_error err;
  const gm_run_record r = record_of(run, false);
  if (gm_run_record_write(&r, run->record_path, &err) != GM_OK) gm_say(stderr, "track: %s", err.message);
}

bool gm_track_write_results(gm_metered_run *run) {
  const gm_settings *settings = &run->track.settings;
  const bool quiet = gm_settings_flag(settings, GM_SET_QUIET);
  gm_error err;
  char *written = NULL;
  bool whole = true;
  gm_run_record r = record_of(run, true);
  if (r.survivors > 0 && !gm_settings_flag(settings, GM_SET_WAIT))
    gm_track_warn(
        run, "processes of the command still run; their later energy is not in the figures (see --wait)");
  if (gm_process_tree_lost(run->tree) > 0)
    gm_track_warn(run,
                  "a process of the command ignores SIGCHLD: of its %zu children that ended, what they used "
                  "in their last 0.05 s is missing from the command's CPU time",
                  gm_process_tree_lost(run->tree));
  if (access("/proc/self/stat", R_OK) != 0)
    gm_track_warn(
        run, "/proc is not mounted: the machine's load, memory and processor are not known, nor is the CPU "
             "time of processes that still run");
  if (r.bill_process && isnan(r.energy.attributed_j))
    gm_track_warn(run,
                  "tracking_mode process needs an idle baseline (track idle): the row bills the machine");
  else if (strcmp(gm_settings_text(settings, GM_SET_IDLE_SHARE), "none") != 0 && isnan(r.energy.attributed_j))
    gm_track_warn(run, "idle_share %s needs an idle baseline (track idle): the command's share is not known",
                  gm_settings_text(settings, GM_SET_IDLE_SHARE));
  r.n_warnings = run->n_warnings;
  if (gm_settings_flag(settings, GM_SET_SAVE_CSV)) {
    const gm_emissions_row row = gm_run_record_row(&r);
    if (gm_emissions_append(run->output, &row, &written, &err) != GM_OK) {
      gm_say(stderr, "track: %s", err.message);
      whole = false;
    } else if (strcmp(written, run->output) != 0 && !quiet) {
      gm_say(stderr, "track: warning: %s has other columns and is left alone", run->output);
    }
  }
  const bool recorded = gm_run_record_write(&r, run->record_path, &err) == GM_OK;
  if (!recorded) gm_say(stderr, "track: %s", err.message);
  if (!quiet || (!recorded && written == NULL)) gm_track_print_summary(run, &r, recorded, written);
  whole = whole && recorded;
  free(written);
  return whole;
}
