/* SPDX-License-Identifier: MIT
 * TLS for Redis. hiredis's own contexts check who signed a certificate but, up to 1.2, not whom it was
 * made out to; so the connection is OpenSSL's and hiredis is handed it. */
#include "tuning/journal/redis_tls.h"

#if defined GM_HAVE_HIREDIS_SSL && defined GM_HAVE_OPENSSL

#include <hiredis/hiredis.h>
#include <hiredis/hiredis_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Whom the certificate has to name. */
static bool expect_host(SSL *ssl, const char *host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) == 1) return 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host) == 1 && SSL_set_tlsext_host_name(ssl, host) == 1;
}

static gm_status refused(const char *host, const redisContext *redis, const SSL *ssl, gm_error *err) {
  const long verdict = ssl != NULL ? SSL_get_verify_result(ssl) : X509_V_OK;
  char why[160] = "";
  if (verdict != X509_V_OK)
    snprintf(why, sizeof why, "its certificate is not accepted: %s", X509_verify_cert_error_string(verdict));
  else if (redis->errstr[0] != '\0')
    snprintf(why, sizeof why, "%s", redis->errstr);
  else
    ERR_error_string_n(ERR_get_error(), why, sizeof why);
  return gm_fail(err, GM_IO_ERROR, "rediss://%s: no TLS connection: %s", host, why);
}

gm_status gm_redis_tls_check(const char *host, gm_error *err) {
  (void)host, (void)err;
  return GM_OK;
}

gm_status gm_redis_tls_start(redisContext *redis, const char *host, gm_error *err) {
  SSL_CTX *context = SSL_CTX_new(TLS_client_method());
  SSL *ssl = NULL;
  bool ready = context != NULL && SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
               SSL_CTX_set_default_verify_paths(context) == 1;
  if (ready) {
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    ssl = SSL_new(context);
  }
  ready = ready && ssl != NULL && expect_host(ssl, host);
  gm_status status = GM_OK;
  if (!ready || redisInitiateSSL(redis, ssl) != REDIS_OK) {
    status = refused(host, redis, ssl, err);
    SSL_free(ssl); /* hiredis takes it over only when it is connected */
  }
  SSL_CTX_free(context); /* the connection keeps what it needs */
  return status;
}

#else

gm_status gm_redis_tls_check(const char *host, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT,
                 "rediss://%s: this build has no TLS; expected the libraries hiredis_ssl (of hiredis 1.0 or "
                 "later) and openssl when it was built",
                 host);
}

gm_status gm_redis_tls_start(struct redisContext *redis, const char *host, gm_error *err) {
  (void)redis;
  return gm_redis_tls_check(host, err);
}

#endif
