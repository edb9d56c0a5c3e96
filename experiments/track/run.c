/* SPDX-License-Identifier: MIT
 * track [options] -- COMMAND: runs a command and meters it. Its standard streams and exit status
 * stay its own; signals go through. The track process itself only waits. */
#include "common/atomic_file.h"
#include "energy/emissions.h"
#include "energy/process_tree.h"
#include "energy/readings_log.h"
#include "energy/run_record.h"
#include "experiments/track/commands.h"
#include "experiments/track/session.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const int degraded_status = 3;
static const double live_s = 1, checkpoint_s = 60, survivors_poll_s = 0.05;

static const char description[] =
    "Runs COMMAND with all it starts and meters it: one row in emissions.csv, one JSON record with\n"
    "the energy's interval and what it rests on. The exit status is COMMAND's. Uses no network.\n"
    "Other commands: track idle, detect, config, replay, compare (each with --help).";

typedef struct {
  gm_track track;
  gm_process_tree *tree;
  gm_meter *meter;
  gm_readings_log *log; /* NULL: none was asked for */
  gm_reading start, stop;
  gm_idle_baseline baseline;
  bool has_baseline;
  char no_baseline[256], run_id[GM_UUID_LENGTH], version[64];
  char *output, *record_path;
  time_t started_at;
  char **argv;
  int argc;
  const char *warnings[4];
  size_t n_warnings;
  bool live; /* a line on the terminal */
} session;

/* ---- the clock that knows the tree's CPU time --------------------------------------- */

static int64_t tree_now_ns(void *context, clockid_t id) {
  struct timespec now = {0};
  if (id == CLOCK_PROCESS_CPUTIME_ID) return gm_process_tree_cpu_ns(context);
  clock_gettime(id, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
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

static gm_status open_session(session *s, gm_error *err) {
  const gm_settings *settings = &s->track.settings;
  gm_status status = gm_track_carbon(&s->track, err);
  if (status == GM_OK) status = gm_uuid(s->run_id, err);
  if (status != GM_OK) return status;
  snprintf(s->version, sizeof s->version, "greenmile-%s", gm_version());
  s->output = output_path(settings);
  const char *record = gm_settings_text(settings, GM_SET_RECORD);
  if (s->output != NULL)
    s->record_path = record != NULL ? strdup(record) : default_record_path(s->output, s->run_id);
  if (s->record_path == NULL) return gm_fail_memory(err, "a file name");
  if (gm_settings_flag(settings, GM_SET_SAVE_CSV)) status = gm_emissions_check(s->output, err);
  if (status == GM_OK) status = gm_emissions_check(s->record_path, err);
  if (status == GM_OK) status = gm_process_tree_open(&s->tree, true, err);
  if (status != GM_OK) return status;
  gm_meter_config config = gm_track_meter_config(&s->track);
  config.clock = (gm_clock){.now_ns = tree_now_ns, .context = s->tree};
  const char *readings = gm_settings_text(settings, GM_SET_READINGS);
  if (readings != NULL) {
    status = gm_readings_log_create(&s->log, readings, err);
    if (status != GM_OK) return status;
    config.observer = gm_readings_log_observer(s->log);
  }
  status = gm_meter_open(&s->meter, &config, err);
  if (status != GM_OK) return status;
  const char *term = getenv("TERM");
  s->live = isatty(STDERR_FILENO) && getenv("NO_COLOR") == NULL && term != NULL &&
            strcmp(term, "dumb") != 0 && !gm_settings_flag(settings, GM_SET_QUIET);
  return gm_track_use_baseline(&s->track, s->meter, &s->baseline, &s->has_baseline, s->no_baseline,
                               sizeof s->no_baseline, err);
}

static void close_session(session *s) {
  gm_error err;
  gm_meter_close(s->meter);
  if (s->log != NULL && s->stop.n_zones > 0) gm_readings_log_mark(s->log, &s->start, &s->stop);
  if (gm_readings_log_close(s->log, &err) != GM_OK) fprintf(stderr, "track: %s\n", err.message);
  gm_process_tree_close(s->tree);
  free(s->output);
  free(s->record_path);
  gm_track_close(&s->track);
}

/* ---- results ------------------------------------------------------------------------------ */

static gm_run_record record_of(const session *s, bool complete) {
  const gm_settings *settings = &s->track.settings;
  const char *mode = gm_settings_text(settings, GM_SET_TRACKING_MODE);
  struct rusage own;
  getrusage(RUSAGE_SELF, &own);
  gm_run_record r = {
      .run_id = s->run_id,
      .program = "track",
      .complete = complete,
      .argv = (const char *const *)s->argv,
      .argc = (size_t)s->argc,
      .exit_status = complete ? gm_process_tree_exit_status(s->tree) : -1,
      .started_at = s->started_at,
      .stopped_at = time(NULL),
      .meter = s->meter,
      .start = &s->start,
      .stop = &s->stop,
      .carbon = s->track.carbon,
      .wue = gm_settings_number(settings, GM_SET_WUE),
      .baseline = s->has_baseline ? &s->baseline : NULL,
      .no_baseline = s->no_baseline,
      .tree_method = gm_process_tree_method(s->tree),
      .tree_note = gm_process_tree_note(s->tree),
      .survivors = gm_process_tree_population(s->tree),
      .overhead_cpu_s = (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
                        (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) * 1e-6,
      .overhead_memory_mib = (double)own.ru_maxrss / 1024,
      .warnings = s->warnings,
      .n_warnings = s->n_warnings,
      .project = gm_settings_text(settings, GM_SET_PROJECT),
      .experiment = gm_settings_text(settings, GM_SET_EXPERIMENT),
      .region = gm_settings_text(settings, GM_SET_REGION),
      .cloud_provider = gm_settings_text(settings, GM_SET_CLOUD_PROVIDER),
      .cloud_region = gm_settings_text(settings, GM_SET_CLOUD_REGION),
      .version = s->version,
      .git_commit = gm_git_commit(),
      .bill_process = strcmp(mode, "process") == 0,
      .ram_used_gib = NAN,
  };
  gm_meter_between(s->meter, &s->start, &s->stop, NULL, &r.energy);
  return r;
}

static void print_live(const session *s) {
  gm_reading now;
  gm_energy e;
  gm_meter_read(s->meter, &now);
  gm_meter_between(s->meter, &s->start, &now, NULL, &e);
  fprintf(stderr, "\r\033[Ktrack: %.0f s, %.4g J (%.4g to %.4g), %.3g W%s\r", e.duration_s, e.energy_j,
          e.low_j, e.high_j, e.power_w, e.measured ? "" : ", modelled");
  fflush(stderr);
}

static void print_summary(const session *s, const gm_run_record *r, const char *written) {
  const gm_energy *e = &r->energy;
  char text[256];
  gm_meter_sources(s->meter, &e->basis, text, sizeof text);
  fprintf(stderr, "track: %.3f s, %.4g J (95 %%: %.4g to %.4g), %.3g W mean; %s\n", e->duration_s,
          e->energy_j, e->low_j, e->high_j, e->power_w, text);
  if (!isnan(e->attributed_j))
    fprintf(stderr, "track: above idle %.4g J (%.4g to %.4g), of which the command's %.4g J (%.4g to %.4g)\n",
            e->above_idle_j, e->above_idle_low_j, e->above_idle_high_j, e->attributed_j, e->attributed_low_j,
            e->attributed_high_j);
  if (gm_carbon_intensity_is_set(&r->carbon)) {
    const gm_emissions kg = gm_emissions_of(e->energy_j, e->low_j, e->high_j, &r->carbon);
    fprintf(stderr, "track: %.4g g CO2e (%.4g to %.4g) at %.4g g/kWh\n", 1e3 * kg.kg, 1e3 * kg.low_kg,
            1e3 * kg.high_kg, r->carbon.g_per_kwh);
  } else {
    fprintf(stderr, "track: no emissions: give --country ISO3, --carbon-intensity or --world\n");
  }
  fprintf(stderr, "track: written to %s%s%s\n", s->record_path, written != NULL ? " and " : "",
          written != NULL ? written : "");
}

static void warn(session *s, const char *sentence) {
  if (s->n_warnings < sizeof s->warnings / sizeof *s->warnings) s->warnings[s->n_warnings++] = sentence;
  fprintf(stderr, "track: warning: %s\n", sentence);
}

static void checkpoint(session *s) {
  gm_error err;
  gm_meter_read(s->meter, &s->stop);
  const gm_run_record r = record_of(s, false);
  if (gm_run_record_write(&r, s->record_path, &err) != GM_OK) fprintf(stderr, "track: %s\n", err.message);
}

/* The row and the record; false where one of them could not be written. */
static bool write_results(session *s) {
  const gm_settings *settings = &s->track.settings;
  const bool quiet = gm_settings_flag(settings, GM_SET_QUIET);
  gm_error err;
  char *written = NULL;
  bool whole = true;
  gm_run_record r = record_of(s, true);
  if (r.survivors > 0 && !gm_settings_flag(settings, GM_SET_WAIT))
    warn(s, "processes of the command still run; their later energy is not in the figures (see --wait)");
  if (r.bill_process && isnan(r.energy.attributed_j))
    warn(s, "tracking_mode process needs an idle baseline (track idle): the row bills the machine");
  r.n_warnings = s->n_warnings;
  if (gm_settings_flag(settings, GM_SET_SAVE_CSV)) {
    const gm_emissions_row row = gm_run_record_row(&r);
    if (gm_emissions_append(s->output, &row, &written, &err) != GM_OK) {
      fprintf(stderr, "track: %s\n", err.message);
      whole = false;
    } else if (strcmp(written, s->output) != 0 && !quiet) {
      fprintf(stderr, "track: warning: %s has other columns and is left alone\n", s->output);
    }
  }
  if (gm_run_record_write(&r, s->record_path, &err) != GM_OK) {
    fprintf(stderr, "track: %s\n", err.message);
    whole = false;
  } else if (!quiet) {
    print_summary(s, &r, written);
  }
  free(written);
  return whole;
}

/* ---- running ---------------------------------------------------------------------------------- */

/* Signals that end or tell a program something; they are taken one by one, no handler is installed. */
static void watched_signals(sigset_t *set) {
  static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};
  sigemptyset(set);
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaddset(set, numbers[i]);
}

static struct timespec timespec_of(double seconds) {
  const double whole = floor(fmax(seconds, 0));
  return (struct timespec){.tv_sec = (time_t)whole, .tv_nsec = (long)((fmax(seconds, 0) - whole) * 1e9)};
}

static double monotonic_s(void) {
  return (double)tree_now_ns(NULL, CLOCK_MONOTONIC) * 1e-9;
}

/* Until the command has ended, and with --wait everything it started. */
static void follow(session *s, const sigset_t *signals) {
  const bool wait = gm_settings_flag(&s->track.settings, GM_SET_WAIT);
  const double begun_s = monotonic_s();
  double next_live_s = s->live ? begun_s + live_s : INFINITY, next_checkpoint_s = begun_s + checkpoint_s;
  for (;;) {
    const bool ended = gm_process_tree_reap(s->tree);
    if (ended && (!wait || gm_process_tree_population(s->tree) == 0)) break;
    double due_s = fmin(next_live_s, next_checkpoint_s) - monotonic_s();
    if (ended) due_s = fmin(due_s, survivors_poll_s);
    const struct timespec timeout = timespec_of(due_s);
    siginfo_t info;
    const int number = sigtimedwait(signals, &info, &timeout);
    /* A terminal's Ctrl-C went to the whole foreground group, the command too. */
    if (number > 0 && number != SIGCHLD && info.si_code != SI_KERNEL) gm_process_tree_signal(s->tree, number);
    const double now_s = monotonic_s();
    if (now_s >= next_live_s) {
      print_live(s);
      next_live_s = now_s + live_s;
    }
    if (now_s >= next_checkpoint_s) {
      checkpoint(s);
      next_checkpoint_s = now_s + checkpoint_s;
    }
  }
  if (s->live) fputs("\r\033[K", stderr);
}

static int run(session *s, gm_error *err) {
  sigset_t signals, blocked, before;
  gm_status status = open_session(s, err);
  if (status != GM_OK) return gm_track_exit(status, err);
  watched_signals(&signals);
  blocked = signals;
  sigaddset(&blocked, SIGPIPE); /* a closed stderr must not end the run */
  sigprocmask(SIG_BLOCK, &blocked, &before);
  signal(SIGCHLD, SIG_DFL); /* where it was ignored, nobody could be waited for */
  err->message[0] = '\0';
  s->started_at = time(NULL);
  if (s->log != NULL) gm_readings_log_begin(s->log, s->meter);
  gm_meter_read_aligned(s->meter, &s->start);
  status = gm_process_tree_start(s->tree, s->argv, &before, err);
  if (status != GM_OK) return gm_track_exit(status, err);
  const bool started = err->message[0] == '\0';
  follow(s, &signals);
  gm_meter_read(s->meter, &s->stop);
  const int exit_status = gm_process_tree_exit_status(s->tree);
  if (!started) {
    fprintf(stderr, "track: %s\n", err->message);
    return exit_status;
  }
  const bool whole = write_results(s);
  gm_energy e;
  gm_meter_between(s->meter, &s->start, &s->stop, NULL, &e);
  const bool strict = gm_settings_flag(&s->track.settings, GM_SET_STRICT);
  return exit_status == 0 && strict && (!whole || gm_energy_degraded(&e)) ? degraded_status : exit_status;
}

int gm_track_run(int argc, char **argv) {
  const gm_track_usage usage = {.name = "track",
                                .usage = "[options] -- COMMAND [ARG …]",
                                .description = description,
                                .epilogue =
                                    "Example:\n  track --country FRA -- python train.py\n"
                                    "The exit status is the command's: 127 not found, 126 not executable, "
                                    "128 + n ended by signal n;\n3 with --strict when it succeeded and its "
                                    "CPU energy is not a sound measurement."};
  session s = {.meter = NULL};
  gm_error err = {0};
  bool done;
  int first;
  gm_status status = gm_track_open(&s.track, &usage, argc, argv, &done, &first, &err);
  if (status == GM_OK && !done && first >= argc)
    status = gm_fail(&err, GM_BAD_INPUT, "expected a command: track [options] -- COMMAND; see track --help");
  int code = gm_exit_code(status);
  if (status != GM_OK) {
    (void)gm_track_exit(status, &err);
  } else if (!done) {
    gm_track_print_notices(&s.track);
    s.argv = argv + first;
    s.argc = argc - first;
    code = run(&s, &err);
  }
  close_session(&s);
  return code;
}
