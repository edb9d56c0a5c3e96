/* SPDX-License-Identifier: MIT
 * The machine a run took place on, as run.json and emissions.csv name it, read
 * from /proc (cpuinfo, meminfo, sys/kernel/hostname, sys/kernel/random/boot_id) and uname(2). */
#ifndef ENERGY_HOST_H
#define ENERGY_HOST_H

#include <stdbool.h>

#define GM_HOST_TEXT 128

typedef struct {
  char cpu_model[GM_HOST_TEXT];                   /* "model name" as the kernel prints it, "" where unknown */
  char cpu_vendor[GM_HOST_TEXT];                  /* "GenuineIntel", "AuthenticAMD", …, "" where unknown */
  int cpu_family, cpu_model_number, cpu_stepping; /* as CPUID tells them, −1 where unknown */
  char architecture[32];                          /* "x86_64", "aarch64", of uname */
  int logical_cpus;                               /* online */
  int sockets;                                    /* distinct physical ids, at least 1 */
  bool virtualised;        /* cpuinfo shows the hypervisor flag: a share of a machine, not all of it */
  double ram_gib;          /* MemTotal, NAN where unknown */
  char os[GM_HOST_TEXT];   /* "Linux-6.1.0-x86_64" */
  char name[GM_HOST_TEXT]; /* host name, "" where unknown */
  char boot_id[64];        /* "" where unknown */
} gm_host;

/* Fills what can be found; `proc_root` is usually "/proc". */
void gm_host_read(const char *proc_root, gm_host *host);

/* Memory in use now (MemTotal − MemAvailable), NAN where unknown. */
double gm_host_ram_used_gib(const char *proc_root);

/* True for AMD and its licensee Hygon, whose package counter is one per socket. */
bool gm_host_is_amd(const gm_host *host);

#endif
