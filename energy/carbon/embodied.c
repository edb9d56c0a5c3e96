/* SPDX-License-Identifier: MIT
 * The making of the hardware: quantiles of published footprints times the shares of time and threads. */
#include "energy/carbon/embodied.h"

#include <math.h>

/* Median and quantiles 2.5 % and 97.5 %; where they are from is in the header. */
static const struct {
  const char *name;
  double kg, low_kg, high_kg;
} kinds[] = {[GM_HARDWARE_SERVER] = {"server", 1215, 512, 1775},
             [GM_HARDWARE_LAPTOP] = {"laptop", 236, 98, 418},
             [GM_HARDWARE_DESKTOP] = {"desktop", 249, 151, 549}};

/* Threads of the host of a virtual machine. */
static const double host_threads = 128, fewest_host_threads = 64, most_host_threads = 512;

const char *gm_hardware_name(gm_hardware hardware) {
  return kinds[hardware].name;
}

gm_embodied gm_embodied_of(const gm_host *host, double cpus, bool server_processor, bool battery) {
  const bool server = host->virtualised || host->sockets > 1 || server_processor;
  gm_embodied e = {.hardware = server    ? GM_HARDWARE_SERVER
                               : battery ? GM_HARDWARE_LAPTOP
                                         : GM_HARDWARE_DESKTOP};
  e.making_kg = kinds[e.hardware].kg;
  e.making_low_kg = kinds[e.hardware].low_kg;
  e.making_high_kg = kinds[e.hardware].high_kg;
  e.share = e.share_low = e.share_high = fmin(cpus / host->logical_cpus, 1);
  if (host->virtualised) {
    e.share = fmin(cpus / host_threads, 1);
    e.share_low = fmin(cpus / most_host_threads, 1);
    e.share_high = fmin(cpus / fewest_host_threads, 1);
  }
  e.kg_per_h = e.making_kg * e.share / GM_EMBODIED_LIFE_H;
  e.low_kg_per_h = e.making_low_kg * e.share_low / GM_EMBODIED_LIFE_H;
  e.high_kg_per_h = e.making_high_kg * e.share_high / GM_EMBODIED_LIFE_H;
  return e;
}
