/* SPDX-License-Identifier: MIT
 * Checksums of files and data: XXH3 with 128 bits, as libxxhash computes it (Collet, "xxHash fast digest
 * algorithm", specification 0.2), written as 32 hexadecimal digits. They find what was damaged or
 * exchanged by accident; they are no protection from somebody who forges a file.
 *
 * A file is sealed by a member "checksum" in its JSON text: the digits are the checksum of everything in
 * the file with those 32 digits as zeros. */
#ifndef MODELS_CHECKSUM_H
#define MODELS_CHECKSUM_H

#include "common/json.h"
#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Size of a buffer for the digits. */
#define GM_CHECKSUM_TEXT 33

/* ---- of bytes ------------------------------------------------------------------ */

typedef struct gm_checksum gm_checksum;

/* NULL without memory. */
gm_checksum *gm_checksum_create(void);
void gm_checksum_add(gm_checksum *checksum, const void *data, size_t size);
/* The checksum of what was added so far. Returns `text`. */
const char *gm_checksum_digits(const gm_checksum *checksum, char text[GM_CHECKSUM_TEXT]);
/* Accepts NULL. */
void gm_checksum_free(gm_checksum *checksum);

/* ---- of files -------------------------------------------------------------------- */

/* The sentence on a file of ours without a seal; its %s is the path. */
#define GM_SEAL_MISSING                                                                                      \
  "%s: no checksum in it: damaged, or of an older version of greenmile; make the model again"

/* Adds the member, zeros for now. */
void gm_seal_add(struct json_object *object);

/* Writes the checksum of the whole content, the member still zeros in it, into `text`, where the JSON
 * text of that object is. */
void gm_seal_set(char *text, const gm_checksum *content);

/* Checks a file of `text` (length bytes, then a NUL) and `data` behind it. *sealed is false, and nothing
 * checked, where there is no such member. GM_BAD_INPUT when the content is another. `text` stays. */
gm_status gm_seal_check(const char *path, char *text, size_t length, const void *data, size_t data_size,
                        bool *sealed, gm_error *err);

#endif
