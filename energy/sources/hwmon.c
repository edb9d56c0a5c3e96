/* SPDX-License-Identifier: MIT
 * Processors and whole machines in the kernel's hwmon tree:
 *   amd_energy     socket energy, µJ (labels Esocket*)                            CPU
 *   power_meter    ACPI: the platform's power, µW; of a Grace module its CPU's    platform, CPU
 *   amdgpu         of a processor with graphics: the power of the whole socket    CPU
 * A platform's meter contains the other components: it counts where nothing measures the CPU, or on request.
 * Several that differ are left out, since none says what it contains. Graphics cards are hwmon_gpu.c's. */
#include "energy/sources/hwmon_sensor.h"
#include "energy/sources/small_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_energies = 1024 };                   /* amd_energy: one per core, then one per socket */
enum { socket_group = 20000, meter_group };      /* mirror groups; powercap's are below */
static const double same_meter_relative = 0.005; /* one ACPI meter shown twice, read a moment apart */

static bool starts_with(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* Two sockets never use the same energy to the µJ: such counters are one (mirror group). */
static void add_sockets(gm_hwmon *h, const gm_source_setup *setup, const char *directory,
                        gm_opening *opening) {
  for (int i = 1; i <= most_energies; i++) {
    char file[32], label[32];
    snprintf(file, sizeof file, "energy%d_label", i);
    if (!gm_small_text(directory, file, label, sizeof label)) return;
    if (!starts_with(label, "Esocket")) continue;
    snprintf(file, sizeof file, "energy%d_input", i);
    gm_zone zone = {.component = GM_CPU,
                    .max_power_w = setup->max_package_w,
                    .mirror_group = socket_group,
                    .sensor_relative = setup->priors.value[GM_PRIOR_AMD_PACKAGE]};
    snprintf(zone.name, sizeof zone.name, "amd_energy %s", label);
    (void)gm_hwmon_add(h, setup, directory, file, &zone, opening);
  }
}

/* Of the parts of a Grace module only the CPU's power: the module's and the SoC's contain it. */
static void add_power_meter(gm_hwmon *h, const gm_source_setup *setup, const char *directory,
                            gm_opening *opening) {
  char what[64] = "";
  (void)gm_small_text(directory, "power1_oem_info", what, sizeof what);
  const bool cpu = starts_with(what, "CPU Power");
  if (what[0] != '\0' && !cpu) return;
  gm_zone zone = {.component = cpu ? GM_CPU : GM_WALL,
                  .stand_in = !cpu && !setup->use_psys,
                  .mirror_group = cpu ? 0 : meter_group,
                  .mirror_relative = same_meter_relative,
                  .max_power_w = cpu ? setup->max_package_w : GM_PLATFORM_MAX_W,
                  .sensor_relative = setup->priors.value[GM_PRIOR_PLATFORM]};
  snprintf(zone.name, sizeof zone.name, "ACPI power meter%s%s", what[0] != '\0' ? " " : "", what);
  (void)gm_hwmon_add(h, setup, directory, "power1_average", &zone, opening);
}

/* Power of the whole socket, graphics included; it stands in for its package's counter. */
static void add_socket_power(gm_hwmon *h, const gm_source_setup *setup, const char *directory,
                             gm_opening *opening) {
  const gm_zone zone = {.name = "amdgpu socket power, graphics included",
                        .component = GM_CPU,
                        .max_power_w = setup->max_package_w,
                        .sensor_relative = setup->priors.value[GM_PRIOR_AMD_PACKAGE]};
  for (size_t i = 0; i < h->n; i++)
    if (opening->zones[i].component == GM_CPU) return;
  (void)gm_hwmon_add(h, setup, directory, gm_amdgpu_power_file(directory), &zone, opening);
}

static gm_status hwmon_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  char **devices, driver[32];
  gm_hwmon *h = calloc(1, sizeof *h);
  if (h == NULL) return gm_fail_memory(err, "the hwmon source");
  const size_t n = gm_hwmon_devices(setup->sysfs_root, &devices);
  for (size_t i = 0; i < n; i++) {
    if (!gm_small_text(devices[i], "name", driver, sizeof driver)) continue;
    if (strcmp(driver, "amd_energy") == 0) add_sockets(h, setup, devices[i], opening);
    if (strcmp(driver, "power_meter") == 0) add_power_meter(h, setup, devices[i], opening);
  }
  for (size_t i = 0; i < n; i++)
    if (gm_amdgpu_is_socket(setup->host, devices[i])) add_socket_power(h, setup, devices[i], opening);
  gm_hwmon_devices_free(devices, n);
  gm_hwmon_finish(h, opening);
  return GM_OK;
}

const gm_source gm_hwmon_source = {.open = hwmon_open, .read = gm_hwmon_read, .close = gm_hwmon_close};
