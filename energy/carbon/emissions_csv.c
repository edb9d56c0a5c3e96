/* SPDX-License-Identifier: MIT
 * Appending to emissions.csv: the row as text, the lock, one write, and its undoing where the disk is full.
 * What a row says is run_record_row.c's. */
#include "energy/carbon/emissions_csv.h"

#include "common/csv.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char header[] =
    "timestamp,project_name,run_id,experiment_id,duration,emissions,emissions_rate,cpu_power,gpu_power,ram_"
    "power,"
    "cpu_energy,gpu_energy,ram_energy,energy_consumed,water_consumed,country_name,country_iso_code,region,"
    "cloud_provider,cloud_region,os,python_version,codecarbon_version,cpu_count,cpu_model,gpu_count,gpu_"
    "model,"
    "longitude,latitude,ram_total_size,tracking_mode,cpu_utilization_percent,gpu_utilization_percent,"
    "ram_utilization_percent,ram_used_gb,on_cloud,pue,wue\n";

/* Other headers in the way before giving up; each is a file of its own. */
enum { most_siblings = 1000 };

void gm_emissions_row_init(gm_emissions_row *row, size_t size) {
  const gm_emissions_row unknown = {.size = size,
                                    .duration_s = NAN,
                                    .emissions_kg = NAN,
                                    .cpu_power_w = NAN,
                                    .gpu_power_w = NAN,
                                    .ram_power_w = NAN,
                                    .cpu_energy_kwh = NAN,
                                    .gpu_energy_kwh = NAN,
                                    .ram_energy_kwh = NAN,
                                    .energy_consumed_kwh = NAN,
                                    .water_l = NAN,
                                    .cpu_count = -1,
                                    .gpu_count = -1,
                                    .longitude = NAN,
                                    .latitude = NAN,
                                    .ram_total_gib = NAN,
                                    .cpu_utilization_percent = NAN,
                                    .gpu_utilization_percent = NAN,
                                    .ram_utilization_percent = NAN,
                                    .ram_used_gib = NAN,
                                    .pue = NAN,
                                    .wue = NAN};
  memcpy(row, &unknown, size < sizeof unknown ? size : sizeof unknown);
}

gm_status gm_uuid(char text[GM_UUID_LENGTH], gm_error *err) {
  unsigned char b[16];
  if (getrandom(b, sizeof b, 0) != (ssize_t)sizeof b)
    return gm_fail(err, GM_IO_ERROR, "cannot get random bytes for a run id: %s", strerror(errno));
  b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* version 4, RFC 9562 5.4 */
  b[8] = (unsigned char)((b[8] & 0x3f) | 0x80); /* its variant */
  snprintf(text, GM_UUID_LENGTH, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
           b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
  return GM_OK;
}

/* ---- one row ---------------------------------------------------------- */

/* Each put ends its field with a comma; the last one becomes the line's end. */
static void put_text(FILE *out, const char *text) {
  if (text != NULL) gm_csv_quote(out, text);
  fputc(',', out);
}

static void put_number(FILE *out, double value) {
  char text[GM_DOUBLE_TEXT] = "";
  if (isfinite(value)) gm_format_double(value, text);
  fprintf(out, "%s,", text);
}

static void put_count(FILE *out, int value) {
  if (value >= 0) fprintf(out, "%d", value);
  fputc(',', out);
}

/* The row as text with its newline, in fresh memory; NULL where there is none left. */
static char *format_row(const gm_emissions_row *r, size_t *size) {
  char *text = NULL, time_text[32] = "";
  struct tm local;
  FILE *out = open_memstream(&text, size);
  if (out == NULL) return NULL;
  if (localtime_r(&r->timestamp, &local) != NULL)
    strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%S", &local);
  put_text(out, time_text);
  put_text(out, r->project_name);
  put_text(out, r->run_id);
  put_text(out, r->experiment_id);
  put_number(out, r->duration_s);
  put_number(out, r->emissions_kg);
  put_number(out, r->duration_s > 0 ? r->emissions_kg / r->duration_s : NAN); /* kg/s */
  put_number(out, r->cpu_power_w);
  put_number(out, r->gpu_power_w);
  put_number(out, r->ram_power_w);
  put_number(out, r->cpu_energy_kwh);
  put_number(out, r->gpu_energy_kwh);
  put_number(out, r->ram_energy_kwh);
  put_number(out, r->energy_consumed_kwh);
  put_number(out, r->water_l);
  put_text(out, r->country_name);
  put_text(out, r->country_iso_code);
  put_text(out, r->region);
  put_text(out, r->cloud_provider);
  put_text(out, r->cloud_region);
  put_text(out, r->os);
  put_text(out, NULL); /* python_version */
  put_text(out, r->version);
  put_count(out, r->cpu_count);
  put_text(out, r->cpu_model);
  put_count(out, r->gpu_count);
  put_text(out, r->gpu_model[0] != '\0' ? r->gpu_model : NULL);
  put_number(out, r->longitude);
  put_number(out, r->latitude);
  put_number(out, r->ram_total_gib);
  put_text(out, r->tracking_mode);
  put_number(out, r->cpu_utilization_percent);
  put_number(out, r->gpu_utilization_percent);
  put_number(out, r->ram_utilization_percent);
  put_number(out, r->ram_used_gib);
  put_text(out, r->on_cloud);
  put_number(out, r->pue);
  put_number(out, r->wue);
  if (fclose(out) != 0) {
    free(text);
    return NULL;
  }
  text[*size - 1] = '\n';
  return text;
}

/* ---- one file ---------------------------------------------------------- */

/* True where the file's first line is ours; carriage returns before its end do not matter. */
static bool has_our_header(int fd) {
  char line[sizeof header + 1];
  const ssize_t length = pread(fd, line, sizeof line - 1, 0);
  if (length <= 0) return false;
  line[length] = '\0';
  const size_t columns = strcspn(line, "\r\n");
  return line[columns] != '\0' && columns == sizeof header - 2 && memcmp(line, header, columns) == 0;
}

/* One write() of everything; a short one (full disk) is taken back. */
static gm_status write_whole(int fd, const char *path, off_t size, const char *text, size_t length,
                             gm_error *err) {
  errno = 0;
  const ssize_t written = write(fd, text, length);
  if (written == (ssize_t)length) return GM_OK;
  const int why = errno != 0 ? errno : ENOSPC;
  const bool undone = written <= 0 || ftruncate(fd, size) == 0;
  return gm_fail(err, GM_IO_ERROR, "%s: cannot append a row: %s%s", path, strerror(why),
                 undone ? "" : "; part of the row is in the file");
}

/* Whether the file ends within a quoted field, where a line's end would be part of it. */
static bool ends_in_quotes(int fd, off_t size) {
  char block[4096];
  bool open = false;
  ssize_t n = 0;
  for (off_t at = 0; at < size && (n = pread(fd, block, sizeof block, at)) > 0; at += n)
    for (ssize_t i = 0; i < n; i++) open ^= block[i] == '"';
  return open;
}

/* Appends under a lock; *other_header instead where the file has one. */
static gm_status append_to(const char *path, const char *row, size_t row_size, bool *other_header,
                           gm_error *err) {
  *other_header = false;
  const int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, GM_FILE_MODE);
  if (fd < 0) return gm_fail(err, GM_IO_ERROR, "%s: cannot open it: %s", path, strerror(errno));
  gm_status status = GM_OK;
  struct stat info;
  char last = '\n', *text = NULL;
  int locked;
  do locked = flock(fd, LOCK_EX);
  while (locked != 0 && errno == EINTR);
  if (locked != 0 || fstat(fd, &info) != 0) {
    status = gm_fail(err, GM_IO_ERROR, "%s: cannot lock it: %s", path, strerror(errno));
    goto done;
  }
  if (info.st_size > 0 && !has_our_header(fd)) {
    *other_header = true;
    goto done;
  }
  if (info.st_size > 0 && pread(fd, &last, 1, info.st_size - 1) != 1) last = '\n';
  /* A row another program left unfinished ends here, so that ours stays whole. */
  const char *before = info.st_size == 0                  ? header
                       : ends_in_quotes(fd, info.st_size) ? "\"\n"
                       : last == '\n'                     ? ""
                                                          : "\n";
  const size_t before_size = strlen(before);
  text = malloc(before_size + row_size);
  if (text == NULL) {
    status = gm_fail_memory(err, path);
    goto done;
  }
  memcpy(text, before, before_size);
  memcpy(text + before_size, row, row_size);
  status = write_whole(fd, path, info.st_size, text, before_size + row_size, err);
done:
  free(text);
  if (close(fd) != 0 && status == GM_OK && !*other_header)
    status = gm_fail(err, GM_IO_ERROR, "%s: cannot finish writing it: %s", path, strerror(errno));
  return status;
}

gm_status gm_emissions_check(const char *path, gm_error *err) {
  gm_status status = GM_OK;
  struct stat info;
  if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
    return gm_fail(err, GM_BAD_INPUT, "%s: expected a file, and it is a directory", path);
  const char *slash = strrchr(path, '/');
  char *directory = slash == NULL ? strdup(".") : strndup(path, slash == path ? 1 : (size_t)(slash - path));
  if (directory == NULL) return gm_fail_memory(err, path);
  if (access(path, W_OK) != 0 && (errno != ENOENT || access(directory, W_OK | X_OK) != 0))
    status = gm_fail(err, GM_BAD_INPUT, "%s: cannot append to it: %s", path, strerror(errno));
  free(directory);
  return status;
}

/* "dir/emissions.csv", 2 -> "dir/emissions.2.csv". */
static char *sibling(const char *path, int number) {
  const size_t size = strlen(path) + 16;
  char *name = malloc(size);
  const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
  if (name == NULL) return NULL;
  if (dot == NULL || (slash != NULL && dot < slash) || dot == path) dot = path + strlen(path);
  snprintf(name, size, "%.*s.%d%s", (int)(dot - path), path, number, dot);
  return name;
}

gm_status gm_emissions_append(const char *path, const gm_emissions_row *row, char **written, gm_error *err) {
  size_t row_size = 0;
  bool other_header = true;
  gm_status status = GM_OK;
  gm_emissions_row known = gm_emissions_row_empty(); /* the caller's may be an older, shorter one */
  memcpy(&known, row, row->size < sizeof known ? row->size : sizeof known);
  if (written != NULL) *written = NULL;
  char *text = format_row(&known, &row_size);
  if (text == NULL) return gm_fail_memory(err, "a row of emissions.csv");
  for (int n = 0; other_header && status == GM_OK; n++) {
    char *name = n == 0 ? strdup(path) : sibling(path, n);
    if (name == NULL)
      status = gm_fail_memory(err, path);
    else if (n > most_siblings)
      status =
          gm_fail(err, GM_BAD_INPUT, "%s: it and %d files beside it have other columns", path, most_siblings);
    else
      status = append_to(name, text, row_size, &other_header, err);
    if (status == GM_OK && !other_header && written != NULL)
      *written = name;
    else
      free(name);
  }
  free(text);
  return status;
}
