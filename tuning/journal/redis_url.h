/* SPDX-License-Identifier: MIT
 * Where a Redis journal is: redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=P], with TLS
 * rediss://…, as redis.from_url takes it, with percent escapes. The prefix is that of
 * JournalRedisBackend's keys. */
#ifndef TUNING_REDIS_URL_H
#define TUNING_REDIS_URL_H

#include "common/status.h"

#include <stdbool.h>

#define GM_REDIS_PART 128

typedef struct {
  char user[GM_REDIS_PART], password[GM_REDIS_PART], host[GM_REDIS_PART], prefix[GM_REDIS_PART];
  int port;     /* 6379 */
  int database; /* 0 */
  bool tls;     /* rediss:// */
} gm_redis_url;

/* Whether `text` begins as one. */
bool gm_redis_url_is(const char *text);

gm_status gm_redis_url_parse(const char *text, gm_redis_url *url, gm_error *err);

#endif
