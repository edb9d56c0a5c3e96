/* SPDX-License-Identifier: MIT
 * The making of the hardware, as a share of a run's emissions (ISO/IEC 21031:2024, SCI):
 *   M = TE · (TiR / EL) · (RR / ToR)
 * TE total embodied emissions of the machine, TiR time it was used, EL its expected life, RR / ToR the part
 * of its threads that was used. TE is no measurement of this machine: quantiles (2.5 %, 50 %, 97.5 %) of what
 * makers state of theirs, as Boavizta collected them (environmental-footprint-data, read 2026-11-25; quoted,
 * not copied): 48 servers of Dell and HP 2019-21, 226 laptops, 157 desktops. Makers themselves state about ±
 * 100 %. EL 4 years. The host of a virtual machine is a server of unknown size: 2 · 64 threads, 64 to 512. */
#ifndef ENERGY_EMBODIED_H
#define ENERGY_EMBODIED_H

#include "energy/host.h"

#include <stdbool.h>

typedef enum { GM_HARDWARE_SERVER, GM_HARDWARE_LAPTOP, GM_HARDWARE_DESKTOP } gm_hardware;

const char *gm_hardware_name(gm_hardware hardware); /* "server", "laptop", "desktop" */

typedef struct {
  gm_hardware hardware;
  double making_kg, making_low_kg, making_high_kg; /* TE */
  double share, share_low, share_high;             /* RR / ToR, at most 1 */
  double kg_per_h, low_kg_per_h, high_kg_per_h;    /* M of an hour */
} gm_embodied;

/* `cpus`: threads that are billed (of a virtual machine all it has). A machine is a laptop where it has a
 * battery of its own, a server where it is virtual, has several sockets or a processor of servers, else a
 * desktop. */
gm_embodied gm_embodied_of(const gm_host *host, double cpus, bool server_processor, bool battery);

#define GM_EMBODIED_LIFE_H 35064.0 /* 4 years */

#endif
