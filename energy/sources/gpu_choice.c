/* SPDX-License-Identifier: MIT
 * Lists of graphics cards: the text to entries, and whether an entry means a given card. No driver is asked.
 */
#include "energy/sources/gpu_choice.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char around_names[] = "[](){}'\", \t";

void gm_gpu_choice_parse(gm_gpu_choice *c, const char *list) {
  *c = (gm_gpu_choice){.all = list == NULL};
  for (const char *p = list; p != NULL && *p != '\0';) {
    p += strspn(p, around_names);
    const size_t length = strcspn(p, around_names);
    if (length == 0 || c->n == GM_MOST_GPU_NAMES) return;
    char *name = c->name[c->n];
    const size_t kept = length < GM_GPU_NAME ? length : GM_GPU_NAME - 1;
    memcpy(name, p, kept);
    name[kept] = '\0';
    p += length;
    if (strcmp(name, "-1") == 0) { /* as CUDA: none from here on */
      name[0] = '\0';
      return;
    }
    if (strcasecmp(name, "none") == 0) continue;
    if (strcasecmp(name, "all") == 0)
      c->all = true;
    else
      c->n++;
  }
}

int gm_gpu_choice_index(const gm_gpu_choice *c, size_t i) {
  char *end;
  if (!isdigit((unsigned char)c->name[i][0])) return -1;
  const long index = strtol(c->name[i], &end, 10);
  /* "0.1" of ZE_AFFINITY_MASK is a part of card 0, and energy is the card's */
  return (*end == '\0' || (*end == '.' && isdigit((unsigned char)end[1]))) && index < 100000 ? (int)index
                                                                                             : -1;
}

bool gm_gpu_choice_wants(gm_gpu_choice *c, int index, const char *uuid, const char *address) {
  bool wanted = c->all;
  for (size_t i = 0; i < c->n; i++) {
    const bool by_uuid = strncasecmp(c->name[i], "GPU-", 4) == 0 && uuid[0] != '\0' &&
                         strncasecmp(uuid, c->name[i], strlen(c->name[i])) == 0;
    const bool by_address = address[0] != '\0' && strcasecmp(address, c->name[i]) == 0;
    if (!by_uuid && !by_address && gm_gpu_choice_index(c, i) != index) continue;
    c->found[i] = true;
    wanted = true;
  }
  return wanted;
}

const char *gm_gpu_choice_unknown(const gm_gpu_choice *c) {
  for (size_t i = 0; i < c->n; i++)
    if (!c->found[i]) return c->name[i];
  return NULL;
}
