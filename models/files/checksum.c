/* SPDX-License-Identifier: MIT
 * Checksums over libxxhash, and the seal: the file's checksum inside the file itself, computed with zeros in
 * its place. */
#include "models/files/checksum.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

enum { N_DIGITS = GM_CHECKSUM_TEXT - 1 };

static const char no_digits[] = "00000000000000000000000000000000";

/* ---- of bytes ------------------------------------------------------------------ */

struct gm_checksum {
  XXH3_state_t *state;
};

gm_checksum *gm_checksum_create(void) {
  gm_checksum *checksum = malloc(sizeof *checksum);
  if (checksum == NULL) return NULL;
  checksum->state = XXH3_createState();
  if (checksum->state != NULL && XXH3_128bits_reset(checksum->state) == XXH_OK) return checksum;
  gm_checksum_free(checksum);
  return NULL;
}

void gm_checksum_add(gm_checksum *checksum, const void *data, size_t size) {
  if (size > 0) XXH3_128bits_update(checksum->state, data, size);
}

const char *gm_checksum_digits(const gm_checksum *checksum, char text[GM_CHECKSUM_TEXT]) {
  XXH128_canonical_t bytes; /* the specification's order, the same on every machine */
  XXH128_canonicalFromHash(&bytes, XXH3_128bits_digest(checksum->state));
  for (size_t i = 0; i < sizeof bytes.digest; i++) snprintf(text + 2 * i, 3, "%02x", bytes.digest[i]);
  return text;
}

void gm_checksum_free(gm_checksum *checksum) {
  if (checksum == NULL) return;
  XXH3_freeState(checksum->state);
  free(checksum);
}

/* ---- of files -------------------------------------------------------------------- */

static const char member[] = "checksum";

void gm_seal_add(struct json_object *object) {
  gm_json_add_text(object, member, no_digits);
}

/* The digits of the member in a JSON text, or NULL. A quoted text that looks like it has its
 * quotation marks escaped, so that only the member itself matches. */
static char *find_digits(char *text) {
  static const char key[] = "\"checksum\"", digits[] = "0123456789abcdef";
  for (char *p = strstr(text, key); p != NULL; p = strstr(p, key)) {
    p += strlen(key);
    char *value = p + strspn(p, " ");
    if (*value != ':') continue;
    value += 1 + strspn(value + 1, " ");
    if (*value == '"' && strspn(value + 1, digits) == N_DIGITS && value[1 + N_DIGITS] == '"')
      return value + 1;
  }
  return NULL;
}

static gm_status digits_of(const char *text, size_t length, const void *data, size_t data_size,
                           char digits[GM_CHECKSUM_TEXT], gm_error *err) {
  gm_checksum *checksum = gm_checksum_create();
  if (checksum == NULL) return gm_fail_memory(err, "a checksum");
  gm_checksum_add(checksum, text, length);
  gm_checksum_add(checksum, data, data_size);
  gm_checksum_digits(checksum, digits);
  gm_checksum_free(checksum);
  return GM_OK;
}

void gm_seal_set(char *text, const gm_checksum *content) {
  char digits[GM_CHECKSUM_TEXT], *place = find_digits(text);
  if (place != NULL) memcpy(place, gm_checksum_digits(content, digits), N_DIGITS);
}

gm_status gm_seal_check(const char *path, char *text, size_t length, const void *data, size_t data_size,
                        bool *sealed, gm_error *err) {
  char stored[GM_CHECKSUM_TEXT] = "", digits[GM_CHECKSUM_TEXT], *place = find_digits(text);
  *sealed = place != NULL;
  if (!*sealed) return GM_OK;
  memcpy(stored, place, N_DIGITS);
  memcpy(place, no_digits, N_DIGITS);
  gm_status status = digits_of(text, length, data, data_size, digits, err);
  memcpy(place, stored, N_DIGITS);
  if (status == GM_OK && strcmp(stored, digits) != 0)
    status = gm_fail(err, GM_BAD_INPUT,
                     "%s: damaged, or changed since it was written: its checksum is %s, its content gives %s",
                     path, stored, digits);
  return status;
}
