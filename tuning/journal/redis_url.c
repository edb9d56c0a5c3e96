/* SPDX-License-Identifier: MIT
 * redis:// and rediss:// URLs in their parts (RFC 3986, as redis-py reads them). Connecting is
 * journal_redis.c's. */
#include "tuning/journal/redis_url.h"

#include "common/csv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_PORT = 6379, LARGEST_PORT = 65535, LARGEST_DATABASE = 1 << 20 };

/* Copies text[0 … n-1] with its %XX escapes resolved; false when it does not fit. */
static bool copy_part(char part[GM_REDIS_PART], const char *text, size_t n) {
  size_t length = 0;
  for (size_t i = 0; i < n; i++) {
    unsigned value = (unsigned char)text[i];
    if (length + 1 >= GM_REDIS_PART) return false;
    if (text[i] == '%' && i + 2 < n && isxdigit((unsigned char)text[i + 1]) &&
        isxdigit((unsigned char)text[i + 2])) {
      sscanf(text + i + 1, "%2x", &value);
      i += 2;
    }
    part[length++] = (char)value;
  }
  part[length] = '\0';
  return true;
}

/* A whole number written in text[0 … n-1], at most `largest`; an empty text leaves *number. */
static bool copy_number(int *number, const char *text, size_t n, int largest) {
  char digits[GM_REDIS_PART];
  int64_t value;
  if (n == 0) return true;
  if (!copy_part(digits, text, n) || !gm_parse_integer(digits, &value) || value < 0 || value > largest)
    return false;
  *number = (int)value;
  return true;
}

static bool parse_credentials(gm_redis_url *url, const char *text, const char *at) {
  const char *colon = memchr(text, ':', (size_t)(at - text));
  if (colon == NULL) return copy_part(url->user, text, (size_t)(at - text));
  return copy_part(url->user, text, (size_t)(colon - text)) &&
         copy_part(url->password, colon + 1, (size_t)(at - colon - 1));
}

/* HOST, HOST:PORT or [IPv6]:PORT. */
static bool parse_host(gm_redis_url *url, const char *text, const char *end) {
  const char *host = text, *host_end = text[0] == '[' ? memchr(text, ']', (size_t)(end - text)) : NULL;
  const char *colon;
  if (host_end != NULL) {
    host++;
    colon = host_end + 1 < end && host_end[1] == ':' ? host_end + 1 : NULL;
  } else {
    colon = memchr(text, ':', (size_t)(end - text));
    host_end = colon != NULL ? colon : end;
  }
  return host_end > host && copy_part(url->host, host, (size_t)(host_end - host)) &&
         (colon == NULL || copy_number(&url->port, colon + 1, (size_t)(end - colon - 1), LARGEST_PORT));
}

static const char plain[] = "redis://", with_tls[] = "rediss://";

bool gm_redis_url_is(const char *text) {
  return strncmp(text, plain, strlen(plain)) == 0 || strncmp(text, with_tls, strlen(with_tls)) == 0;
}

gm_status gm_redis_url_parse(const char *text, gm_redis_url *url, gm_error *err) {
  static const char option[] = "prefix=";
  *url = (gm_redis_url){.port = DEFAULT_PORT, .tls = strncmp(text, with_tls, strlen(with_tls)) == 0};
  const char *end = text + strlen(text);
  bool ok = gm_redis_url_is(text);
  const char *rest = ok ? text + strlen(url->tls ? with_tls : plain) : end;
  if (ok) {
    const char *query = strchr(rest, '?');
    const char *path_end = query != NULL ? query : end;
    const char *path = memchr(rest, '/', (size_t)(path_end - rest));
    const char *host_end = path != NULL ? path : path_end;
    const char *at = memchr(rest, '@', (size_t)(host_end - rest));
    ok = at == NULL || parse_credentials(url, rest, at);
    ok = ok && parse_host(url, at != NULL ? at + 1 : rest, host_end);
    if (ok && path != NULL)
      ok = copy_number(&url->database, path + 1, (size_t)(path_end - path - 1), LARGEST_DATABASE);
    if (ok && query != NULL)
      ok = strncmp(query + 1, option, strlen(option)) == 0 &&
           copy_part(url->prefix, query + 1 + strlen(option), strlen(query + 1 + strlen(option)));
  }
  if (ok) return GM_OK;
  return gm_fail(
      err, GM_BAD_INPUT,
      "%s: expected redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE][?prefix=P], or rediss:// for TLS", text);
}
