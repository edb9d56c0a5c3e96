/* SPDX-License-Identifier: MIT
 * Meters a loop:  cc meter_loop.c $(pkg-config --cflags --libs greenmile-energy) && ./a.out */
#include <greenmile-energy.h>
#include <stdio.h>

int main(void) {
  gm_error err;
  gm_meter *meter;
  gm_reading start, stop;
  gm_energy energy;
  const gm_meter_config config = gm_meter_config_default();
  gm_status status = gm_meter_open(&meter, &config, &err);
  if (status != GM_OK) {
    fprintf(stderr, "%s\n", err.message);
    return gm_exit_code(status);
  }
  gm_meter_read_aligned(meter, &start);
  double sum = 0;
  for (int i = 1; i < 200000000; i++) sum += 1.0 / i;
  gm_meter_read(meter, &stop);
  gm_meter_between(meter, &start, &stop, NULL, &energy);

  char sources[512], basis[512];
  gm_meter_sources(meter, &energy.basis, sources, sizeof sources);
  gm_meter_uncertainty(meter, &energy.basis, basis, sizeof basis);
  printf("sum %.6f: %.3f s, %.4g J (95 %%: %.4g to %.4g)\n%s\n%s\n", sum, energy.duration_s, energy.energy_j,
         energy.low_j, energy.high_j, sources, basis);
  gm_meter_close(meter);
  return 0;
}
