/* SPDX-License-Identifier: MIT
 * A journal in a file: lines appended under a lock, read from where the last reading
 * ended. Readers take no lock. */
#include "common/atomic_file.h"
#include "tuning/journal/journal_backend.h"
#include "tuning/journal/journal_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the reading buffer. */
static const size_t kept_bytes = (size_t)1 << 20;

typedef struct {
  char *path;
  int file;
  bool read_only;
  off_t offset;      /* end of the last record read */
  off_t unread_size; /* of a whole but damaged last line behind it */
  char *text;        /* (text_capacity) what was read last */
  size_t text_capacity;
  gm_journal_lock lock;
} file_state;

static gm_status io_error(const file_state *s, const char *what, gm_error *err) {
  return gm_fail(err, GM_IO_ERROR, "%s: cannot %s it: %s", s->path, what, strerror(errno));
}

static void close_file(void *state) {
  file_state *s = state;
  if (s == NULL) return;
  if (s->file >= 0) close(s->file);
  free(s->lock.lock_path);
  free(s->path);
  free(s->text);
  free(s);
}

static gm_status open_path(file_state *s, gm_error *err) {
  struct stat info;
  const int flags = s->read_only ? O_RDONLY : O_RDWR | O_CREAT | O_APPEND;
  s->file =
      open(s->path, flags | O_CLOEXEC | O_NONBLOCK, GM_FILE_MODE); /* a pipe would wait for its other end */
  if (s->file < 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: cannot open it%s: %s", s->path, s->read_only ? "" : " for writing",
                   strerror(errno));
  if (fstat(s->file, &info) == 0 && S_ISREG(info.st_mode)) return GM_OK;
  return gm_fail(err, GM_BAD_INPUT, "%s: a journal must be a regular file", s->path);
}

static gm_status open_file(const char *location, const gm_journal_config *config, void **state,
                           gm_error *err) {
  file_state *s = calloc(1, sizeof *s);
  if (s == NULL) return gm_fail_memory(err, "a journal");
  s->file = -1;
  s->read_only = config->read_only;
  s->path = strdup(location);
  gm_status status = s->path == NULL ? gm_fail_memory(err, "a journal") : open_path(s, err);
  if (status != GM_OK) {
    close_file(s);
    return status;
  }
  s->lock = (gm_journal_lock){.path = s->path, .file = s->file, .grace_s = config->lock_grace_s};
  *state = s;
  return GM_OK;
}

/* ---- reading ------------------------------------------------------------------- */

/* All bytes from s->offset to the end the file has now. */
static gm_status load(file_state *s, size_t *length, gm_error *err) {
  struct stat info;
  *length = 0;
  if (fstat(s->file, &info) != 0) return io_error(s, "read", err);
  if (info.st_size < s->offset)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: it has become shorter than what was read; expected it to grow only", s->path);
  const size_t wanted = (size_t)(info.st_size - s->offset);
  if (wanted > s->text_capacity) {
    char *larger = realloc(s->text, wanted);
    if (larger == NULL) return gm_fail_memory(err, s->path);
    s->text = larger;
    s->text_capacity = wanted;
  }
  while (*length < wanted) {
    const ssize_t n = pread(s->file, s->text + *length, wanted - *length, s->offset + (off_t)*length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return io_error(s, "read", err);
    if (n == 0) break;
    *length += (size_t)n;
  }
  return GM_OK;
}

/* Gives back the room that a long reading has taken: later ones are short. */
static void shrink(file_state *s) {
  if (s->text_capacity <= kept_bytes) return;
  free(s->text);
  s->text = NULL;
  s->text_capacity = 0;
}

/* Lines that end in \n; what follows the last of them is not finished yet. */
static gm_status read_lines(void *state, gm_journal_sink sink, void *context, gm_error *err) {
  file_state *s = state;
  size_t length;
  gm_status status = load(s, &length, err);
  const char *line = s->text, *end = length > 0 ? s->text + length : s->text;
  s->unread_size = 0;
  while (status == GM_OK && line < end) {
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    if (newline == NULL) break;
    const size_t n = (size_t)(newline - line);
    const bool last = newline + 1 == end;
    status = sink(context, line, n, last, err);
    if (status == GM_FAILED && last) {
      s->unread_size = (off_t)n + 1;
      status = GM_OK;
      break;
    }
    if (status == GM_OK) s->offset += (off_t)n + 1;
    line = newline + 1;
  }
  shrink(s);
  return status;
}

/* ---- writing --------------------------------------------------------------------- */

static gm_status lock_file(void *state, gm_error *err) {
  file_state *s = state;
  if (s->read_only) return gm_fail(err, GM_BAD_INPUT, "%s: opened for reading only", s->path);
  return gm_journal_lock_acquire(&s->lock, err);
}

static void unlock_file(void *state) {
  file_state *s = state;
  gm_journal_lock_release(&s->lock);
}

/* Whether the unfinished last line is what a writer that died leaves: the beginning of a record, or
 * zeros where a file system lost the data. Anything else is not ours to cut off. */
static bool is_torn_record(const char *text, size_t n) {
  static const char beginning[] = "{\"op_code\"";
  const size_t known = sizeof beginning - 1;
  size_t zeros = 0;
  while (zeros < n && text[zeros] == '\0') zeros++;
  return zeros == n || memcmp(text, beginning, n < known ? n : known) == 0;
}

/* Cuts off a torn last line; we have the lock, so whoever wrote it is dead. */
static gm_status cut_tail(file_state *s, gm_error *err) {
  size_t n;
  const gm_status status = load(s, &n, err);
  if (status != GM_OK || n == 0) return status;
  if (s->unread_size > 0)
    return gm_fail(err, GM_BAD_INPUT,
                   "%s: its last line is damaged, and no reader would get past it once records follow; "
                   "expected a JSON object: remove the line",
                   s->path);
  if (!is_torn_record(s->text, n))
    return gm_fail(err, GM_BAD_INPUT, "%s: its last line is not finished and is no journal record", s->path);
  return ftruncate(s->file, s->offset) == 0 ? GM_OK : io_error(s, "repair", err);
}

/* One write(), then on disk; a batch that did not fit is taken back. */
static gm_status append(void *state, const gm_records *records, bool alone, bool *done, gm_error *err) {
  file_state *s = state;
  (void)alone; /* the lock sees to it */
  *done = false;
  const gm_status status = cut_tail(s, err);
  if (status != GM_OK) return status;
  size_t written = 0;
  while (written < records->length) {
    const ssize_t n = write(s->file, records->text + written, records->length - written);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) break;
    written += (size_t)n;
  }
  *done = written == records->length && fsync(s->file) == 0;
  if (*done) return GM_OK;
  const int reason = errno;
  const bool undone = ftruncate(s->file, s->offset) == 0;
  errno = reason;
  return gm_fail(err, GM_IO_ERROR, "%s: cannot write to it: %s; %s", s->path, strerror(reason),
                 undone ? "nothing was added" : "its last line may be torn");
}

static void statistics(const void *state, gm_journal_statistics *measured) {
  const file_state *s = state;
  measured->waited_s = s->lock.waited_s;
  measured->held_s = s->lock.held_s;
}

const gm_journal_backend gm_journal_file = {
    .name = "file",
    .exclusive = 1,
    .open = open_file,
    .lock = lock_file,
    .unlock = unlock_file,
    .read = read_lines,
    .append = append,
    .statistics = statistics,
    .close = close_file,
};
