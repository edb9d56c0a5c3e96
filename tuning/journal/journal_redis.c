/* SPDX-License-Identifier: MIT
 * A journal in Redis, keys as optuna's JournalRedisBackend (4.0 to 5.0, standalone server):
 * P:log_number is the number of the last record, P:log:I the text of record I. The pickled
 * P:snapshot is neither read nor written: Python rebuilds it. Needs hiredis; without it
 * the back end only says so.
 *
 * Deviation: a batch is appended by one script, not one per record, so that it is all or nothing. */
#include "tuning/journal/journal_backend.h"
#include "tuning/journal/redis_tls.h"
#include "tuning/journal/redis_url.h"

#ifdef GM_HAVE_HIREDIS

#include "common/clock.h"

#include <hiredis/hiredis.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ARGV: prefix, number of the first record that this worker has not read, the text of the one before it
 * (empty: none), whether to append only if there is none it has not read, whether this is a second attempt,
 * then the records. Returns 1: appended; 0: not, there are newer ones; -1: not, this is another journal than
 * the one that was read, emptied or restored from an old copy. */
static const char append_script[] =
    "local number = string.format('%s:log_number', ARGV[1]) "
    "local function key(i) return string.format('%s:log:%d', ARGV[1], i) end "
    "local unread, last = tonumber(ARGV[2]), tonumber(redis.call('get', number) or '-1') "
    "if last < unread - 1 or (unread > 0 and redis.call('get', key(unread - 1)) ~= ARGV[3]) then return -1 "
    "end "
    "if ARGV[5] == '1' then for i = unread, last do if redis.call('get', key(i)) == ARGV[6] then return 1 "
    "end end end "
    "if ARGV[4] == '1' and last >= unread then return 0 end "
    "for r = 6, #ARGV do last = last + 1 redis.call('set', key(last), ARGV[r]) end "
    "redis.call('set', number, string.format('%d', last)) "
    "return 1";
enum { SCRIPT_WORDS = 8 }; /* EVAL, the script, 0 keys and what comes before the records */

/* Records fetched by one command. */
enum { CHUNK = 256 };
/* Waiting for a record whose number is there before its text, and for a server that has gone: 0.1 s,
 * doubling to 10 s, as Optuna. */
static const double longest_wait_s = 10.0;

typedef struct {
  gm_redis_url url;
  double timeout_s;
  redisContext *redis; /* NULL: not connected */
  bool gone;           /* the last command failed because the server went, or is not ready yet */
  double patience_s;   /* how long to wait for it to come back */
  long long next;      /* number of the first record not read */
  char *last_text;     /* (last_length) of the record before it; NULL: none */
  size_t last_length;
  bool read_only;
  double waited_s; /* for answers to appends */
} redis_state;

static const char *scheme(const redis_state *s) {
  return s->url.tls ? "rediss" : "redis";
}

static gm_status broken(redis_state *s, const char *what, gm_error *err) {
  char reason[128];
  snprintf(reason, sizeof reason, "%s",
           s->redis == NULL              ? "out of memory"
           : s->redis->errstr[0] != '\0' ? s->redis->errstr
                                         : "no answer");
  if (s->redis != NULL) redisFree(s->redis);
  s->redis = NULL;
  s->gone = true;
  return gm_fail(err, GM_IO_ERROR, "%s://%s:%d: cannot %s: %s", scheme(s), s->url.host, s->url.port, what,
                 reason);
}

/* hiredis writes to a socket whose other end may have gone, which would end the process by SIGPIPE. */
static redisReply *send_quietly(redis_state *s, int n, const char **words, const size_t *lengths) {
  const struct timespec now = {0, 0};
  sigset_t pipe_signal, before, pending;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  redisReply *reply = redisCommandArgv(s->redis, n, words, lengths);
  if (!sigismember(&pending, SIGPIPE)) sigtimedwait(&pipe_signal, NULL, &now);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return reply;
}

/* Runs a command; on an error there is no reply. */
static gm_status command(redis_state *s, const char *what, int n, const char **words, const size_t *lengths,
                         redisReply **reply, gm_error *err) {
  *reply = send_quietly(s, n, words, lengths);
  if (*reply == NULL) return broken(s, what, err);
  if ((*reply)->type != REDIS_REPLY_ERROR) return GM_OK;
  s->gone = strncmp((*reply)->str, "LOADING", 7) == 0; /* its data, after a restart */
  const gm_status status = gm_fail(err, GM_IO_ERROR, "%s://%s:%d: cannot %s: %s", scheme(s), s->url.host,
                                   s->url.port, what, (*reply)->str);
  freeReplyObject(*reply);
  *reply = NULL;
  return status;
}

/* The same where the answer does not matter. */
static gm_status run(redis_state *s, const char *what, int n, const char **words, gm_error *err) {
  redisReply *reply;
  const gm_status status = command(s, what, n, words, NULL, &reply, err);
  if (status == GM_OK) freeReplyObject(reply);
  return status;
}

/* ---- patience -------------------------------------------------------------------- */

typedef struct {
  double wait_s, waited_s;
} patience;

static const patience fresh = {.wait_s = 0.1};

/* Sleeps, longer every time; false when `limit_s` is over, or a signal that the program handles has come. */
static bool wait_more(patience *p, double limit_s) {
  const struct timespec time = gm_s_to_timespec(p->wait_s);
  if (p->waited_s >= limit_s || nanosleep(&time, NULL) != 0) return false;
  p->waited_s += p->wait_s;
  p->wait_s = fmin(2.0 * p->wait_s, longest_wait_s);
  return true;
}

/* Whether a command that ended with `status` should be tried again: the server has gone, which is no reason
 * to lose what was trained. */
static bool once_more(redis_state *s, gm_status status, patience *p) {
  const bool gone = status == GM_IO_ERROR && s->gone;
  s->gone = false;
  return gone && wait_more(p, s->patience_s);
}

/* ---- connection ------------------------------------------------------------------ */

static gm_status log_in(redis_state *s, gm_error *err) {
  char database[16];
  const char *with_user[] = {"AUTH", s->url.user, s->url.password}, *without[] = {"AUTH", s->url.password};
  const char *select[] = {"SELECT", database};
  snprintf(database, sizeof database, "%d", s->url.database);
  gm_status status = GM_OK;
  if (s->url.password[0] != '\0')
    status = s->url.user[0] != '\0' ? run(s, "log in", 3, with_user, err) : run(s, "log in", 2, without, err);
  if (status == GM_OK && s->url.database != 0) status = run(s, "select the database", 2, select, err);
  return status;
}

/* Connects unless it is connected. */
static gm_status connect(redis_state *s, gm_error *err) {
  if (s->redis != NULL && s->redis->err == 0) return GM_OK;
  if (s->redis != NULL) redisFree(s->redis);
  const struct timeval limit = {(time_t)s->timeout_s,
                                (suseconds_t)((s->timeout_s - (double)(time_t)s->timeout_s) * 1e6)};
  s->redis = redisConnectWithTimeout(s->url.host, s->url.port, limit);
  if (s->redis == NULL || s->redis->err != 0) return broken(s, "connect", err);
  redisSetTimeout(s->redis, limit);
  if (s->url.tls) {
    const gm_status status = gm_redis_tls_start(s->redis, s->url.host, err);
    if (status != GM_OK) {
      redisFree(s->redis);
      s->redis = NULL;
      return status;
    }
  }
  return log_in(s, err);
}

static void close_redis(void *state) {
  redis_state *s = state;
  if (s == NULL) return;
  if (s->redis != NULL) redisFree(s->redis);
  free(s->last_text);
  free(s);
}

static gm_status take_password(redis_state *s, const char *password, gm_error *err) {
  if (strlen(password) >= sizeof s->url.password)
    return gm_fail(err, GM_BAD_INPUT, "redis://%s: a password of more than %zu characters", s->url.host,
                   sizeof s->url.password - 1);
  strcpy(s->url.password, password);
  return GM_OK;
}

static gm_status open_redis(const char *location, const gm_journal_config *config, void **state,
                            gm_error *err) {
  redis_state *s = calloc(1, sizeof *s);
  if (s == NULL) return gm_fail_memory(err, "a journal");
  s->timeout_s = config->redis_timeout_s;
  s->patience_s = config->redis_patience_s;
  s->read_only = config->read_only;
  gm_status status = gm_redis_url_parse(location, &s->url, err);
  if (status == GM_OK && s->url.tls) status = gm_redis_tls_check(s->url.host, err);
  if (status == GM_OK && s->url.password[0] == '\0' && config->redis_password != NULL)
    status = take_password(s, config->redis_password, err);
  if (status == GM_OK) status = connect(s, err);
  if (status != GM_OK) {
    close_redis(s);
    return status;
  }
  *state = s;
  return GM_OK;
}

/* ---- reading --------------------------------------------------------------------- */

/* Number of the last record, -1 without any. */
static gm_status last_number(redis_state *s, long long *last, gm_error *err) {
  char key[GM_REDIS_PART + 16];
  const char *words[] = {"GET", key};
  redisReply *reply;
  snprintf(key, sizeof key, "%s:log_number", s->url.prefix);
  const gm_status status = command(s, "read the journal", 2, words, NULL, &reply, err);
  if (status != GM_OK) return status;
  *last = reply->type == REDIS_REPLY_STRING ? strtoll(reply->str, NULL, 10) : -1;
  freeReplyObject(reply);
  return GM_OK;
}

/* The texts of records first … first + n - 1. */
static gm_status fetch(redis_state *s, long long first, int n, redisReply **reply, gm_error *err) {
  char keys[CHUNK][GM_REDIS_PART + 32];
  const char *words[CHUNK + 1] = {"MGET"};
  for (int i = 0; i < n; i++) {
    snprintf(keys[i], sizeof keys[i], "%s:log:%lld", s->url.prefix, first + i);
    words[i + 1] = keys[i];
  }
  gm_status status = command(s, "read the journal", n + 1, words, NULL, reply, err);
  if (status == GM_OK && ((*reply)->type != REDIS_REPLY_ARRAY || (*reply)->elements != (size_t)n)) {
    freeReplyObject(*reply);
    status = gm_fail(err, GM_IO_ERROR, "%s://%s:%d: an unexpected answer to MGET", scheme(s), s->url.host,
                     s->url.port);
  }
  return status;
}

/* The appending script compares it with what is there. */
static gm_status remember(redis_state *s, const redisReply *text, gm_error *err) {
  char *copy = malloc(text->len + 1);
  if (copy == NULL) return gm_fail_memory(err, "a journal record");
  memcpy(copy, text->str, text->len + 1);
  free(s->last_text);
  s->last_text = copy;
  s->last_length = text->len;
  s->next++;
  return GM_OK;
}

/* Hands over the records of one answer up to the first whose text is not there yet. */
static gm_status hand_over(redis_state *s, const redisReply *reply, long long last, gm_journal_sink sink,
                           void *context, gm_error *err) {
  for (size_t i = 0; i < reply->elements; i++) {
    const redisReply *text = reply->element[i];
    if (text->type != REDIS_REPLY_STRING) return GM_OK;
    gm_status status = sink(context, text->str, text->len, s->next == last, err);
    if (status == GM_OK) status = remember(s, text, err);
    if (status != GM_OK) return status;
  }
  return GM_OK;
}

static gm_status emptied(const redis_state *s, gm_error *err) {
  return gm_fail(err, GM_BAD_INPUT,
                 "%s://%s:%d: the journal is no longer the one of which %lld records were read: it has been "
                 "emptied or restored from an older copy; nothing was written to it",
                 scheme(s), s->url.host, s->url.port, s->next);
}

/* Whether what comes now follows what was read. */
static gm_status check_last(redis_state *s, long long last, gm_error *err) {
  redisReply *reply;
  if (last < s->next - 1) return emptied(s, err);
  if (last < s->next || s->next == 0) return GM_OK;
  const gm_status status = fetch(s, s->next - 1, 1, &reply, err);
  if (status != GM_OK) return status;
  const redisReply *text = reply->element[0];
  const bool same = text->type == REDIS_REPLY_STRING && text->len == s->last_length &&
                    memcmp(text->str, s->last_text, text->len) == 0;
  freeReplyObject(reply);
  return same ? GM_OK : emptied(s, err);
}

static gm_status read_new(redis_state *s, gm_journal_sink sink, void *context, gm_error *err) {
  long long last = -1;
  patience p = fresh;
  gm_status status = connect(s, err);
  if (status == GM_OK) status = last_number(s, &last, err);
  if (status == GM_OK) status = check_last(s, last, err);
  while (status == GM_OK && s->next <= last) {
    const long long before = s->next;
    const int n = last - before < CHUNK ? (int)(last - before + 1) : CHUNK;
    redisReply *reply;
    status = fetch(s, before, n, &reply, err);
    if (status != GM_OK) break;
    status = hand_over(s, reply, last, sink, context, err);
    freeReplyObject(reply);
    if (status == GM_FAILED && s->next == last) return GM_OK; /* a damaged last record, left for later */
    if (status != GM_OK || s->next > before) continue;
    if (!wait_more(&p, s->timeout_s))
      return gm_fail(err, GM_IO_ERROR, "%s://%s:%d: record %lld has a number but no text", scheme(s),
                     s->url.host, s->url.port, s->next);
  }
  return status;
}

static gm_status read_records(void *state, gm_journal_sink sink, void *context, gm_error *err) {
  redis_state *s = state;
  patience p = fresh;
  gm_status status;
  do status = read_new(s, sink, context, err);
  while (once_more(s, status, &p));
  return status;
}

/* ---- writing ----------------------------------------------------------------------- */

/* There is no lock: the script is what keeps records whole. */
static gm_status lock(void *state, gm_error *err) {
  const redis_state *s = state;
  return s->read_only ? gm_fail(err, GM_BAD_INPUT, "%s://%s:%d: opened for reading only", scheme(s),
                                s->url.host, s->url.port)
                      : GM_OK;
}

static void unlock(void *state) {
  (void)state;
}

/* The words of the command; words and lengths have room for SCRIPT_WORDS and one per record. */
static int append_words(const redis_state *s, const gm_records *records, const char *next, bool alone,
                        bool again, const char **words, size_t *lengths) {
  const char *head[SCRIPT_WORDS] = {
      "EVAL", append_script, "0", s->url.prefix, next, s->last_text, alone ? "1" : "0", again ? "1" : "0"};
  size_t n = 0;
  for (; n < SCRIPT_WORDS; n++) {
    words[n] = head[n] != NULL ? head[n] : "";
    lengths[n] = strlen(words[n]);
  }
  if (s->last_text != NULL) lengths[5] = s->last_length;
  for (const char *line = records->text, *end = line + records->length; line < end;) {
    const char *newline = memchr(line, '\n', (size_t)(end - line));
    words[n] = line;
    lengths[n++] = (size_t)(newline - line);
    line = newline + 1;
  }
  return (int)n;
}

/* Tries until there is an answer. Whether the first attempt has arrived although its answer has not, the
 * script finds out. */
static gm_status append_patiently(redis_state *s, const gm_records *records, bool alone, long long *answer,
                                  const char **words, size_t *lengths, gm_error *err) {
  patience p = fresh;
  char next[24];
  gm_status status;
  bool again = false;
  snprintf(next, sizeof next, "%lld", s->next);
  do {
    redisReply *reply = NULL;
    const int n = append_words(s, records, next, alone, again, words, lengths);
    status = connect(s, err);
    if (status == GM_OK) status = command(s, "write to the journal", n, words, lengths, &reply, err);
    if (status == GM_OK) *answer = reply->type == REDIS_REPLY_INTEGER ? reply->integer : -1;
    if (reply != NULL) freeReplyObject(reply);
    again = true;
  } while (once_more(s, status, &p));
  return status;
}

static gm_status append(void *state, const gm_records *records, bool alone, bool *done, gm_error *err) {
  redis_state *s = state;
  const double asked_s = gm_monotonic_s();
  const size_t n_words = records->n_records + SCRIPT_WORDS;
  const char **words = malloc(n_words * sizeof *words);
  size_t *lengths = malloc(n_words * sizeof *lengths);
  long long answer = -1;
  gm_status status = words == NULL || lengths == NULL ? gm_fail_memory(err, "a journal record") : GM_OK;
  if (status == GM_OK) status = append_patiently(s, records, alone, &answer, words, lengths, err);
  if (status == GM_OK && answer < 0) status = emptied(s, err);
  *done = status == GM_OK && answer == 1;
  free(words);
  free(lengths);
  s->waited_s += gm_monotonic_s() - asked_s;
  return status;
}

static void statistics(const void *state, gm_journal_statistics *measured) {
  const redis_state *s = state;
  measured->waited_s = s->waited_s;
}

#else

static gm_status open_redis(const char *location, const gm_journal_config *config, void **state,
                            gm_error *err) {
  gm_redis_url url;
  (void)config, (void)state;
  const gm_status status = gm_redis_url_parse(location, &url, err);
  if (status != GM_OK) return status;
  return gm_fail(err, GM_BAD_INPUT,
                 "%s: this build has no Redis; expected the library hiredis (libhiredis-dev) "
                 "when it was built",
                 location);
}

static void close_redis(void *state) {
  (void)state; /* there is never one */
}

#endif

const gm_journal_backend gm_journal_redis = {
    .name = "redis",
    .exclusive = 0,
    .open = open_redis,
    .close = close_redis,
#ifdef GM_HAVE_HIREDIS
    .lock = lock,
    .unlock = unlock,
    .read = read_records,
    .append = append,
    .statistics = statistics,
#endif
};
