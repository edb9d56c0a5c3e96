/* SPDX-License-Identifier: MIT
 * The set of priors: defaults, the user's "NAME=VALUE,…" over them, and the set as text for the record. */
#include "energy/priors.h"

#include "common/csv.h"
#include "common/suggestion.h"

#include <stdio.h>
#include <string.h>

/* Of the figures below: change one and this with it. */
static const char version[] = "greenmile-priors-2";

static const struct {
  const char *name;
  double value;
} table[GM_N_PRIORS] = {
    [GM_PRIOR_INTEL_PACKAGE] = {"intel_package", 0.05},
    [GM_PRIOR_AMD_PACKAGE] = {"amd_package", 0.10},
    [GM_PRIOR_DRAM] = {"dram", 0.15},
    [GM_PRIOR_PLATFORM] = {"platform", 0.10},
    [GM_PRIOR_HWMON] = {"hwmon", 0.10},
    [GM_PRIOR_NVML_ENERGY] = {"nvml_energy", 0.05},
    [GM_PRIOR_NVML_POWER] = {"nvml_power", 0.10},
    [GM_PRIOR_NVML_SPARSE] = {"nvml_sparse", 0.15},
    [GM_PRIOR_WALL_METER] = {"wall_meter", 0.01},
    [GM_PRIOR_STATED] = {"stated", 0.05},
    [GM_PRIOR_SHARE] = {"share", 0.10},
};

gm_priors gm_priors_default(void) {
  gm_priors priors;
  for (int i = 0; i < GM_N_PRIORS; i++) priors.value[i] = table[i].value;
  return priors;
}

static gm_status set(gm_priors *priors, const char *entry, size_t length, gm_error *err) {
  char text[64];
  double value;
  if (length >= sizeof text)
    return gm_fail(err, GM_BAD_INPUT, "expected NAME=VALUE, got \"%.*s\"", (int)length, entry);
  memcpy(text, entry, length);
  text[length] = '\0';
  char *number = strchr(text, '=');
  if (number == NULL) return gm_fail(err, GM_BAD_INPUT, "expected NAME=VALUE, got \"%s\"", text);
  *number++ = '\0';
  for (int i = 0; i < GM_N_PRIORS; i++) {
    if (strcmp(text, table[i].name) != 0) continue;
    if (!gm_parse_double(number, &value) || !(value >= 0 && value <= 1))
      return gm_fail(err, GM_BAD_INPUT, "%s: expected a number from 0 to 1, got \"%s\"", text, number);
    priors->value[i] = value;
    return GM_OK;
  }
  char names[256] = "";
  for (int i = 0; i < GM_N_PRIORS; i++)
    snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? ", " : "", table[i].name);
  gm_fail(err, GM_BAD_INPUT, "\"%s\" is no prior; expected one of %s", text, names);
  return gm_suggest(err, text, strlen(text), names);
}

gm_status gm_priors_parse(gm_priors *priors, const char *text, gm_error *err) {
  gm_status status = GM_OK;
  for (const char *p = text; status == GM_OK; p++) {
    const size_t length = strcspn(p, ",");
    status = set(priors, p, length, err);
    p += length;
    if (*p == '\0') break;
  }
  return status;
}

void gm_priors_describe(const gm_priors *priors, char *text, size_t size) {
  const char *before = " with ";
  snprintf(text, size, "%s", version);
  for (int i = 0; i < GM_N_PRIORS; i++) {
    if (priors->value[i] == table[i].value) continue;
    const size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s=%g", before, table[i].name, priors->value[i]);
    before = ",";
  }
}
