/* SPDX-License-Identifier: MIT
 * Passwords and tokens in command lines and messages, found by their forms, so that they stay out of what
 * is written and shown:
 *   URLs         scheme://user:SECRET@host, scheme://SECRET@host, …?sig=SECRET
 *   settings     password=SECRET, --api-key SECRET, "token": "SECRET" and their like, by the name's last word
 *   headers      Authorization: Bearer SECRET
 *   known forms  ghp_…, github_pat_…, glpat-…, hf_…, sk-…, xox?-…, AKIA…
 *   arguments    -u NAME:SECRET, --user NAME:SECRET
 * What has none of these forms is not found: a password that is an argument of its own, mysql's -pSECRET. */
#ifndef COMMON_SECRETS_H
#define COMMON_SECRETS_H

#include <stddef.h>

/* `text` in fresh memory, each secret in it replaced by "***"; *found (may be NULL) grows by their number.
 * NULL for NULL or without memory. */
char *gm_secrets_mask(const char *text, size_t *found);

/* The same of a command line: argc texts, in one allocation the caller frees; here "--password" also
 * covers the argument behind it. NULL without memory. */
char **gm_secrets_mask_arguments(int argc, const char *const *argv, size_t *found);

/* Overwrites what URLs in `text` carry as credentials with asterisks, of the same length. */
void gm_secrets_overwrite_urls(char *text);

/* A copy of a command line in one allocation the caller frees, or NULL. In `argv` itself, which other users
 * of the machine see in `ps`, secrets are overwritten with asterisks. */
char **gm_secrets_take(int argc, char **argv);

#endif
