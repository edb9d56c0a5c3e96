/* SPDX-License-Identifier: MIT
 * Status codes and error messages: how they are written and which exit code they become. Nothing is printed
 * here. */
#include "common/status.h"

#include "common/secrets.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

gm_status gm_fail(gm_error *err, gm_status status, const char *format, ...) {
  if (err != NULL) {
    va_list args;
    va_start(args, format);
    err->status = status;
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    gm_secrets_overwrite_urls(err->message); /* an address may carry a password */
  }
  return status;
}

gm_status gm_fail_memory(gm_error *err, const char *what) {
  return gm_fail(err, GM_NO_MEMORY, "not enough memory for %s", what);
}

gm_status gm_error_prefix(gm_error *err, const char *prefix) {
  if (err == NULL) return GM_FAILED;
  char sentence[GM_ERROR_LENGTH];
  memcpy(sentence, err->message, sizeof sentence);
  const int n = snprintf(err->message, sizeof err->message, "%s: %s", prefix, sentence);
  if (n < 0) memcpy(err->message, sentence, sizeof sentence);
  return err->status;
}

int gm_exit_code(gm_status status) {
  switch (status) {
  case GM_OK:
    return 0;
  case GM_BAD_INPUT:
    return 2;
  case GM_INTERRUPTED:
    return 130;
  case GM_FAILED:
  case GM_IO_ERROR:
  case GM_NO_MEMORY:
    break;
  }
  return 1;
}
