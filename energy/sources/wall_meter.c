/* SPDX-License-Identifier: MIT
 * An external meter at the plug, through a file somebody keeps up to date or a command that
 * prints a line for every reading it takes. A line is a number and a unit: "1234.5 J" or
 * "0.34 kWh" (a counter) or "87 W" (power). It contains everything and replaces the sums of
 * components. The command is started once, by /bin/sh, as nobody's child, and ends when
 * its output has no reader any more. A counter is known to one unit of its last decimal; a file nobody has
 * written for a minute is a failed read, as is a command that has said nothing for so long. */
#include "common/clock.h"
#include "energy/sources/counter.h"
#include "energy/sources/power_integral.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const double usual_tick_s = 1;  /* plug meters report about once a second */
static const int first_line_ms = 2000; /* a command that prints nothing for so long gives no meter */
static const double stale_s = 60;      /* the last line is good for so long */

typedef struct {
  char *path; /* of a file, NULL for a command; opened anew each time, for writers that rename */
  int fd;     /* of a command's output */
  bool is_power;
  char line[128]; /* of a stream: what came since the last newline */
  size_t length;
  bool fresh;              /* a whole line was read since the last tick */
  double value;            /* of the last whole line: µJ or W */
  double step;             /* of its last decimal */
  int64_t value_ns;        /* its time */
  struct timespec written; /* of a file: when it was, by its own clock */
  gm_counter counter;
  gm_power_integral integral;
  gm_zone_reading reading;
} wall_meter;

/* ---- lines ----------------------------------------------------------------------------- */

/* Decimals of a number as it is written; with an exponent they say nothing. */
static int decimals(const char *number, const char *end) {
  const char *point = memchr(number, '.', (size_t)(end - number));
  const bool plain = strcspn(number, "eE") >= (size_t)(end - number);
  return point != NULL && plain ? (int)(end - point) - 1 : 0;
}

/* "12.5 kWh" -> µJ, "87 W" -> W; *step is one of its last decimal. */
static bool parse_line(const char *text, double *value, double *step, bool *is_power) {
  static const struct {
    const char *unit;
    double factor;
    bool is_power;
  } units[] = {{"uJ", 1, false},   {"mJ", 1e3, false},   {"J", 1e6, false},
               {"kJ", 1e9, false}, {"Wh", 3.6e9, false}, {"kWh", 3.6e12, false},
               {"mW", 1e-3, true}, {"W", 1, true},       {"kW", 1e3, true}};
  char *end;
  const double number = strtod(text, &end);
  const bool decimal = strcspn(text, "xX") >= (size_t)(end - text);
  if (end == text || !decimal || !isfinite(number) || number < 0) return false;
  const double last_decimal = pow(10, -decimals(text, end));
  while (isblank((unsigned char)*end)) end++;
  size_t length = strlen(end);
  while (length > 0 && isspace((unsigned char)end[length - 1])) length--;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strlen(units[i].unit) != length || strncmp(units[i].unit, end, length) != 0) continue;
    *value = number * units[i].factor;
    *step = last_decimal * units[i].factor;
    *is_power = units[i].is_power;
    return *value < 1.8e19; /* fits a counter of µJ */
  }
  return false;
}

static bool accept_line(wall_meter *w, const char *line) {
  double value, step;
  bool is_power;
  if (!parse_line(line, &value, &step, &is_power)) return false;
  w->value = value;
  w->step = step;
  w->is_power = is_power;
  w->fresh = true;
  return true;
}

/* Takes in what the command has printed; the last whole line counts. */
static void drain(wall_meter *w) {
  char byte;
  while (read(w->fd, &byte, 1) == 1) {
    if (byte != '\n') {
      if (w->length + 1 < sizeof w->line) w->line[w->length++] = byte;
      continue;
    }
    w->line[w->length] = '\0';
    w->length = 0;
    (void)accept_line(w, w->line);
  }
}

/* Its line; *written whether somebody has written the file since it was last read. */
static bool read_whole_file(wall_meter *w, bool *written) {
  char text[128];
  struct stat info = {.st_size = 0};
  const int fd = open(w->path, O_RDONLY | O_CLOEXEC);
  const ssize_t length = fd >= 0 && fstat(fd, &info) == 0 ? read(fd, text, sizeof text - 1) : -1;
  *written =
      length > 0 && (info.st_mtim.tv_sec != w->written.tv_sec || info.st_mtim.tv_nsec != w->written.tv_nsec);
  w->written = info.st_mtim;
  if (fd >= 0) close(fd);
  if (length <= 0) return false;
  text[length] = '\0';
  text[strcspn(text, "\n")] = '\0';
  return accept_line(w, text);
}

/* ---- opening ------------------------------------------------------------------------------ */

/* Starts `command` with its output in a pipe; its reading end, or −1. The shell that starts it
 * ends at once, so that the command is no child of ours to be waited for. */
static int start_command(const char *command) {
  int ends[2];
  pid_t pid;
  char *script = NULL;
  posix_spawn_file_actions_t actions;
  if (pipe2(ends, O_CLOEXEC) != 0) return -1;
  (void)fcntl(ends[0], F_SETFL, O_NONBLOCK); /* ours only: the command may wait when the pipe is full */
  const bool formatted = asprintf(&script, "{ %s\n} < /dev/null &", command) >= 0;
  bool started = false;
  if (formatted && posix_spawn_file_actions_init(&actions) == 0) {
    char *const argv[] = {"sh", "-c", script, NULL};
    posix_spawnattr_t attributes;
    sigset_t none, pipe_signal;
    posix_spawnattr_init(&attributes);
    sigemptyset(&none);
    sigemptyset(&pipe_signal);
    sigaddset(&pipe_signal, SIGPIPE); /* how it learns that nobody reads any more */
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &pipe_signal);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    started = posix_spawn(&pid, "/bin/sh", &actions, &attributes, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  free(formatted ? script : NULL);
  close(ends[1]);
  if (started) {
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    return ends[0];
  }
  close(ends[0]);
  return -1;
}

static bool first_line(wall_meter *w) {
  bool written;
  if (w->path != NULL) return read_whole_file(w, &written);
  struct pollfd ready = {.fd = w->fd, .events = POLLIN};
  for (int waited_ms = 0; waited_ms < first_line_ms && !w->fresh; waited_ms += 20) {
    if (poll(&ready, 1, 20) < 0 && errno != EINTR) return false;
    drain(w);
    if (!w->fresh && (ready.revents & POLLHUP) != 0) return false; /* it has ended */
  }
  return w->fresh;
}

static void wall_close(void *state) {
  wall_meter *w = state;
  if (w == NULL) return;
  if (w->fd >= 0) close(w->fd);
  free(w->path);
  free(w);
}

static gm_status wall_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  const bool is_stream = setup->wall_command != NULL;
  const char *what = is_stream ? setup->wall_command : setup->wall_file;
  if (what == NULL || opening->capacity < 1) {
    snprintf(opening->note, sizeof opening->note, "none was named");
    return GM_OK;
  }
  wall_meter *w = calloc(1, sizeof *w);
  if (w == NULL) return gm_fail_memory(err, "the wall meter");
  w->fd = is_stream ? start_command(what) : -1;
  w->path = is_stream ? NULL : strdup(what);
  if ((w->fd < 0 && w->path == NULL) || !first_line(w)) {
    wall_close(w);
    return gm_fail(
        err, GM_BAD_INPUT,
        "wall meter %s: expected a line like \"1234.5 J\" or \"87 W\" (uJ, mJ, J, kJ, Wh, kWh, mW, W, kW)",
        what);
  }
  if (w->is_power && !gm_power_is_plausible(w->value, GM_PLATFORM_MAX_W)) {
    const double said_w = w->value;
    wall_close(w);
    return gm_fail(err, GM_BAD_INPUT, "wall meter %s: expected at most %g kW, what one feed gives, got %g kW",
                   what, GM_PLATFORM_MAX_W * 1e-3, said_w * 1e-3);
  }
  if (w->is_power && w->value > 0 && w->value < GM_PLATFORM_MIN_W) {
    const double said_w = w->value;
    wall_close(w);
    return gm_fail(err, GM_BAD_INPUT,
                   "wall meter %s: expected at least %g W, what the smallest computers draw, got %g W", what,
                   GM_PLATFORM_MIN_W, said_w);
  }
  w->value_ns = setup->now_ns;
  opening->zones[0] =
      (gm_zone){.component = GM_WALL,
                .measured = true,
                .counter = !w->is_power,
                .tick_s = usual_tick_s,
                .max_power_w = GM_PLATFORM_MAX_W,
                .slack_s = usual_tick_s + (w->is_power ? 0 : 1e-6 * w->step / GM_PLATFORM_MAX_W),
                .resolution_uj = w->is_power ? 0 : (uint64_t)w->step,
                .max_gap_s = GM_POWER_MAX_GAP_S,
                .sensor_relative = setup->priors.value[GM_PRIOR_WALL_METER],
                .low_factor = 1,
                .high_factor = 1};
  w->counter = gm_counter_of(&opening->zones[0], setup->now_ns);
  w->integral = (gm_power_integral){.max_power_w = GM_PLATFORM_MAX_W};
  snprintf(opening->zones[0].name, sizeof opening->zones[0].name, "%s of %.64s",
           w->is_power ? "power" : "energy", what);
  snprintf(opening->note, sizeof opening->note, "%s", is_stream ? "a command's lines" : "a file's line");
  opening->state = w;
  opening->n_zones = 1;
  return GM_OK;
}

/* ---- reading ---------------------------------------------------------------------------------- */

static void wall_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  wall_meter *w = state;
  const bool was_power = w->is_power;
  bool good;
  if (w->path == NULL) {
    drain(w);
    if (w->fresh) w->value_ns = tick->time_ns;
    good = true;
  } else {
    bool written;
    good = read_whole_file(w, &written);
    if (written) w->value_ns = tick->time_ns;
  }
  good = good && gm_ns_to_s(tick->time_ns - w->value_ns) <= stale_s;
  w->fresh = false;
  good = good && w->is_power == was_power; /* a meter does not change what it tells */
  w->is_power = was_power;
  if (!good) w->reading.errors++;
  if (w->is_power && good)
    gm_power_integral_step(&w->integral, w->value, tick->time_ns, tick->suspended, &w->reading);
  else if (w->is_power)
    gm_power_integral_miss(&w->integral, tick->time_ns, &w->reading);
  else if (good)
    gm_counter_step(&w->counter, (uint64_t)(w->value + 0.5), tick->time_ns, tick->suspended, &w->reading);
  else
    gm_counter_miss(&w->counter, tick->time_ns, tick->suspended, &w->reading);
  readings[0] = w->reading;
}

const gm_source gm_wall_meter_source = {.open = wall_open, .read = wall_read, .close = wall_close};
