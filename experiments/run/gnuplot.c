/* SPDX-License-Identifier: MIT
 * gnuplot as a child process. */
#include "experiments/run/gnuplot.h"

#include "common/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

gm_status gm_gnuplot_run(FILE *script, const char *arg1, const char *arg2, const char *what, gm_error *err) {
  char name[32];
  int status = -1;
  snprintf(name, sizeof name, "/dev/fd/%d", fileno(script));
  if (fflush(script) != 0 || ferror(script))
    return gm_fail(err, GM_IO_ERROR, "a temporary file: cannot write");
  const pid_t pid = fork();
  if (pid == 0) {
    setenv("LC_ALL", "C.UTF-8", 1);
    execlp("gnuplot", "gnuplot", "-d", "-c", name, arg1, arg2, (char *)NULL);
    _exit(errno == ENOENT ? 127 : 126);
  }
  while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (pid < 0) return gm_fail(err, GM_IO_ERROR, "cannot start gnuplot: %s", strerror(errno));
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    return gm_fail(err, GM_FAILED, "gnuplot is not installed; scripts/install-deps names the package");
  if (status != 0) return gm_fail(err, GM_FAILED, "gnuplot could not draw %s", what);
  return GM_OK;
}

void gm_gnuplot_string(FILE *script, const char *text, size_t longest) {
  size_t left = strlen(text), shown = 0;
  const bool cut = gm_utf8_characters(text) > longest;
  fputc('\'', script);
  while (left > 0 && shown < longest - cut) {
    const size_t n = gm_utf8_length(text, left);
    const unsigned char first = (unsigned char)text[0];
    if (n == 0 || (n == 1 && (first < 0x20 || first == 0x7f || first == '`')))
      fputc('?', script);
    else if (first == '\'')
      fputs("''", script);
    else
      fwrite(text, 1, n, script);
    text += n > 0 ? n : 1;
    left -= n > 0 ? n : 1;
    shown++;
  }
  fputs(cut ? "…'" : "'", script);
}
