/* SPDX-License-Identifier: MIT
 * Text files in UTF-8, whatever they came in: names of columns go into files that must be (JSON), and must be
 * found again by what a person types. Private to datasets/text. */
#ifndef DATASETS_TEXT_ENCODING_H
#define DATASETS_TEXT_ENCODING_H

#include "common/status.h"

#include <stdbool.h>
#include <stddef.h>

/* Where *text (allocated, terminated, `*length` bytes) is not UTF-8, every byte is taken as the Latin-1 (ISO
 * 8859-1) character of that number, *text is replaced, and *latin1 is true. `name` is the file's, for
 * messages. */
gm_status gm_text_to_utf8(char **text, size_t *length, const char *name, bool *latin1, gm_error *err);

#endif
