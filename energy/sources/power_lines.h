/* SPDX-License-Identifier: MIT
 * What the machine, or this program's share of it, draws at the wall by model: a line in the busy share u of
 * its CPUs with two lines that bound it, W(u) = W0 (1 − u) + W100 u,     l0 W0 (1 − u) + l1 W100 u  to  h0 W0
 * (1 − u) + h1 W100 u   (95 %), linear so that energies and bounds of adjoining intervals add up. W0 and W100
 * by what is known, best first: user, powercap, sku   a power limit T of all sockets
 * (energy/sources/cpu_power.h), with RAM R in GiB and sockets S:  W100 = 0.927 T + 0.251 R + 12.147 S, W0 = g
 * (11.827 + 0.121 T + 0.136 R + 6.196 S)                       (lines.csv) generation            CPUID: W100
 * = n · full_w_per_thread + 0.251 R, W0 = n · idle_w_per_thread + 0.136 R over n threads (generations.csv)
 *   vendor, threads       the same of any server of the vendor, of any server
 * g is the generation's idle_factor, 1 where the generation is not known. l0 … h1: bands.csv, per tier, with
 * how many published servers they cover that were not used for them. The model is of servers
 * (SPECpower_ssj2008, 2012-2026): no public data of laptops were found, one desktop, one Arm processor.
 *
 * A virtual machine and a batch job that holds part of a node are billed a share by threads of a host that is
 * loaded as they are. A host at half load would bill 0.88 of that (95 %: 0.70 to 1.21), so the bounds of a
 * share are those of the host times 0.9 and 1.1. The memory is what its control group and SLURM's allocation
 * leave of the machine's. */
#ifndef ENERGY_POWER_LINES_H
#define ENERGY_POWER_LINES_H

#include "energy/source.h"

typedef enum {
  GM_TIER_USER,
  GM_TIER_POWERCAP,
  GM_TIER_SKU,
  GM_TIER_GENERATION,
  GM_TIER_VENDOR,
  GM_TIER_THREADS
} gm_power_tier;

const char *gm_power_tier_name(gm_power_tier tier); /* "user", "powercap", "sku", "generation", … */

typedef struct gm_power_lines {
  gm_power_tier tier;
  bool share;     /* of a host, not a whole machine */
  bool own_time;  /* u is the program's own CPU time over `cpus`: it holds part of the machine's CPUs */
  double cpus;    /* threads that are billed */
  double ram_gib; /* memory that is billed, 0 where it is not known */
  double idle_w, full_w;                           /* W0 and W100 at the wall, RAM included */
  double ram_idle_w, ram_full_w;                   /* the RAM's part of them: a split by convention */
  double low_idle, high_idle, low_full, high_full; /* l0, h0, l1, h1 */
  int models;                                      /* CPU models the band rests on */
  double coverage_low, coverage_high; /* measured out of sample, percent, over idle to full load */
  bool server;                        /* its processor is of a generation of servers */
  bool portable;                      /* it has a battery of its own: the model knows no such machines */
  char text[80]; /* "2 threads of a genoa host", "limit 2 x 150 W, intel xeon gold 6248" */
} gm_power_lines;

/* GM_BAD_INPUT only if a table of the suite is damaged. */
gm_status gm_power_lines_find(const gm_source_setup *setup, gm_power_lines *lines, gm_error *err);

/* The least of the lower bounding line over all loads. */
double gm_power_lines_least_w(const gm_power_lines *lines);

#define GM_POWER_LINES_TEXT 640

/* "tier generation (2 threads of a genoa host): idle 4.43 W, full load 9.79 W; 95 % 0.32 to 2.49 of the idle
 * part and …; measured coverage 95 to 99 % of servers with 72 CPU models not used for it". */
void gm_power_lines_describe(const gm_power_lines *lines, char *text, size_t size);

#endif
