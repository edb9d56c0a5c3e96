/* SPDX-License-Identifier: MIT
 * Power and energy sensors of the kernel's hwmon tree (Documentation/hwmon/sysfs-interface.rst):
 *   amd_energy     socket energy, µJ (labels Esocket*)                       CPU
 *   power_meter    ACPI: the platform's power, µW; of a Grace module its CPU's   platform, CPU
 *   amdgpu         a card's average or present power, µW                     GPU
 *   xe, i915       a card's energy, µJ                                       GPU
 * A platform meter is taken only where the CPU is not measured otherwise, or on request: it
 * contains the other components and replaces them. */
#include "common/atomic_file.h"
#include "energy/sources/counter.h"
#include "energy/sources/power_integral.h"
#include "energy/sources/small_file.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Averages of ACPI meters and graphics cards are over about a second; energy counters are quicker. */
static const double power_tick_s = 1, energy_tick_s = 1e-2;
static const double longest_gap_s = 30;
enum { most_inputs = 32 }; /* energyN_input of one device */

typedef struct {
  int fd;
  bool is_power; /* µW instead of µJ */
  gm_counter counter;
  gm_power_integral integral;
  gm_zone_reading reading;
} sensor;

typedef struct {
  sensor sensors[GM_MAX_ZONES];
  size_t n;
} hwmon;

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Opens one file as a zone; one that gives no number now is left out, the note says so. */
static void add(hwmon *h, const gm_source_setup *setup, const char *directory, const char *file,
                const char *name, gm_component component, gm_prior prior, gm_opening *opening) {
  uint64_t value;
  const bool is_power = starts_with(file, "power");
  if (h->n == opening->capacity) return;
  const int fd = gm_small_open(directory, file);
  if (fd < 0 || !gm_small_read(fd, &value)) {
    if (fd >= 0) close(fd);
    opening->reasons |= GM_REASON_BIT(GM_READ_ERROR);
    return;
  }
  gm_zone *zone = &opening->zones[h->n];
  *zone = (gm_zone){.component = component,
                    .measured = true,
                    .counter = !is_power,
                    .tick_s = is_power ? power_tick_s : energy_tick_s,
                    .max_power_w = setup->max_package_w,
                    .max_gap_s = is_power ? GM_POWER_MAX_GAP_S : longest_gap_s,
                    .sensor_relative = setup->priors.value[prior],
                    .low_factor = 1,
                    .high_factor = 1};
  snprintf(zone->name, sizeof zone->name, "%s", name);
  h->sensors[h->n++] = (sensor){.fd = fd,
                                .is_power = is_power,
                                .counter = gm_counter_open(0, setup->max_package_w, setup->now_ns),
                                .integral = {.max_power_w = setup->max_package_w}};
}

/* amd_energy: one counter per core, then one per socket. */
static void add_sockets(hwmon *h, const gm_source_setup *setup, const char *directory, gm_opening *opening) {
  for (int i = 1; i <= 1024; i++) { /* cores come first; a server has up to some hundred */
    char file[32], label[32], name[GM_ZONE_NAME];
    snprintf(file, sizeof file, "energy%d_label", i);
    if (!gm_small_text(directory, file, label, sizeof label)) return;
    if (!starts_with(label, "Esocket")) continue;
    snprintf(file, sizeof file, "energy%d_input", i);
    snprintf(name, sizeof name, "amd_energy %s", label);
    add(h, setup, directory, file, name, GM_CPU, GM_PRIOR_AMD_PACKAGE, opening);
  }
}

static void add_power_meter(hwmon *h, const gm_source_setup *setup, const char *directory,
                            gm_opening *opening) {
  char what[64] = "", name[GM_ZONE_NAME];
  (void)gm_small_text(directory, "power1_oem_info", what, sizeof what);
  if (what[0] != '\0' && !starts_with(what, "CPU Power")) return; /* module, SoC: they contain the CPU's */
  const gm_component component = what[0] != '\0' ? GM_CPU : GM_WALL;
  if (setup->cpu_measured && !(component == GM_WALL && setup->use_psys)) return;
  snprintf(name, sizeof name, "ACPI power meter%s%s", what[0] != '\0' ? " " : "", what);
  add(h, setup, directory, "power1_average", name, component, GM_PRIOR_PLATFORM, opening);
}

static void add_card_energy(hwmon *h, const gm_source_setup *setup, const char *directory, const char *driver,
                            gm_opening *opening) {
  char file[32] = "energy1_input", label[32], name[GM_ZONE_NAME];
  for (int i = 1; i <= most_inputs; i++) { /* the whole card where it is told apart from its chip */
    char label_file[32];
    snprintf(label_file, sizeof label_file, "energy%d_label", i);
    if (!gm_small_text(directory, label_file, label, sizeof label) || strcmp(label, "card") != 0) continue;
    snprintf(file, sizeof file, "energy%d_input", i);
  }
  snprintf(name, sizeof name, "%s card", driver);
  add(h, setup, directory, file, name, GM_GPU, GM_PRIOR_HWMON, opening);
}

static void add_device(hwmon *h, const gm_source_setup *setup, const char *directory, gm_opening *opening) {
  char driver[32];
  if (!gm_small_text(directory, "name", driver, sizeof driver)) return;
  if (strcmp(driver, "amd_energy") == 0 && !setup->cpu_measured) {
    add_sockets(h, setup, directory, opening);
  } else if (strcmp(driver, "power_meter") == 0) {
    add_power_meter(h, setup, directory, opening);
  } else if (strcmp(driver, "amdgpu") == 0) {
    char text[32];
    const bool average = gm_small_text(directory, "power1_average", text, sizeof text);
    add(h, setup, directory, average ? "power1_average" : "power1_input", "amdgpu card", GM_GPU,
        GM_PRIOR_HWMON, opening);
  } else if (strcmp(driver, "xe") == 0 || strcmp(driver, "i915") == 0) {
    add_card_energy(h, setup, directory, driver, opening);
  }
}

static void hwmon_close(void *state) {
  hwmon *h = state;
  if (h == NULL) return;
  for (size_t i = 0; i < h->n; i++) close(h->sensors[i].fd);
  free(h);
}

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strverscmp((*a)->d_name, (*b)->d_name);
}

static gm_status hwmon_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  struct dirent **entries = NULL;
  char *root = gm_path_join(setup->sysfs_root, "class/hwmon");
  hwmon *h = calloc(1, sizeof *h);
  if (h == NULL || root == NULL) {
    free(root);
    free(h);
    return gm_fail_memory(err, "the hwmon source");
  }
  const int n = scandir(root, &entries, NULL, by_name);
  for (int i = 0; i < n; i++) {
    char *directory = entries[i]->d_name[0] != '.' ? gm_path_join(root, entries[i]->d_name) : NULL;
    if (directory != NULL) add_device(h, setup, directory, opening);
    free(directory);
    free(entries[i]);
  }
  free(entries);
  free(root);
  snprintf(opening->note, sizeof opening->note, "%zu sensor%s in use%s", h->n, h->n == 1 ? "" : "s",
           opening->reasons != 0 ? "; others could not be read" : "");
  opening->n_zones = h->n;
  if (h->n > 0)
    opening->state = h;
  else
    free(h);
  return GM_OK;
}

static void hwmon_read(void *state, const gm_tick *tick, gm_zone_reading *readings) {
  hwmon *h = state;
  for (size_t i = 0; i < h->n; i++) {
    sensor *s = &h->sensors[i];
    uint64_t value = 0;
    const bool good = gm_small_read(s->fd, &value);
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

const gm_source gm_hwmon_source = {
    .name = "hwmon", .open = hwmon_open, .read = hwmon_read, .close = hwmon_close};
