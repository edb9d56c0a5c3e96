/* SPDX-License-Identifier: MIT
 * Journals in Redis, against a redis-server of their own on loopback; skipped where there
 * is none or the build has no hiredis. URLs are tested everywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/journal_fixture.h"
#include "tuning/journal/journal_backend.h"
#include "tuning/journal/redis_url.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

/* ---- URLs --------------------------------------------------------------------------------- */

static void urls_are_read_as_redis_py_reads_them(void **state) {
  (void)state;
  static const struct {
    const char *text;
    gm_redis_url expected;
  } cases[] = {
      {"redis://localhost", {.host = "localhost", .port = 6379}},
      {"redis://localhost/", {.host = "localhost", .port = 6379}},
      {"redis://10.0.0.1:7000/3", {.host = "10.0.0.1", .port = 7000, .database = 3}},
      {"redis://:p%40ss@h:1", {.password = "p@ss", .host = "h", .port = 1}},
      {"redis://me:secret@h/0?prefix=team",
       {.user = "me", .password = "secret", .host = "h", .port = 6379, .prefix = "team"}},
      {"redis://[::1]:6380", {.host = "::1", .port = 6380}},
      {"rediss://:pw@h:1/2?prefix=p",
       {.password = "pw", .host = "h", .port = 1, .database = 2, .prefix = "p", .tls = true}},
  };
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_redis_url url;
    gm_error err = {GM_OK, ""};
    must(gm_redis_url_parse(cases[i].text, &url, &err), &err);
    assert_string_equal(url.host, cases[i].expected.host);
    assert_string_equal(url.user, cases[i].expected.user);
    assert_string_equal(url.password, cases[i].expected.password);
    assert_string_equal(url.prefix, cases[i].expected.prefix);
    assert_int_equal(url.port, cases[i].expected.port);
    assert_int_equal(url.database, cases[i].expected.database);
    assert_int_equal(url.tls, cases[i].expected.tls);
  }
}

static void bad_urls_are_refused(void **state) {
  (void)state;
  static const char *const bad[] = {"redis://",        "redis://:0",  "redis://h:port",
                                    "redis://h:70000", "redis://h/x", "redis://h?db=1",
                                    "redi://h",        "redisss://h", "rediss:/"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    gm_redis_url url;
    gm_error err = {GM_OK, ""};
    assert_int_equal(gm_redis_url_parse(bad[i], &url, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "expected redis://"));
  }
}

#ifdef GM_HAVE_HIREDIS

#include <hiredis/hiredis.h>

/* ---- a server ------------------------------------------------------------------------------- */

typedef struct {
  pid_t process;
  int port;
  char directory[64], url[64];
  bool tls;
  const char *password; /* NULL: none */
} server;

/* A port that is free now. */
static int free_port(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  const int s = socket(AF_INET, SOCK_STREAM, 0);
  assert_true(s >= 0 && bind(s, (struct sockaddr *)&address, size) == 0);
  assert_int_equal(getsockname(s, (struct sockaddr *)&address, &size), 0);
  close(s);
  return ntohs(address.sin_port);
}

/* Whether somebody listens; with TLS too, where nothing is said. */
static bool answers(int port) {
  redisContext *redis = redisConnect("127.0.0.1", port);
  const bool ok = redis != NULL && redis->err == 0;
  if (redis != NULL) redisFree(redis);
  return ok;
}

static void stop_server(server *s) {
  if (s->process > 0) {
    kill(s->process, SIGKILL);
    waitpid(s->process, NULL, 0);
  }
  s->process = 0;
}

/* Starts a server on s->port and waits until it answers; 0, or the exit code of one that ended at once. */
static int run_server(server *s) {
  enum { STEP_MS = 20, PATIENCE_MS = 60000, NO_PROGRAM = 127 };
  char port[16];
  int status;
  snprintf(port, sizeof port, "%d", s->port);
  s->process = fork();
  assert_true(s->process >= 0);
  if (s->process == 0) {
    if (freopen("/dev/null", "w", stdout) == NULL || chdir(s->directory) != 0) _exit(NO_PROGRAM);
    const char *argv[24] = {"redis-server",
                            "--save",
                            "",
                            "--bind",
                            "127.0.0.1",
                            "127.0.0.2",
                            s->tls ? "--tls-port" : "--port",
                            port};
    size_t n = 8;
    static const char *const tls[] = {"--port",
                                      "0",
                                      "--tls-cert-file",
                                      "server.crt",
                                      "--tls-key-file",
                                      "server.key",
                                      "--tls-ca-cert-file",
                                      "ca.crt",
                                      "--tls-auth-clients",
                                      "no"};
    for (size_t i = 0; s->tls && i < sizeof tls / sizeof *tls; i++) argv[n++] = tls[i];
    if (s->password != NULL) argv[n++] = "--requirepass", argv[n++] = s->password;
    execvp("redis-server", (char *const *)argv);
    _exit(NO_PROGRAM);
  }
  for (int waited_ms = 0; waited_ms < PATIENCE_MS; waited_ms += STEP_MS) {
    nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000}, NULL);
    if (waitpid(s->process, &status, WNOHANG) == s->process) {
      s->process = 0;
      return WIFEXITED(status) && WEXITSTATUS(status) == NO_PROGRAM ? NO_PROGRAM : 1;
    }
    if (answers(s->port)) return 0;
  }
  fail_msg("redis-server runs but does not answer on port %d", s->port);
  return 1;
}

static void run_server_somewhere(server *s) {
  int ended = 1;
  for (int i = 0; i < 5 && ended == 1; i++) { /* another program may be faster to take the port */
    s->port = free_port();
    ended = run_server(s);
  }
}

static int start(void **state) {
  server *s = calloc(1, sizeof *s);
  assert_non_null(s);
  snprintf(s->directory, sizeof s->directory, "/tmp/greenmile-redis-XXXXXX");
  assert_non_null(mkdtemp(s->directory));
  run_server_somewhere(s);
  snprintf(s->url, sizeof s->url, "redis://127.0.0.1:%d/0?prefix=gm", s->port);
  *state = s;
  return 0;
}

static int shut_down(void **state) {
  server *s = *state;
  stop_server(s);
  char dump[96];
  snprintf(dump, sizeof dump, "%s/dump.rdb", s->directory);
  unlink(dump);
  const int status = rmdir(s->directory);
  free(s);
  return status;
}

static const server *need_server(void **state) {
  const server *s = *state;
  if (s->process == 0) skip();
  return s;
}

/* The text under `key` in fresh memory, NULL without. */
static char *get(const server *s, const char *key) {
  redisContext *redis = redisConnect("127.0.0.1", s->port);
  redisReply *reply = redisCommand(redis, "GET %s", key);
  char *text = reply->type == REDIS_REPLY_STRING ? strdup(reply->str) : NULL;
  freeReplyObject(reply);
  redisFree(redis);
  return text;
}

static void put(const server *s, const char *key, const char *text) {
  redisContext *redis = redisConnect("127.0.0.1", s->port);
  redisReply *reply = redisCommand(redis, "SET %s %s", key, text);
  freeReplyObject(reply);
  redisFree(redis);
}

/* ---- studies ---------------------------------------------------------------------------------- */

static const gm_parameter space[] = {
    {.name = "x", .distribution = {.kind = GM_FLOAT, .low = -5.0, .high = 5.0}}};

static void keys_are_those_of_optuna(void **state) {
  const server *s = need_server(state);
  gm_error err = {GM_OK, ""};
  gm_journal *journal = open_journal(s->url);
  gm_study *study = open_study(journal, "keys");
  gm_trial *trial;
  must(gm_study_ask_with(study, 1, space, &trial, &err), &err);
  must(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, 1.0, &err), &err);
  char *last = get(s, "gm:log_number"), *first = get(s, "gm:log:0"), *end = get(s, "gm:log:3");
  assert_string_equal(last, "3");
  assert_non_null(strstr(first, "\"op_code\":0,"));
  assert_non_null(strstr(end, "\"op_code\":6,"));
  assert_null(strchr(end, '\n'));
  free(last);
  free(first);
  free(end);
  gm_study_free(study);
  gm_journal_close(journal);
}

/* One worker of several; they share numbers and the queue without a lock. */
static void work(const char *url, size_t n_trials) {
  gm_journal *journal = open_journal(url);
  gm_study *study = open_study(journal, "many");
  gm_error err = {GM_OK, ""};
  gm_status status = GM_OK;
  while (status == GM_OK && gm_history_count_finished(gm_study_history(study)) < n_trials) {
    gm_trial *trial;
    status = gm_study_ask_with(study, 1, space, &trial, &err);
    if (status != GM_OK) break;
    const double x = gm_trial_parameter(trial, "x");
    status = gm_study_report(study, trial, 0, x, &err);
    if (status == GM_OK) status = gm_study_tell(study, trial, GM_TRIAL_COMPLETE, x * x, &err);
  }
  gm_study_free(study);
  gm_journal_close(journal);
  _exit(status == GM_OK ? 0 : 1);
}

static void workers_without_a_lock_lose_and_double_nothing(void **state) {
  const server *s = need_server(state);
  enum { N_WORKERS = 4, N_TRIALS = 200 };
  pid_t workers[N_WORKERS];
  for (int i = 0; i < N_WORKERS; i++) {
    workers[i] = fork();
    if (workers[i] == 0) work(s->url, N_TRIALS);
  }
  for (int i = 0; i < N_WORKERS; i++) {
    int status;
    assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
    assert_int_equal(status, 0);
  }
  gm_journal *journal = open_journal(s->url);
  gm_study *study = open_study(journal, "many");
  const gm_history *h = gm_study_history(study);
  assert_true(h->n_trials >= N_TRIALS && h->n_trials < N_TRIALS + N_WORKERS);
  for (size_t i = 0; i < h->n_trials; i++) {
    const double x = gm_trial_parameter(h->trials[i], "x");
    assert_true(h->trials[i]->state == GM_TRIAL_COMPLETE && h->trials[i]->number == (int64_t)i);
    assert_true(h->trials[i]->value == x * x && h->trials[i]->reports[0].value == x);
  }
  gm_study_free(study);
  gm_journal_close(journal);
}

static void one_of_many_sets_an_attribute_first(void **state) {
  const server *s = need_server(state);
  for (int i = 0; i < 5; i++) {
    char name[16];
    snprintf(name, sizeof name, "race %d", i);
    assert_int_equal(race_for_attribute(s->url, name), 1);
  }
}

static void a_queued_trial_goes_to_one_worker(void **state) {
  const server *s = need_server(state);
  gm_error err = {GM_OK, ""};
  gm_journal *a = open_journal(s->url), *b = open_journal(s->url);
  gm_study *mine = open_study(a, "queue"), *theirs = open_study(b, "queue");
  char key[64], record[400], *last = get(s, "gm:log_number");
  const long next = strtol(last, NULL, 10) + 1;
  snprintf(key, sizeof key, "gm:log:%ld", next);
  snprintf(record, sizeof record,
           "{\"op_code\":4,\"worker_id\":\"py\",\"study_id\":%lld,\"datetime_start\":null,\"state\":4,"
           "\"system_attrs\":"
           "{\"fixed_params\":{\"x\":1.5}}}",
           (long long)gm_study_facts(mine)->id);
  put(s, key, record);
  snprintf(record, sizeof record, "%ld", next);
  put(s, "gm:log_number", record);
  gm_trial *first, *second;
  must(gm_study_ask_with(mine, 1, space, &first, &err), &err);
  must(gm_study_ask_with(theirs, 1, space, &second, &err), &err);
  assert_true(first->number == 0 && gm_trial_parameter(first, "x") == 1.5);
  assert_int_equal(second->number, 1);
  free(last);
  gm_study_free(mine);
  gm_study_free(theirs);
  gm_journal_close(a);
  gm_journal_close(b);
}

static void run_command(const server *s, const char *word) {
  redisContext *redis = redisConnect("127.0.0.1", s->port);
  redisReply *reply = redisCommand(redis, word);
  assert_true(reply != NULL && reply->type == REDIS_REPLY_STATUS);
  freeReplyObject(reply);
  redisFree(redis);
}

/* A worker that was training when the server went down tells its outcome when it is back. */
static void a_server_that_restarts_ends_no_worker(void **state) {
  server *s = *state;
  need_server(state);
  gm_error err = {GM_OK, ""};
  gm_journal *journal = open_journal(s->url);
  gm_study *study = open_study(journal, "restart");
  gm_trial *trial;
  must(gm_study_ask_with(study, 1, space, &trial, &err), &err);
  run_command(s, "SAVE");
  stop_server(s);
  const pid_t worker = fork();
  if (worker == 0) {
    bool ok = gm_study_report(study, trial, 0, 2.0, &err) == GM_OK;
    ok = ok && gm_study_tell(study, trial, GM_TRIAL_COMPLETE, 1.0, &err) == GM_OK;
    _exit(ok ? 0 : 1);
  }
  int ended;
  assert_int_equal(run_server(s), 0);
  assert_int_equal(waitpid(worker, &ended, 0), worker);
  assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
  must(gm_study_sync(study, &err), &err); /* this process's connection is as dead */
  assert_int_equal(trial->state, GM_TRIAL_COMPLETE);
  assert_true(trial->value == 1.0 && trial->n_reports == 1);
  gm_study_free(study);
  gm_journal_close(journal);
}

/* Records of a study that is no longer there would be strays in whatever comes after it. */
static void an_emptied_journal_is_not_written_to(void **state) {
  const server *s = need_server(state);
  gm_error err = {GM_OK, ""};
  for (int refilled = 0; refilled < 2; refilled++) {
    gm_journal *journal = open_journal(s->url), *other = NULL;
    gm_study *study = open_study(journal, "emptied"), *others = NULL;
    gm_trial *trial;
    must(gm_study_ask_with(study, 1, space, &trial, &err), &err);
    run_command(s, "FLUSHALL");
    if (refilled) { /* by more records than were read */
      other = open_journal(s->url);
      others = open_study(other, "new");
      for (int i = 0; i < 20; i++) {
        gm_trial *more;
        must(gm_study_ask_with(others, 1, space, &more, &err), &err);
      }
    }
    char *before = get(s, "gm:log_number");
    assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, 1.0, &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "it has been emptied or restored from an older copy"));
    char *after = get(s, "gm:log_number");
    assert_true(refilled ? strcmp(before, after) == 0 : after == NULL);
    free(before);
    free(after);
    gm_study_free(others);
    gm_journal_close(other);
    gm_study_free(study);
    gm_journal_close(journal);
  }
  run_command(s, "FLUSHALL");
}

static void a_server_that_stays_away_is_a_clear_error(void **state) {
  server *s = *state;
  need_server(state);
  gm_error err = {GM_OK, ""};
  gm_journal_config impatient = gm_journal_config_default();
  gm_journal *journal;
  impatient.redis_patience_s = 0.0;
  must(gm_journal_open(s->url, &impatient, &journal, &err), &err);
  gm_study *study = open_study(journal, "gone");
  gm_trial *trial;
  must(gm_study_ask_with(study, 1, space, &trial, &err), &err);
  stop_server(s);
  assert_int_equal(gm_study_tell(study, trial, GM_TRIAL_COMPLETE, 1.0, &err), GM_IO_ERROR);
  assert_true(strncmp(err.message, "redis://127.0.0.1:", 18) == 0);
  assert_int_equal(gm_study_history(study)->n_trials, 1); /* what was read stays readable */
  assert_int_equal(trial->state, GM_TRIAL_RUNNING);
  gm_study_free(study);
  gm_journal_close(journal);
  const gm_journal_config config = gm_journal_config_default();
  assert_int_equal(gm_journal_open(s->url, &config, &journal, &err), GM_IO_ERROR);
  assert_non_null(strstr(err.message, "cannot connect: Connection refused"));
  (void)run_server(s); /* for the other tests */
}

/* ---- reading ------------------------------------------------------------------------------ */

typedef struct {
  size_t n, wrong; /* records that came; number of the one that is not accepted */
  char first[16];  /* text of the first that came */
} taken;

static gm_status take(void *context, const char *line, size_t length, bool last, gm_error *err) {
  (void)last;
  taken *t = context;
  if (t->n == 0) snprintf(t->first, sizeof t->first, "%.*s", (int)length, line);
  return t->n++ == t->wrong ? gm_fail(err, GM_BAD_INPUT, "not this one") : GM_OK;
}

/* Three records come in one answer: the second is refused, the third not handed over, and the next reading
 * begins with the second again. */
static void a_refused_record_ends_the_reading_and_stays_unread(void **state) {
  const server *s = need_server(state);
  const gm_journal_config config = gm_journal_config_default();
  gm_error err = {GM_OK, ""};
  char url[96], key[24], text[16];
  void *journal = NULL;
  for (int i = 0; i < 3; i++) {
    snprintf(key, sizeof key, "batch:log:%d", i);
    snprintf(text, sizeof text, "record-%d", i);
    put(s, key, text);
  }
  put(s, "batch:log_number", "2");
  snprintf(url, sizeof url, "redis://127.0.0.1:%d/0?prefix=batch", s->port);
  must(gm_journal_redis.open(url, &config, &journal, &err), &err);
  taken t = {.wrong = 1};
  assert_int_equal(gm_journal_redis.read(journal, take, &t, &err), GM_BAD_INPUT);
  assert_string_equal(err.message, "not this one");
  assert_int_equal(t.n, 2);
  t = (taken){.wrong = SIZE_MAX};
  must(gm_journal_redis.read(journal, take, &t, &err), &err);
  assert_int_equal(t.n, 2);
  assert_string_equal(t.first, "record-1");
  gm_journal_redis.close(journal);
}

/* ---- passwords and TLS ---------------------------------------------------------------------- */

static void a_password_may_come_from_beside_the_url(void **state) {
  need_server(state);
  server s = {.password = "ge heim"};
  snprintf(s.directory, sizeof s.directory, "/tmp");
  run_server_somewhere(&s);
  if (s.process == 0) skip();
  snprintf(s.url, sizeof s.url, "redis://127.0.0.1:%d", s.port);
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  assert_int_equal(gm_journal_open(s.url, &config, &journal, &err), GM_OK); /* asks nothing yet */
  assert_int_equal(gm_journal_sync(journal, &err), GM_IO_ERROR);
  assert_non_null(strstr(err.message, "NOAUTH"));
  gm_journal_close(journal);
  config.redis_password = "ge heim";
  must(gm_journal_open(s.url, &config, &journal, &err), &err);
  must(gm_journal_sync(journal, &err), &err);
  gm_journal_close(journal);
  config.redis_password = "wrong"; /* that of the URL goes first */
  snprintf(s.url, sizeof s.url, "redis://:ge%%20heim@127.0.0.1:%d", s.port);
  must(gm_journal_open(s.url, &config, &journal, &err), &err);
  must(gm_journal_sync(journal, &err), &err);
  assert_null(strstr(gm_journal_location(journal), "heim"));
  gm_journal_close(journal);
  stop_server(&s);
}

#ifdef GM_HAVE_HIREDIS_SSL

/* An authority, and a certificate of it for 127.0.0.1; false where there is no program openssl. */
static bool make_certificates(const server *s) {
  char command[1024];
  snprintf(command, sizeof command,
           "cd %s && exec 2>/dev/null && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "
           "/CN=test-authority -keyout ca.key -out ca.crt && "
           "openssl req -newkey rsa:2048 -nodes -subj /CN=greenmile -keyout server.key -out server.csr && "
           "echo 'subjectAltName=IP:127.0.0.1' > server.ext && "
           "openssl x509 -req -days 2 -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile "
           "server.ext -out server.crt >/dev/null",
           s->directory);
  return system(command) == 0;
}

static void a_server_without_tls_is_not_talked_to(void **state) {
  const server *s = need_server(state);
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal = NULL;
  gm_error err = {GM_OK, ""};
  char url[64];
  config.redis_timeout_s = 1; /* it may wait for the end of a line */
  snprintf(url, sizeof url, "rediss://127.0.0.1:%d", s->port);
  assert_int_equal(gm_journal_open(url, &config, &journal, &err), GM_IO_ERROR);
  if (strstr(err.message, "rediss://127.0.0.1: no TLS connection: ") == NULL) fail_msg("%s", err.message);
}

static void tls_asks_who_is_there(void **state) {
  need_server(state);
  server s = {.tls = true};
  char file[96], command[128];
  snprintf(s.directory, sizeof s.directory, "/tmp/greenmile-tls-XXXXXX");
  assert_non_null(mkdtemp(s.directory));
  snprintf(file, sizeof file, "%s/ca.crt", s.directory);
  if (make_certificates(&s)) run_server_somewhere(&s);
  if (s.process > 0) {
    const struct {
      const char *host, *authorities, *refusal; /* NULL: accepted */
    } cases[] = {
        {"127.0.0.1", file, NULL},
        {"127.0.0.1", "/dev/null", "its certificate is not accepted: "},
        {"127.0.0.2", file, "its certificate is not accepted: IP address mismatch"}, /* the same server */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
      const gm_journal_config config = gm_journal_config_default();
      gm_journal *journal = NULL;
      gm_error err = {GM_OK, ""};
      setenv("SSL_CERT_FILE", cases[i].authorities, 1);
      snprintf(s.url, sizeof s.url, "rediss://%s:%d/0?prefix=gm", cases[i].host, s.port);
      const gm_status status = gm_journal_open(s.url, &config, &journal, &err);
      assert_int_equal(status, cases[i].refusal == NULL ? GM_OK : GM_IO_ERROR);
      if (cases[i].refusal != NULL && strstr(err.message, cases[i].refusal) == NULL)
        fail_msg("\"%s\", expected \"%s\"", err.message, cases[i].refusal);
      if (status == GM_OK) {
        gm_study *study = open_study(journal, "tls");
        assert_int_equal(gm_study_history(study)->n_trials, 0);
        gm_study_free(study);
      }
      gm_journal_close(journal);
    }
    unsetenv("SSL_CERT_FILE");
  }
  const bool ran = s.process > 0;
  stop_server(&s);
  snprintf(command, sizeof command, "rm -r %s", s.directory);
  assert_int_equal(system(command), 0);
  if (!ran) skip();
}

#else

static void without_hiredis_ssl_the_build_says_so(void **state) {
  (void)state;
  const gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  assert_int_equal(gm_journal_open("rediss://localhost", &config, &journal, &err), GM_BAD_INPUT);
  assert_non_null(
      strstr(err.message, "rediss://localhost: this build has no TLS; expected the libraries hiredis_ssl"));
}

#endif

#else

static int start(void **state) {
  (void)state;
  return 0;
}
static int shut_down(void **state) {
  (void)state;
  return 0;
}

static void without_hiredis_the_build_says_so(void **state) {
  (void)state;
  const gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  assert_int_equal(gm_journal_open("redis://localhost", &config, &journal, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "expected the library hiredis"));
}

#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(urls_are_read_as_redis_py_reads_them),
      cmocka_unit_test(bad_urls_are_refused),
#ifdef GM_HAVE_HIREDIS
      cmocka_unit_test(keys_are_those_of_optuna),
      cmocka_unit_test(workers_without_a_lock_lose_and_double_nothing),
      cmocka_unit_test(one_of_many_sets_an_attribute_first),
      cmocka_unit_test(a_queued_trial_goes_to_one_worker),
      cmocka_unit_test(a_server_that_restarts_ends_no_worker),
      cmocka_unit_test(an_emptied_journal_is_not_written_to),
      cmocka_unit_test(a_server_that_stays_away_is_a_clear_error),
      cmocka_unit_test(a_refused_record_ends_the_reading_and_stays_unread),
      cmocka_unit_test(a_password_may_come_from_beside_the_url),
#ifdef GM_HAVE_HIREDIS_SSL
      cmocka_unit_test(a_server_without_tls_is_not_talked_to),
      cmocka_unit_test(tls_asks_who_is_there),
#else
      cmocka_unit_test(without_hiredis_ssl_the_build_says_so),
#endif
#else
      cmocka_unit_test(without_hiredis_the_build_says_so),
#endif
  };
  return cmocka_run_group_tests_name("journal_redis", tests, start, shut_down);
}
