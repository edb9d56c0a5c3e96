/* SPDX-License-Identifier: MIT
 * TLS on a connection to Redis, by hiredis_ssl and OpenSSL; without them a build only says so.
 * Private to journal_redis. */
#ifndef TUNING_REDIS_TLS_H
#define TUNING_REDIS_TLS_H

#include "common/status.h"

struct redisContext;

/* GM_BAD_INPUT in a build without TLS. */
gm_status gm_redis_tls_check(const char *host, gm_error *err);

/* Shakes hands on a connection that has sent nothing yet. The certificate must be signed by an authority
 * that OpenSSL trusts by default (SSL_CERT_FILE and SSL_CERT_DIR say otherwise) and be made out to `host`,
 * a name or an address. */
gm_status gm_redis_tls_start(struct redisContext *redis, const char *host, gm_error *err);

#endif
