/* SPDX-License-Identifier: MIT
 * A network for a test, from one line. */
#ifndef TESTS_NETWORK_NEW_H
#define TESTS_NETWORK_NEW_H

#include "tests/assert_near.h"

#include "common/rng.h"
#include "models/network/network.h"

/* The network of the architecture string `spec` with the initial weights of `seed`; `rng` (may be NULL) then
 * goes on behind them. */
static inline gm_network network_new(const char *spec, size_t channels, size_t length, uint32_t seed,
                                     gm_rng *rng) {
  gm_architecture a;
  gm_network network;
  gm_rng own;
  gm_error err = {GM_OK, ""};
  if (gm_architecture_parse(spec, (gm_shape){channels, length, false}, &a, &err) != GM_OK)
    fail_msg("%s: %s", spec, err.message);
  assert_int_equal(gm_network_create(&network, &a, &err), GM_OK);
  assert_null(a.layers); /* taken over */
  if (rng == NULL) rng = &own;
  gm_rng_seed(rng, seed);
  gm_network_initialize(&network, rng);
  return network;
}

#endif
