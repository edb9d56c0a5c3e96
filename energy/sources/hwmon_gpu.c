/* SPDX-License-Identifier: MIT
 * Graphics cards of AMD and Intel in the kernel's hwmon tree:
 *   amdgpu      a card's average or present power, µW
 *   xe, i915    a card's energy, µJ
 * A processor's own graphics is no card: its power is that of the socket (hwmon_sensor.h), and is the CPU's.
 */
#include "energy/sources/gpu_choice.h"
#include "energy/sources/hwmon_sensor.h"
#include "energy/sources/small_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double usual_limit_w = 1500; /* no card draws more, where it does not tell its limit */
static const double limit_overshoot = 2;  /* for moments, over its limit */
enum { most_inputs = 32, most_cards = 32, first_device = 1000 }; /* device ids: NVML's are below */

typedef enum { AMD, INTEL, N_VENDORS } vendor;

typedef struct {
  const char *directory;
  char driver[32], uuid[64], address[GM_HWMON_ADDRESS];
  vendor maker;
  bool socket; /* the graphics of a processor */
  bool chosen;
} card;

/* ---- which cards there are --------------------------------------------------------------- */

static bool identify(const gm_host *host, const char *directory, card *c) {
  char text[48];
  *c = (card){.directory = directory};
  if (!gm_small_text(directory, "name", c->driver, sizeof c->driver)) return false;
  const bool intel = strcmp(c->driver, "xe") == 0 || strcmp(c->driver, "i915") == 0;
  if (!intel && strcmp(c->driver, "amdgpu") != 0) return false;
  c->maker = intel ? INTEL : AMD;
  c->socket = gm_amdgpu_is_socket(host, directory);
  if (gm_small_text(directory, "device/unique_id", text, sizeof text))
    snprintf(c->uuid, sizeof c->uuid, "GPU-%s", text + (strncmp(text, "0x", 2) == 0 ? 2 : 0));
  gm_hwmon_address(directory, c->address);
  return true;
}

/* "Radeon …" where the card says so, else vendor and device numbers. */
static void describe_model(const card *c, char *model, size_t size) {
  char product[48], device[16] = "";
  if (gm_small_text(c->directory, "device/product_name", product, sizeof product)) {
    snprintf(model, size, "%s", product);
    return;
  }
  (void)gm_small_text(c->directory, "device/device", device, sizeof device);
  snprintf(model, size, "%s GPU%s%s", c->maker == AMD ? "AMD" : "Intel", device[0] != '\0' ? " " : "",
           device);
}

/* ---- which of them count -------------------------------------------------------------------- */

/* The first list that is there; indices count the cards of `maker` that are chosen so far. */
static void restrict_to(card *cards, size_t n, vendor maker, const char *list, gm_opening *opening) {
  gm_gpu_choice choice;
  int index = 0;
  if (list == NULL) return;
  gm_gpu_choice_parse(&choice, list);
  for (size_t i = 0; i < n; i++)
    if (cards[i].maker == maker && cards[i].chosen)
      cards[i].chosen = gm_gpu_choice_wants(&choice, index++, cards[i].uuid, cards[i].address);
  if (index > 0 && gm_gpu_choice_unknown(&choice) != NULL) opening->reasons |= GM_REASON_BIT(GM_GPU_UNKNOWN);
}

static void choose(const gm_source_setup *setup, card *cards, size_t n, gm_opening *opening) {
  if (setup->gpus != NULL) {
    for (size_t i = 0; i < n; i++)
      cards[i].chosen =
          gm_gpu_choice_wants(setup->gpus, setup->gpus->seen++, cards[i].uuid, cards[i].address);
    return;
  }
  for (size_t i = 0; i < n; i++) cards[i].chosen = true;
  restrict_to(cards, n, AMD, setup->visible.rocr, opening);
  restrict_to(cards, n, AMD, setup->visible.hip, opening);
  restrict_to(cards, n, INTEL, setup->visible.ze, opening);
}

/* ---- sensors ----------------------------------------------------------------------------------- */

/* energyN_input of the whole card where it is told apart from its chip. */
static void energy_file(const char *directory, char file[32]) {
  char label_file[32], label[32];
  snprintf(file, 32, "energy1_input");
  for (int i = 1; i <= most_inputs; i++) {
    snprintf(label_file, sizeof label_file, "energy%d_label", i);
    if (gm_small_text(directory, label_file, label, sizeof label) && strcmp(label, "card") == 0)
      snprintf(file, 32, "energy%d_input", i);
  }
}

static void add(gm_hwmon *h, const gm_source_setup *setup, const card *c, int number, gm_opening *opening) {
  char file[32];
  const double limit_w = gm_hwmon_number(c->directory, c->maker == AMD ? "power1_cap" : "power1_max");
  gm_zone zone = {.component = GM_GPU,
                  .device = first_device + number,
                  .max_power_w =
                      limit_w > 0 ? fmin(limit_overshoot * limit_w, GM_PLATFORM_MAX_W) : usual_limit_w,
                  .sensor_relative = setup->priors.value[GM_PRIOR_HWMON]};
  if (c->maker == AMD)
    snprintf(file, sizeof file, "%s", gm_amdgpu_power_file(c->directory));
  else
    energy_file(c->directory, file);
  describe_model(c, zone.model, sizeof zone.model);
  snprintf(zone.name, sizeof zone.name, "%s card%s%s", c->driver, c->address[0] != '\0' ? " " : "",
           c->address);
  (void)gm_hwmon_add(h, setup, c->directory, file, &zone, opening);
}

static gm_status gpu_open(const gm_source_setup *setup, gm_opening *opening, gm_error *err) {
  char **devices;
  card cards[most_cards];
  size_t n = 0, sockets = 0;
  gm_hwmon *h = calloc(1, sizeof *h);
  if (h == NULL) return gm_fail_memory(err, "the hwmon source of graphics cards");
  const size_t n_devices = gm_hwmon_devices(setup->sysfs_root, &devices);
  for (int maker = 0; maker < N_VENDORS; maker++)
    for (size_t i = 0; i < n_devices && n < most_cards; i++)
      if (identify(setup->host, devices[i], &cards[n]) && cards[n].maker == (vendor)maker) n++;
  choose(setup, cards, n, opening);
  for (size_t i = 0; i < n; i++) {
    sockets += cards[i].socket;
    if (cards[i].chosen && !cards[i].socket) add(h, setup, &cards[i], (int)i, opening);
  }
  gm_hwmon_devices_free(devices, n_devices);
  if (sockets > 0)
    snprintf(opening->note, sizeof opening->note,
             "%zu card%s in use; the processor's own graphics is part of its socket's power", h->n,
             h->n == 1 ? "" : "s");
  gm_hwmon_finish(h, opening);
  return GM_OK;
}

const gm_source gm_hwmon_gpu_source = {.open = gpu_open, .read = gm_hwmon_read, .close = gm_hwmon_close};
