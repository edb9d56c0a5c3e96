/* SPDX-License-Identifier: MIT
 * hwmon devices in the order of their places on the bus, and the file of one as a zone. Which device counts
 * as what is hwmon.c's and hwmon_gpu.c's. */
#include "energy/sources/hwmon_sensor.h"

#include "common/atomic_file.h"
#include "energy/sources/small_file.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Averages of ACPI meters and graphics cards are over about a second; energy counters are quicker. */
static const double power_tick_s = 1, energy_tick_s = 1e-2;
static const double longest_gap_s = 30;
static const double energy_slack_s = 0.2; /* drivers that accumulate do so on a timer */

/* ---- devices ---------------------------------------------------------------------------- */

typedef struct {
  char *directory;
  char address[GM_HWMON_ADDRESS];
} place;

void gm_hwmon_address(const char *directory, char address[GM_HWMON_ADDRESS]) {
  unsigned domain, bus, slot, function;
  address[0] = '\0';
  char *link = gm_path_join(directory, "device");
  char *device = link != NULL ? realpath(link, NULL) : NULL;
  const char *last = device != NULL ? strrchr(device, '/') : NULL;
  if (last != NULL && sscanf(last, "/%4x:%2x:%2x.%1x", &domain, &bus, &slot, &function) == 4)
    snprintf(address, GM_HWMON_ADDRESS, "%04x:%02x:%02x.%x", domain & 0xffff, bus & 0xff, slot & 0xff,
             function & 0xf);
  free(device);
  free(link);
}

/* Those whose place is unknown last, in the order of their numbers. */
static int by_place(const void *left, const void *right) {
  const place *a = left, *b = right;
  if ((a->address[0] == '\0') != (b->address[0] == '\0')) return a->address[0] == '\0' ? 1 : -1;
  const int order = strcmp(a->address, b->address);
  return order != 0 ? order : strverscmp(a->directory, b->directory);
}

size_t gm_hwmon_devices(const char *sysfs_root, char ***directories) {
  size_t n = 0, capacity = 0;
  place *places = NULL;
  *directories = NULL;
  char *root = gm_path_join(sysfs_root, "class/hwmon");
  DIR *listing = root != NULL ? opendir(root) : NULL;
  for (const struct dirent *entry; listing != NULL && (entry = readdir(listing)) != NULL;) {
    if (entry->d_name[0] == '.') continue;
    if (n == capacity) {
      place *larger = realloc(places, (capacity = 2 * capacity + 16) * sizeof *larger);
      if (larger == NULL) break;
      places = larger;
    }
    places[n].directory = gm_path_join(root, entry->d_name);
    if (places[n].directory == NULL) break;
    gm_hwmon_address(places[n].directory, places[n].address);
    n++;
  }
  if (listing != NULL) closedir(listing);
  free(root);
  if (n > 0) qsort(places, n, sizeof *places, by_place);
  char **list = n > 0 ? malloc(n * sizeof *list) : NULL;
  size_t kept = 0;
  for (size_t i = 0; i < n; i++) {
    if (list != NULL)
      list[kept++] = places[i].directory;
    else
      free(places[i].directory);
  }
  free(places);
  *directories = list;
  return kept;
}

void gm_hwmon_devices_free(char **directories, size_t n) {
  for (size_t i = 0; i < n; i++) free(directories[i]);
  free(directories);
}

double gm_hwmon_number(const char *directory, const char *file) {
  char text[32];
  uint64_t value;
  return gm_small_text(directory, file, text, sizeof text) && gm_small_parse(text, &value)
             ? (double)value * 1e-6
             : NAN;
}

/* ---- sensors ------------------------------------------------------------------------------ */

bool gm_hwmon_add(gm_hwmon *h, const gm_source_setup *setup, const char *directory, const char *file,
                  const gm_zone *like, gm_opening *opening) {
  uint64_t value;
  const bool is_power = strncmp(file, "power", 5) == 0;
  if (h->n == opening->capacity) return false;
  const int fd = gm_small_open(directory, file);
  const bool good = fd >= 0 && gm_small_read(fd, &value);
  const double power_w = good && is_power ? (double)value * 1e-6 : NAN;
  const bool too_little = like->component == GM_WALL && power_w > 0 && power_w < GM_PLATFORM_MIN_W;
  const bool odd = good && is_power && (too_little || !gm_power_is_plausible(power_w, like->max_power_w));
  if (!good || odd) {
    if (fd >= 0) close(fd);
    opening->reasons |= GM_REASON_BIT(odd ? GM_IMPLAUSIBLE : GM_READ_ERROR);
    return false;
  }
  gm_zone *zone = &opening->zones[h->n];
  *zone = *like;
  zone->measured = true;
  zone->counter = !is_power;
  zone->tick_s = is_power ? power_tick_s : energy_tick_s;
  zone->slack_s = is_power ? 0 : energy_slack_s;
  zone->max_gap_s = is_power ? GM_POWER_MAX_GAP_S : longest_gap_s;
  zone->low_factor = zone->high_factor = 1;
  h->sensors[h->n++] = (gm_hwmon_sensor){.fd = fd,
                                         .is_power = is_power,
                                         .counter = gm_counter_of(zone, setup->now_ns),
                                         .integral = {.max_power_w = zone->max_power_w}};
  return true;
}

void gm_hwmon_finish(gm_hwmon *h, gm_opening *opening) {
  if (opening->note[0] == '\0')
    snprintf(opening->note, sizeof opening->note, "%zu sensor%s in use%s%s", h->n, h->n == 1 ? "" : "s",
             (opening->reasons & GM_REASON_BIT(GM_READ_ERROR)) != 0 ? "; others could not be read" : "",
             (opening->reasons & GM_REASON_BIT(GM_IMPLAUSIBLE)) != 0
                 ? "; left out, for a power no such hardware can have"
                 : "");
  opening->n_zones = h->n;
  if (h->n > 0)
    opening->state = h;
  else
    gm_hwmon_close(h);
}

void gm_hwmon_close(void *state) {
  gm_hwmon *h = state;
  if (h == NULL) return;
  for (size_t i = 0; i < h->n; i++) close(h->sensors[i].fd);
  free(h);
}

void gm_hwmon_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  gm_hwmon *h = state;
  for (size_t i = 0; i < h->n; i++) {
    gm_hwmon_sensor *s = &h->sensors[i];
    uint64_t value = 0;
    errno = 0;
    const bool read = gm_small_read(s->fd, &value), good = read && !gm_small_is_gone(s->fd, errno);
    if (!good) s->reading.errors++;
    if (s->is_power && good)
      gm_power_integral_step(&s->integral, (double)value * 1e-6, tick->time_ns, tick->suspended, &s->reading);
    else if (s->is_power)
      gm_power_integral_miss(&s->integral, tick->time_ns, &s->reading);
    else if (good)
      gm_counter_step(&s->counter, value, tick->time_ns, tick->suspended, &s->reading);
    else
      gm_counter_miss(&s->counter, tick->time_ns, tick->suspended, &s->reading);
    readings[i] = s->reading;
  }
}

/* ---- AMD's cards, told from its processors' graphics ------------------------------------ */

static bool is_amdgpu(const char *directory) {
  char driver[32];
  return gm_small_text(directory, "name", driver, sizeof driver) && strcmp(driver, "amdgpu") == 0;
}

bool gm_amdgpu_is_socket(const gm_host *host, const char *directory) {
  char text[32];
  if (!is_amdgpu(directory)) return false;
  if (gm_small_text(directory, "in1_label", text, sizeof text) && strcmp(text, "vddnb") == 0) return true;
  return gm_host_is_amd(host) && !gm_small_text(directory, "power1_cap", text, sizeof text);
}

const char *gm_amdgpu_power_file(const char *directory) {
  char text[32];
  return gm_small_text(directory, "power1_average", text, sizeof text) ? "power1_average" : "power1_input";
}
