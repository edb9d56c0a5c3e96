/* SPDX-License-Identifier: MIT
 * Shares of the busy CPU time: ours, and what is left of the machine's. */
#include "experiments/run/foreign_load.h"

#include <math.h>

static const double most_share = 0.1;
static const double least_s = 0.1; /* ten ticks of /proc/stat */

bool gm_foreign_load_is_busy(double share, double foreign_s) {
  return share > most_share && foreign_s > least_s;
}

void gm_foreign_load_add(struct json_object *run, gm_experiment *e, const gm_energy *energy, double wall_s,
                         bool shared) {
  const double share = shared ? NAN : 1 - energy->busy_share;
  const double foreign_s = share * energy->utilisation * wall_s * e->stopped.online_cpus;
  gm_json_add_number(run, "foreign_cpu_s", foreign_s);
  gm_json_add_number(run, "foreign_cpu_share", share);
  if (isnan(share)) {
    gm_json_add_text(run, "machine_busy", NULL);
    return;
  }
  const bool busy = gm_foreign_load_is_busy(share, foreign_s);
  gm_json_add_bool(run, "machine_busy", busy);
  if (!busy) return;
  char text[256];
  snprintf(text, sizeof text,
           "Not comparable: the machine was busy. %.0f %% of its CPU time went to other programs while this "
           "run was metered%s; repeat it on an idle machine.",
           100 * share, gm_energy_is_own(e->meter, energy) ? "" : ", and its energy includes theirs");
  gm_experiment_warn(e, text);
}
