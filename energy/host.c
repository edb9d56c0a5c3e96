/* SPDX-License-Identifier: MIT
 * What /proc and uname say about the machine. */
#include "energy/host.h"

#include "energy/sources/small_file.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static const double kib_per_gib = 1024.0 * 1024.0;

#define MAX_SOCKETS 64

/* The first line of a file without its end; `text` stays as it is where there is none. */
static void read_line(const char *root, const char *name, char *text, size_t size) {
  FILE *file = gm_small_stream(root, name);
  if (file == NULL) return;
  if (fgets(text, (int)size, file) != NULL) text[strcspn(text, "\n")] = '\0';
  fclose(file);
}

static void copy(char *to, size_t size, const char *from) {
  const size_t length = strnlen(from, size - 1);
  memcpy(to, from, length);
  to[length] = '\0';
}

/* Where `line` is "key<blanks>: value\n", the value without blanks around it, else NULL. */
static const char *value_of(char *line, const char *key) {
  const size_t length = strlen(key);
  if (strncmp(line, key, length) != 0) return NULL;
  char *p = line + length;
  while (isblank((unsigned char)*p)) p++;
  if (*p++ != ':') return NULL;
  while (isblank((unsigned char)*p)) p++;
  for (size_t end = strlen(p); end > 0 && isspace((unsigned char)p[end - 1]);) p[--end] = '\0';
  return p;
}

/* A whole number of at least 0, else −1 ("unknown"). */
static int small_number(const char *text) {
  char *end;
  const long value = strtol(text, &end, 10);
  return end != text && *end == '\0' && value >= 0 && value <= INT_MAX ? (int)value : -1;
}

static void read_cpuinfo(const char *proc_root, gm_host *host) {
  long sockets[MAX_SOCKETS];
  int n_sockets = 0;
  char *line = NULL;
  size_t size = 0;
  FILE *file = gm_small_stream(proc_root, "cpuinfo");
  if (file == NULL) return;
  while (getline(&line, &size, file) > 0) {
    const char *value;
    if (value_of(line, "processor") != NULL) {
      host->logical_cpus++;
    } else if ((value = value_of(line, "model name")) != NULL || (value = value_of(line, "Model")) != NULL) {
      if (host->cpu_model[0] == '\0') copy(host->cpu_model, sizeof host->cpu_model, value);
    } else if ((value = value_of(line, "vendor_id")) != NULL) {
      if (host->cpu_vendor[0] == '\0') copy(host->cpu_vendor, sizeof host->cpu_vendor, value);
    } else if ((value = value_of(line, "cpu family")) != NULL) {
      host->cpu_family = small_number(value);
    } else if ((value = value_of(line, "model")) != NULL) {
      host->cpu_model_number = small_number(value);
    } else if ((value = value_of(line, "stepping")) != NULL) {
      host->cpu_stepping = small_number(value);
    } else if ((value = value_of(line, "physical id")) != NULL) {
      const long id = strtol(value, NULL, 10);
      int known = 0;
      while (known < n_sockets && sockets[known] != id) known++;
      if (known == n_sockets && n_sockets < MAX_SOCKETS) sockets[n_sockets++] = id;
    } else if ((value = value_of(line, "flags")) != NULL) {
      const char *flag = strstr(value, " hypervisor");
      if (flag != NULL && (flag[11] == ' ' || flag[11] == '\0')) host->virtualised = true;
    }
  }
  free(line);
  fclose(file);
  if (n_sockets > 0) host->sockets = n_sockets;
}

/* A value of meminfo in GiB, NAN where it is not there. */
static double meminfo_gib(const char *proc_root, const char *key) {
  char line[256];
  double gib = NAN;
  FILE *file = gm_small_stream(proc_root, "meminfo");
  if (file == NULL) return NAN;
  while (isnan(gib) && fgets(line, sizeof line, file) != NULL) {
    unsigned long long kib;
    const char *value = value_of(line, key);
    if (value != NULL && sscanf(value, "%llu kB", &kib) == 1) gib = (double)kib / kib_per_gib;
  }
  fclose(file);
  return gib;
}

double gm_host_ram_used_gib(const char *proc_root) {
  return meminfo_gib(proc_root, "MemTotal") - meminfo_gib(proc_root, "MemAvailable");
}

void gm_host_read(const char *proc_root, gm_host *host) {
  *host =
      (gm_host){.sockets = 1, .ram_gib = NAN, .cpu_family = -1, .cpu_model_number = -1, .cpu_stepping = -1};
  read_cpuinfo(proc_root, host);
  if (host->logical_cpus == 0) {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    host->logical_cpus = online > 0 ? (int)online : 1;
  }
  host->ram_gib = meminfo_gib(proc_root, "MemTotal");
  if (!(host->ram_gib > 0)) host->ram_gib = NAN;
  struct utsname names;
  if (uname(&names) == 0) {
    snprintf(host->os, sizeof host->os, "%.30s-%.60s-%.30s", names.sysname, names.release, names.machine);
    snprintf(host->architecture, sizeof host->architecture, "%.31s", names.machine);
  }
  read_line(proc_root, "sys/kernel/hostname", host->name, sizeof host->name);
  read_line(proc_root, "sys/kernel/random/boot_id", host->boot_id, sizeof host->boot_id);
}

bool gm_host_is_amd(const gm_host *host) {
  return strcmp(host->cpu_vendor, "AuthenticAMD") == 0 || strcmp(host->cpu_vendor, "HygonGenuine") == 0;
}
