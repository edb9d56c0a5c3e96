/* SPDX-License-Identifier: MIT
 * Small files of sysfs and proc: a text or a number of one line, read whole, or a stream. */
#ifndef ENERGY_SMALL_FILE_H
#define ENERGY_SMALL_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The first line of directory/name without its end; false where there is none. */
bool gm_small_text(const char *directory, const char *name, char *text, size_t size);

/* directory/name as a stream to be read; NULL with errno. */
FILE *gm_small_stream(const char *directory, const char *name);

/* An unsigned whole number and at most a final newline; anything else is a failed read. */
bool gm_small_parse(const char *text, uint64_t *value);

/* directory/name opened for gm_small_read, or −1 with errno. */
int gm_small_open(const char *directory, const char *name);

/* Reads an open file in place. */
bool gm_small_read(int fd, uint64_t *value);

/* Whether an open file was taken away: reading it said so by `why` (errno, 0 where it was read), or no
 * directory holds it any more. */
bool gm_small_is_gone(int fd, int why);

#endif
