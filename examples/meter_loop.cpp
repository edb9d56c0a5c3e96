// SPDX-License-Identifier: MIT
// The same from C++, the meter closed by its scope:
//   c++ meter_loop.cpp $(pkg-config --cflags --libs greenmile-energy) && ./a.out
#include <cmath>
#include <greenmile-energy.h>
#include <iostream>
#include <memory>
#include <stdexcept>

using meter_ptr = std::unique_ptr<gm_meter, decltype(&gm_meter_close)>;

static meter_ptr open_meter() {
  gm_error error;
  gm_meter *meter = nullptr;
  const gm_meter_config config = gm_meter_config_default();
  if (gm_meter_open(&meter, &config, &error) != GM_OK) throw std::runtime_error(error.message);
  return meter_ptr(meter, gm_meter_close);
}

int main() {
  const meter_ptr meter = open_meter();
  gm_reading start, stop;
  gm_energy energy;
  gm_meter_read_aligned(meter.get(), &start);
  double sum = 0;
  for (int i = 0; i < 20000000; i++) sum += std::sin(i);
  gm_meter_read(meter.get(), &stop);
  gm_meter_between(meter.get(), &start, &stop, nullptr, &energy);
  std::cout << "sum " << sum << ": " << energy.duration_s << " s, " << energy.energy_j
            << " J (95 %: " << energy.low_j << " to " << energy.high_j << ")\n";
}
