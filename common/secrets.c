/* SPDX-License-Identifier: MIT
 * Finding secrets by their forms: one scan from left to right asks at every place for a URL's credentials, a
 * named setting and a known token. Nothing is decrypted or looked up. */
#include "common/secrets.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char mask[] = "***";

/* text[begin … end − 1] */
typedef struct {
  size_t begin, end;
} span;

/* ---- names ------------------------------------------------------------------------ */

static bool name_character(char c) {
  return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

static bool ends_with(const char *text, const char *end) {
  const size_t n = strlen(text), m = strlen(end);
  return n >= m && strcmp(text + n - m, end) == 0;
}

/* Whether a setting of this name holds a secret: api_key, --apiKey and API-KEY are one name. */
static bool secret_name(const char *name, size_t n) {
  static const char *const ends[] = {"password",    "passwd",    "passphrase", "secret",       "token",
                                     "apikey",      "accesskey", "secretkey",  "privatekey",   "credential",
                                     "credentials", "dbpass",    "userpass",   "sqlpass",      "redispass",
                                     "smtppass",    "adminpass", "rootpass",   "xamzsignature"};
  static const char *const whole[] = {"pass", "pwd", "auth", "authorization", "requirepass", "masterauth"};
  static const char *const special_tokens[] = {"pad", "bos", "eos", "unk", "mask", "sep", "cls", "stop"};
  char plain[64];
  size_t length = 0;
  if (n >= sizeof plain) name += n - sizeof plain + 1, n = sizeof plain - 1;
  for (size_t i = 0; i < n; i++)
    if (isalnum((unsigned char)name[i])) plain[length++] = (char)tolower((unsigned char)name[i]);
  plain[length] = '\0';
  for (size_t i = 0; i < sizeof special_tokens / sizeof *special_tokens; i++) { /* of language models */
    char token[16];
    snprintf(token, sizeof token, "%stoken", special_tokens[i]);
    if (ends_with(plain, token)) return false;
  }
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
    if (ends_with(plain, ends[i])) return true;
  for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
    if (strcmp(plain, whole[i]) == 0) return true;
  return false;
}

/* ---- forms -------------------------------------------------------------------------- */

/* "://" at text + i: the credentials before the host. Behind the last @, as whoever wrote a password
 * with an unescaped @ meant it. */
static bool url_at(const char *text, size_t i, span *found) {
  const char *begin = text + i + 3, *end = begin + strcspn(begin, "/?# \t\n\"'<>"), *at;
  const char *port = memchr(begin, ':', (size_t)(end - begin));
  if (port != NULL && port + 1 + strspn(port + 1, "0123456789") < end) /* no port: a password with a slash */
    end = begin + strcspn(begin, " \t\n\"'<>");
  at = end;
  while (at > begin && *at != '@') at--;
  if (*at != '@') return false;
  const char *colon = memchr(begin, ':', (size_t)(at - begin));
  if (colon != NULL) begin = colon + 1;
  *found = (span){(size_t)(begin - text), (size_t)(at - text)};
  return found->end > found->begin;
}

/* The value that begins at `p`: in quotation marks, or one word. "Bearer SECRET" is one value. */
static bool value_at(const char *text, const char *p, span *found) {
  static const char *const schemes[] = {"Bearer", "Basic", "Token"};
  const char *escaped = *p == '\\' ? p + 1 : p;
  const bool quoted = *escaped == '"' || *escaped == '\'';
  const char *begin = quoted ? escaped + 1 : p;
  const char ends[] = {quoted ? *escaped : '"',
                       quoted ? '\\' : '\'',
                       quoted ? '\0' : ' ',
                       '\t',
                       '\n',
                       '&',
                       ';',
                       ',',
                       ')',
                       '}',
                       ']',
                       '\0'};
  const char *end = begin + strcspn(begin, ends);
  for (size_t i = 0; i < sizeof schemes / sizeof *schemes && !quoted; i++)
    if ((size_t)(end - begin) == strlen(schemes[i]) &&
        strncasecmp(begin, schemes[i], strlen(schemes[i])) == 0 && *end == ' ') {
      begin = end + strspn(end, " ");
      end = begin + strcspn(begin, ends);
    }
  *found = (span){(size_t)(begin - text), (size_t)(end - text)};
  return end > begin;
}

/* A name at text + i, of n characters, with its value behind it. */
static bool setting_at(const char *text, size_t i, size_t n, span *found) {
  const char *name = text + i, *p = name + n;
  const bool signs_url = n == strlen("sig") && strncmp(name, "sig", n) == 0 && i > 0 && /* Azure's */
                         (name[-1] == '?' || name[-1] == '&');
  if (!signs_url && !secret_name(name, n)) return false;
  if (*p == '\\') p++;
  if (*p == '"' || *p == '\'') p++;
  const char *gap = p;
  p += strspn(p, " \t");
  if (*p == '=' || (*p == ':' && strncmp(p, "://", 3) != 0)) {
    p++;
    return value_at(text, p + strspn(p, " \t"), found);
  }
  return name[0] == '-' && p > gap && *p != '-' && value_at(text, p, found); /* --password SECRET */
}

/* A word that is a secret by its first letters. */
static bool token_at(const char *text, size_t i, size_t n, span *found) {
  static const char *const prefixes[] = {"ghp_", "gho_", "ghs_",  "github_pat_", "glpat-",
                                         "hf_",  "sk-",  "xoxb-", "xoxp-",       "AKIA"};
  enum { SHORTEST = 16 }; /* behind the prefix */
  for (size_t k = 0; k < sizeof prefixes / sizeof *prefixes; k++) {
    const size_t length = strlen(prefixes[k]);
    if (n < length + SHORTEST || strncmp(text + i, prefixes[k], length) != 0) continue;
    if (strcspn(text + i, "0123456789") >= n) continue; /* sk-learn-… */
    *found = (span){i + length, i + n};
    return true;
  }
  return false;
}

/* The first secret at or behind `from`. */
static bool next_secret(const char *text, size_t from, bool urls_only, span *found) {
  for (size_t i = from; text[i] != '\0';) {
    if (strncmp(text + i, "://", 3) == 0) {
      if (url_at(text, i, found)) return true;
      i += 3;
      continue;
    }
    size_t n = 0;
    while (!urls_only && name_character(text[i + n])) n++;
    if (n > 0 && (setting_at(text, i, n, found) || token_at(text, i, n, found))) return true;
    i += n > 0 ? n : 1;
  }
  return false;
}

/* ---- masking ------------------------------------------------------------------------- */

char *gm_secrets_mask(const char *text, size_t *found) {
  if (text == NULL) return NULL;
  char *masked = malloc(strlen(text) * sizeof mask + 1), *to = masked;
  size_t from = 0;
  if (masked == NULL) return NULL;
  for (span s; next_secret(text, from, false, &s); from = s.end) {
    to = mempcpy(to, text + from, s.begin - from);
    to = stpcpy(to, mask);
    if (found != NULL) ++*found;
  }
  strcpy(to, text + from);
  return masked;
}

/* "--password" or "-token" alone: the secret is the argument behind it. */
static bool covers_next(int argc, const char *const *argv, int i) {
  const size_t n = strlen(argv[i]);
  for (size_t k = 0; k < n; k++)
    if (!name_character(argv[i][k])) return false;
  return i + 1 < argc && argv[i][0] == '-' && argv[i + 1][0] != '-' && secret_name(argv[i], n);
}

/* "--user NAME:SECRET" of curl and wget: where the secret begins in argv[i]; NULL where there is none, as in
 * docker's "-u 1000:1000". */
static const char *behind_user(const char *const *argv, int i) {
  static const char *const options[] = {"-u", "--user", "--proxy-user"};
  const char *colon = i > 0 ? strchr(argv[i], ':') : NULL;
  for (size_t k = 0; colon != NULL && k < sizeof options / sizeof *options; k++)
    if (strcmp(argv[i - 1], options[k]) == 0 && strspn(colon + 1, "0123456789") < strlen(colon + 1))
      return colon + 1;
  return NULL;
}

static char *mask_behind(const char *text, const char *secret) {
  const size_t n = (size_t)(secret - text);
  char *masked = malloc(n + sizeof mask);
  if (masked != NULL) strcpy(mempcpy(masked, text, n), mask);
  return masked;
}

/* Copies texts into one allocation: the pointers, then the characters. */
static char **pack(int argc, const char *const *argv) {
  size_t size = ((size_t)argc + 1) * sizeof(char *);
  for (int i = 0; i < argc; i++) size += strlen(argv[i]) + 1;
  char **copy = malloc(size);
  if (copy == NULL) return NULL;
  char *text = (char *)(copy + argc + 1);
  for (int i = 0; i < argc; i++) {
    copy[i] = text;
    text = stpcpy(text, argv[i]) + 1;
  }
  copy[argc] = NULL;
  return copy;
}

char **gm_secrets_mask_arguments(int argc, const char *const *argv, size_t *found) {
  char **masked = calloc((size_t)argc + 1, sizeof *masked), **packed = NULL;
  bool whole = masked != NULL;
  for (int i = 0; whole && i < argc; i++) {
    const bool secret = i > 0 && covers_next(argc, argv, i - 1) && argv[i][0] != '\0';
    const char *user_s = secret ? NULL : behind_user(argv, i);
    if ((secret || user_s != NULL) && found != NULL) ++*found;
    masked[i] = secret           ? strdup(mask)
                : user_s != NULL ? mask_behind(argv[i], user_s)
                                 : gm_secrets_mask(argv[i], found);
    whole = masked[i] != NULL;
  }
  if (whole) packed = pack(argc, (const char *const *)masked);
  for (int i = 0; masked != NULL && i < argc; i++) free(masked[i]);
  free(masked);
  return packed;
}

static void overwrite(char *text, bool urls_only) {
  size_t from = 0;
  for (span s; next_secret(text, from, urls_only, &s); from = s.end)
    memset(text + s.begin, '*', s.end - s.begin);
}

void gm_secrets_overwrite_urls(char *text) {
  overwrite(text, true);
}

char **gm_secrets_take(int argc, char **argv) {
  char **copy = pack(argc, (const char *const *)argv);
  for (int i = 0; copy != NULL && i < argc; i++) {
    if (i > 0 && covers_next(argc, (const char *const *)copy, i - 1)) memset(argv[i], '*', strlen(argv[i]));
    overwrite(argv[i], false);
  }
  return copy;
}
