/* SPDX-License-Identifier: MIT
 * track [options] -- COMMAND: runs a command and meters it. Its standard streams and exit status
 * stay its own; signals go through. The track process itself only waits. */
#include "common/atomic_file.h"
#include "common/clock.h"
#include "common/terminal.h"
#include "energy/record/run_record.h"
#include "experiments/track/commands.h"
#include "experiments/track/metered_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const int degraded_status = 3;

static const char description[] =
    "Runs COMMAND with all it starts and meters it: one row in emissions.csv, one JSON record with\n"
    "the energy's interval and what it rests on. The exit status is COMMAND's. Uses no network.\n"
    "Without a command it meters the whole machine until Ctrl-C, with --pid until that process ends.\n"
    "Other commands: track idle, detect, config, replay, compare, plot, recover (each with --help).";

/* ---- the clock that knows the tree's CPU time --------------------------------------- */

static int64_t tree_now_ns(void *context, clockid_t id) {
  struct timespec now = {0};
  if (id == CLOCK_PROCESS_CPUTIME_ID) return gm_process_tree_cpu_ns(context);
  clock_gettime(id, &now);
  return gm_timespec_to_ns(now);
}

/* ---- opening --------------------------------------------------------------------------- */

/* Where the row goes: --output, below --output-dir when it is a plain file name. */
static char *output_path(const gm_settings *s) {
  const char *output = gm_settings_text(s, GM_SET_OUTPUT),
             *directory = gm_settings_text(s, GM_SET_OUTPUT_DIR);
  return directory == NULL || strchr(output, '/') != NULL ? strdup(output) : gm_path_join(directory, output);
}

static char *default_record_path(const char *output, const char *run_id) {
  char *path = NULL;
  const char *slash = strrchr(output, '/');
  const int directory = slash != NULL ? (int)(slash - output) + 1 : 0;
  return asprintf(&path, "%.*strack-%s.json", directory, output, run_id) >= 0 ? path : NULL;
}

/* Each of the files has a name of its own: none is written over another. */
static gm_status check_paths(const gm_metered_run *run, gm_error *err) {
  const gm_settings *settings = &run->track.settings;
  const struct {
    const char *option, *path;
  } files[] = {{"output", gm_settings_flag(settings, GM_SET_SAVE_CSV) ? run->output : NULL},
               {"record", run->record_path},
               {"readings", gm_settings_text(settings, GM_SET_READINGS)},
               {"timeline", run->timeline_path}};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    for (size_t j = 0; j < i; j++)
      if (files[i].path != NULL && files[j].path != NULL && gm_same_file(files[i].path, files[j].path))
        return gm_fail(err, GM_BAD_INPUT, "--%s %s: that is the file of --%s; expected another",
                       files[i].option, files[i].path, files[j].option);
  return GM_OK;
}

static gm_status open_run(gm_metered_run *run, gm_error *err) {
  const gm_settings *settings = &run->track.settings;
  gm_status status = gm_track_check_windows(run, err);
  const char *wall = gm_settings_text(settings, GM_SET_WALL_CALIBRATION);
  if (status == GM_OK && wall != NULL && gm_wall_calibration_parse(&run->wall, wall, err) != GM_OK) {
    gm_error_prefix(err, settings->origin[GM_SET_WALL_CALIBRATION]);
    return GM_BAD_INPUT;
  }
  if (status == GM_OK) status = gm_track_carbon(&run->track, err);
  if (status == GM_OK) status = gm_uuid(run->run_id, err);
  if (status != GM_OK) return status;
  snprintf(run->version, sizeof run->version, "greenmile-%s", gm_version());
  run->output = output_path(settings);
  const char *record = gm_settings_text(settings, GM_SET_RECORD);
  if (run->output != NULL)
    run->record_path = record != NULL ? strdup(record) : default_record_path(run->output, run->run_id);
  if (run->record_path == NULL) return gm_fail_memory(err, "a file name");
  status = check_paths(run, err);
  if (status == GM_OK && gm_settings_flag(settings, GM_SET_SAVE_CSV))
    status = gm_emissions_check(run->output, err);
  if (status == GM_OK) status = gm_emissions_check(run->record_path, err);
  if (status == GM_OK) status = gm_process_tree_open(&run->tree, true, err);
  if (status != GM_OK) return status;
  gm_meter_config config = gm_track_meter_config(&run->track);
  config.clock = (gm_clock){.now_ns = tree_now_ns, .context = run->tree};
  const char *readings = gm_settings_text(settings, GM_SET_READINGS);
  if (readings != NULL) {
    status = gm_readings_log_create(&run->log, readings, err);
    if (status != GM_OK) return status;
    config.observer = gm_readings_log_observer(run->log);
  }
  status = gm_meter_open(&run->meter, &config, err);
  if (status != GM_OK) return status;
  if (!gm_settings_flag(settings, GM_SET_QUIET)) run->live = gm_track_open_live();
  return gm_track_use_baseline(&run->track, run->meter, &run->baseline, &run->has_baseline, run->no_baseline,
                               sizeof run->no_baseline, err);
}

static void close_run(gm_metered_run *run) {
  gm_error err;
  (void)gm_track_timeline_close(run);
  gm_meter_close(run->meter);
  if (run->log != NULL && run->stop.n_zones > 0) gm_readings_log_mark(run->log, &run->start, &run->stop);
  if (gm_readings_log_close(run->log, &err) != GM_OK) gm_say(stderr, "track: %s", err.message);
  gm_process_tree_close(run->tree);
  free(run->output);
  free(run->record_path);
  gm_track_close(&run->track);
}

/* ---- running ---------------------------------------------------------------------------------- */

static int run_command(gm_metered_run *run, gm_error *err) {
  sigset_t blocked, before;
  gm_status status = open_run(run, err);
  if (status != GM_OK) return gm_track_exit(status, err);
  gm_track_watched_signals(&run->signals);
  blocked = run->signals;
  sigaddset(&blocked, SIGPIPE); /* a closed stderr must not end the run */
  sigaddset(&blocked, SIGXFSZ); /* nor a limit on files; the command has its own signals again */
  sigprocmask(SIG_BLOCK, &blocked, &before);
  signal(SIGCHLD, SIG_DFL); /* where it was ignored, nobody could be waited for */
  status = gm_track_window_before(run, err);
  if (status != GM_OK) return gm_track_exit(status, err);
  err->message[0] = '\0';
  run->started_at = time(NULL);
  if (run->log != NULL) gm_readings_log_begin(run->log, run->meter);
  status = gm_track_timeline_open(run, err);
  if (status == GM_OK && run->argv == NULL) status = gm_process_tree_attach(run->tree, (pid_t)run->pid, err);
  if (status != GM_OK) return gm_track_exit(status, err);
  if (run->argv == NULL && !gm_settings_flag(&run->track.settings, GM_SET_QUIET))
    gm_say(stderr,
           run->pid > 0 ? "track: metering until process %lld ends or Ctrl-C"
                        : "track: metering the whole machine until Ctrl-C; see track --help",
           (long long)run->pid);
  gm_meter_read_aligned(run->meter, &run->start);
  run->timeline_last = run->start;
  if (run->argv != NULL) status = gm_process_tree_start(run->tree, run->argv, &before, err);
  if (status != GM_OK) return gm_track_exit(status, err);
  const bool started = err->message[0] == '\0';
  gm_track_follow(run);
  gm_track_timeline_add(run);
  gm_meter_read(run->meter, &run->stop);
  run->stopped_at = time(NULL);
  const int exit_status = gm_process_tree_exit_status(run->tree);
  if (!started) {
    gm_say(stderr, "track: %s%s", err->message, gm_track_suggestion(run->argv[0]));
    return exit_status;
  }
  gm_track_window_after(run);
  bool whole = gm_track_timeline_close(run);
  whole = gm_track_write_results(run) && whole;
  gm_energy e;
  gm_meter_between(run->meter, &run->start, &run->stop, NULL, &e);
  const bool strict = gm_settings_flag(&run->track.settings, GM_SET_STRICT);
  return exit_status == 0 && strict && (!whole || gm_energy_degraded(&e)) ? degraded_status : exit_status;
}

int gm_track_run(int argc, char **argv) {
  gm_metered_run run = {.meter = NULL};
  const gm_option own[] = {
      {.name = "pid",
       .argument = "PID",
       .help = "meter until this process ends, which runs already, instead of a command",
       .kind = GM_OPTION_INTEGER,
       .target = &run.pid,
       .min = 1,
       .max = 4194304},
      {.name = "timeline",
       .argument = "FILE.csv",
       .help = "power of each component against time, a line per --interval (track plot)",
       .kind = GM_OPTION_TEXT,
       .target = &run.timeline_path}};
  const gm_track_usage usage = {.own = own,
                                .n_own = sizeof own / sizeof *own,
                                .name = "track",
                                .usage = "[options] [-- COMMAND [ARG …]]",
                                .description = description,
                                .epilogue =
                                    "Example:\n  track --country FRA -- python train.py\n"
                                    "The exit status is the command's: 127 not found, 126 not executable, "
                                    "128 + n ended by signal n;\n3 with --strict when it succeeded and its "
                                    "energy is not for the most part a sound measurement."};
  gm_error err = {0};
  bool done;
  int first;
  gm_status status = gm_track_open(&run.track, &usage, argc, argv, &done, &first, &err);
  if (status == GM_OK && !done && first < argc && run.pid > 0)
    status = gm_fail(&err, GM_BAD_INPUT, "--pid: expected no command beside it, got \"%s\"", argv[first]);
  int code = gm_exit_code(status);
  if (status != GM_OK) {
    (void)gm_track_exit(status, &err);
  } else if (!done) {
    gm_track_print_notices(&run.track);
    run.argv = first < argc ? argv + first : NULL;
    run.argc = argc - first;
    code = run_command(&run, &err);
  }
  close_run(&run);
  return code;
}
