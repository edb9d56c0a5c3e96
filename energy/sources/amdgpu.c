/* SPDX-License-Identifier: MIT
 * Telling AMD's cards from its processors' graphics. */
#include "energy/sources/amdgpu.h"

#include "energy/sources/small_file.h"

#include <string.h>

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
