/* SPDX-License-Identifier: MIT
 * What a parsed safetensors header no longer shows: members that its text has twice, of which json-c
 * keeps the last, and names with a NUL, which json-c cuts there. Private to safetensors. */
#ifndef MODELS_HEADER_TEXT_H
#define MODELS_HEADER_TEXT_H

/* `text` is one valid JSON object. NULL when it may pass, otherwise what is wrong. */
const char *gm_header_text_check(const char *text);

#endif
