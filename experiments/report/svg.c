/* SPDX-License-Identifier: MIT
 * SVG files as gnuplot writes them into a page: without their XML head, with ids of their own. */
#include "experiments/report/svg.h"

#include "common/csv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

gm_status gm_report_inline_svg(FILE *out, const char *path, const char *prefix, const char *label,
                               gm_error *err) {
  static const char *const before_name[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
  char *text;
  size_t length;
  gm_error ignored;
  errno = 0;
  (void)gm_text_read(path, &text, &length, &ignored);
  const char *at = text != NULL ? strstr(text, "<svg") : NULL;
  if (at == NULL) {
    const gm_status status =
        gm_fail(err, GM_BAD_INPUT, "%s: %s; gnuplot draws it from scripts/figures (make does that)", path,
                text == NULL ? strerror(errno) : "no <svg> element in it");
    free(text);
    return status;
  }
  fprintf(out, "<svg role=\"img\" aria-labelledby=\"%s\"", label);
  for (at += strlen("<svg"); *at != '\0';) {
    size_t i = 0;
    const size_t n = sizeof before_name / sizeof *before_name;
    while (i < n && strncmp(at, before_name[i], strlen(before_name[i])) != 0) i++;
    if (i < n) {
      fprintf(out, "%s%s", before_name[i], prefix);
      at += strlen(before_name[i]);
    } else if (strncmp(at, "<title>Gnuplot</title>", strlen("<title>Gnuplot</title>")) == 0) {
      at += strlen("<title>Gnuplot</title>"); /* browsers would show it under the mouse */
    } else {
      fputc(*at++, out);
    }
  }
  free(text);
  return GM_OK;
}
