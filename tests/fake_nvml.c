/* SPDX-License-Identifier: MIT
 * A libnvidia-ml.so.1 for tests, built by test_nvml.c. What it answers is read from the file
 * $FAKE_NVML_SCRIPT at every call, "key value" per line with the device's number in the key:
 *   init 9 | count 2 | name0 … | uuid0 GPU-… | energy0 MJ | power0 MW | instant0 MW | module0 MW | limit0 MW
 * | mig0 1 | pids0 77,88 | slow_ms 50 where "!CODE" instead of a value returns that code, and a missing key
 * NOT_SUPPORTED. Each call is noted by name in $FAKE_NVML_CALLS. With -DOLD_DRIVER it lacks what old drivers
 * lack. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EXPORT __attribute__((visibility("default")))
enum { OK = 0, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, INSUFFICIENT = 7 };
typedef struct {
  unsigned field, scope;
  long long timestamp_us, latency_us;
  unsigned value_type;
  int status;
  union {
    double real;
    unsigned integer;
    unsigned long long wide;
  } value;
} field;

static void note(const char *call) {
  FILE *file = fopen(getenv("FAKE_NVML_CALLS"), "a");
  if (file == NULL) return;
  fprintf(file, "%s\n", call);
  fclose(file);
}

/* The value of key (with a device number where ≥ 0); the code to return. */
static int look(const char *key, long device, char *value, size_t size) {
  char wanted[64], line[512], name[64];
  int code = NOT_SUPPORTED, used;
  FILE *file = fopen(getenv("FAKE_NVML_SCRIPT"), "r");
  if (file == NULL) return NOT_SUPPORTED;
  snprintf(wanted, sizeof wanted, device >= 0 ? "%s%ld" : "%s", key, device);
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "%63s %n", name, &used) != 1 || strcmp(name, wanted) != 0) continue;
    snprintf(value, size, "%s", line + used);
    code = value[0] == '!' ? atoi(value + 1) : OK;
  }
  fclose(file);
  return code;
}

static int number(const char *call, const char *key, void *device, unsigned long long *value) {
  char text[512];
  note(call);
  const int code = look(key, device != NULL ? (long)(size_t)device - 1 : -1, text, sizeof text);
  if (code == OK) *value = strtoull(text, NULL, 10);
  return code;
}

static int narrow(const char *call, const char *key, void *device, unsigned *value) {
  unsigned long long wide = 0;
  const int code = number(call, key, device, &wide);
  if (code == OK) *value = (unsigned)wide;
  return code;
}

static void be_slow(void) {
  char text[64];
  if (look("slow_ms", -1, text, sizeof text) != OK) return;
  const struct timespec pause = {.tv_nsec = atol(text) * 1000000};
  nanosleep(&pause, NULL);
}

static int start(const char *call) {
  char text[64];
  note(call);
  return look("init", -1, text, sizeof text) == OK ? atoi(text) : OK;
}

EXPORT int nvmlInit(void) {
  return start("init");
}
EXPORT int nvmlShutdown(void) {
  note("shutdown");
  return OK;
}
EXPORT int nvmlDeviceGetCount(unsigned *count) {
  return narrow("count", "count", NULL, count);
}
EXPORT int nvmlDeviceGetHandleByIndex(unsigned index, void **device) {
  note("by_index");
  *device = (void *)(size_t)(index + 1);
  return OK;
}
EXPORT int nvmlDeviceGetUUID(void *device, char *text, unsigned size) {
  note("uuid");
  return look("uuid", (long)(size_t)device - 1, text, size);
}
EXPORT int nvmlDeviceGetName(void *device, char *text, unsigned size) {
  char name[512];
  note("name");
  const int code = look("name", (long)(size_t)device - 1, name, sizeof name);
  if (code != OK) return code;
  if (strlen(name) >= size) return INSUFFICIENT;
  strcpy(text, name);
  return OK;
}
EXPORT int nvmlDeviceGetPowerUsage(void *device, unsigned *mw) {
  be_slow();
  return narrow("power", "power", device, mw);
}
EXPORT int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned *mw) {
  return narrow("limit", "limit", device, mw);
}
#ifndef OLD_DRIVER
EXPORT int nvmlInit_v2(void) {
  return start("init");
}
EXPORT int nvmlDeviceGetCount_v2(unsigned *count) {
  return nvmlDeviceGetCount(count);
}
EXPORT int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) {
  return nvmlDeviceGetHandleByIndex(index, device);
}
EXPORT int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *mj) {
  be_slow();
  return number("energy", "energy", device, mj);
}
/* "MIG-0…" is a slice of device 0, and so on; a slice's handle is 1000 more. */
EXPORT int nvmlDeviceGetHandleByUUID(const char *uuid, void **device) {
  note("by_uuid");
  if (strncmp(uuid, "MIG-", 4) != 0 || uuid[4] < '0' || uuid[4] > '9') return NOT_FOUND;
  *device = (void *)(size_t)(1001 + uuid[4] - '0');
  return OK;
}
EXPORT int nvmlDeviceGetDeviceHandleFromMigDeviceHandle(void *slice, void **device) {
  note("parent");
  if ((size_t)slice <= 1000) return INVALID;
  *device = (void *)((size_t)slice - 1000);
  return OK;
}
EXPORT int nvmlDeviceGetMigMode(void *device, unsigned *current, unsigned *pending) {
  *pending = 0;
  return narrow("mig_mode", "mig", device, current);
}
EXPORT int nvmlDeviceGetFieldValues(void *device, int n, field *fields) {
  for (int i = 0; i < n; i++)
    fields[i].status =
        narrow("fields", fields[i].scope == 1 ? "module" : "instant", device, &fields[i].value.integer);
  return OK;
}
EXPORT int nvmlDeviceGetComputeRunningProcesses_v3(void *device, unsigned *n, void *infos) {
  char text[512], *rest = NULL;
  unsigned found = 0;
  note("processes");
  const int code = look("pids", (long)(size_t)device - 1, text, sizeof text);
  if (code != OK) return code;
  for (char *pid = strtok_r(text, ",", &rest); pid != NULL && found < *n; pid = strtok_r(NULL, ",", &rest)) {
    const unsigned value = (unsigned)strtoul(pid, NULL, 10);
    memcpy((char *)infos + 24 * found++, &value, sizeof value);
  }
  *n = found;
  return OK;
}
#endif
