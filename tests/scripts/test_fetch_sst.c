/* SPDX-License-Identifier: MIT
 * scripts/fetch-sst against a local server that cuts, stalls and lies: what ends up in the cache is
 * whole or nothing, with curl and with wget. Run from the root of the tree. */
#include "tests/http_server.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

enum { BODY_SIZE = 300 * 1000 };

typedef struct {
  char body[BODY_SIZE];
  char directory[32]; /* of this test: cache, tools, output */
  http_server server;
  const char *only; /* "curl" or "wget": the one tool that can be found */
} fixture;

static bool have(const char *tool) {
  char command[64];
  snprintf(command, sizeof command, "command -v %s > /dev/null", tool);
  return system(command) == 0;
}

/* A folder of links to what the script uses, with one of curl and wget. */
static void link_tools(const fixture *f) {
  char command[640];
  snprintf(command, sizeof command,
           "mkdir %s/bin && for t in sh wc tr cut od awk sed cat cp mkdir mv rm sleep base64 date tail "
           "sha256sum shasum %s; "
           "do p=$(command -v $t) && ln -s \"$p\" %s/bin/$t; done; true",
           f->directory, f->only, f->directory);
  assert_int_equal(system(command), 0);
}

static int set_up(void **state, const char *only) {
  fixture *f = calloc(1, sizeof *f);
  if (f == NULL) return -1;
  for (size_t i = 0; i < BODY_SIZE; i++) f->body[i] = (char)(i * 7 + i / 251);
  memcpy(f->body, "CDF\001", 4);
  strcpy(f->directory, "/tmp/gm_fetch_XXXXXX");
  f->only = only;
  *state = f;
  if (mkdtemp(f->directory) == NULL) return -1;
  if (!have(only)) return 0;
  link_tools(f);
  return http_start(&f->server, f->body, BODY_SIZE) ? 0 : -1;
}

static int set_up_curl(void **state) {
  return set_up(state, "curl");
}

static int set_up_wget(void **state) {
  return set_up(state, "wget");
}

static int tear_down(void **state) {
  fixture *f = *state;
  char command[64];
  if (f->server.counts != NULL) http_stop(&f->server);
  snprintf(command, sizeof command, "rm -rf %s", f->directory);
  const int status = system(command);
  free(f);
  return status;
}

/* Runs the script on a path of the server; `more` is further environment or arguments after the name.
 * Returns its exit status; what it said is in DIRECTORY/out and DIRECTORY/err. */
static int fetch(const fixture *f, const char *path, const char *environment, const char *arguments) {
  char command[1024];
  snprintf(command, sizeof command,
           "env -i PATH=%s/bin HOME=%s SST_CACHE=%s/cache SST_TIMEOUT=60 SST_TRIES=3 SST_PAUSE=0 "
           "SST_URL=http://127.0.0.1:%d%s %s scripts/fetch-sst %s > %s/out 2> %s/err",
           f->directory, f->directory, f->directory, f->server.port, path, environment, arguments,
           f->directory, f->directory);
  const int status = system(command);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* A file of the test's directory, in fresh memory; NULL when it is not there. */
static char *slurp(const fixture *f, const char *name, size_t *size) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", f->directory, name);
  FILE *stream = fopen(path, "rb");
  if (stream == NULL) return NULL;
  char *text = calloc(2 * BODY_SIZE, 1);
  *size = fread(text, 1, 2 * BODY_SIZE - 1, stream);
  fclose(stream);
  return text;
}

static void must_say(const fixture *f, const char *name, const char *words) {
  size_t size;
  char *text = slurp(f, name, &size);
  assert_non_null(text);
  if (strstr(text, words) == NULL) fail_msg("\"%s\" is not in: %s", words, text);
  free(text);
}

static bool exists(const fixture *f, const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", f->directory, name);
  return access(path, F_OK) == 0;
}

/* The cache holds the body, byte for byte, and its record; nothing half-done lies beside it. */
static void must_be_whole(const fixture *f) {
  size_t size;
  char *text = slurp(f, "cache/ersst.v5.sst.mnmean.nc", &size);
  assert_non_null(text);
  assert_int_equal(size, BODY_SIZE);
  assert_memory_equal(text, f->body, BODY_SIZE);
  free(text);
  must_say(f, "out", "/cache/ersst.v5.sst.mnmean.nc\n");
  must_say(f, "cache/ersst.v5.sst.mnmean.nc.txt", "sha256: ");
  char command[128];
  snprintf(command, sizeof command, "cd %s/cache && sha256sum -c --quiet *.sha256", f->directory);
  assert_int_equal(system(command), 0);
  assert_false(exists(f, "cache/ersst.v5.sst.mnmean.nc.part"));
}

static void must_be_nothing(const fixture *f) {
  assert_false(exists(f, "cache/ersst.v5.sst.mnmean.nc"));
  assert_false(exists(f, "cache/ersst.v5.sst.mnmean.nc.sha256"));
  size_t size;
  char *out = slurp(f, "out", &size);
  assert_true(out != NULL && size == 0);
  free(out);
}

#define FIXTURE(state)                                                                                       \
  fixture *f = *(state);                                                                                     \
  if (f->server.counts == NULL) skip()

static void a_good_file_arrives_once_with_its_record(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/good.nc", "", ""), 0);
  must_be_whole(f);
  const int gets = f->server.counts->gets, heads = f->server.counts->heads;
  assert_int_equal(fetch(f, "/good.nc", "", "ersst"), 0); /* from the cache: no request */
  assert_true(f->server.counts->gets == gets && f->server.counts->heads == heads);
  must_say(f, "out", "/cache/ersst.v5.sst.mnmean.nc\n");
  assert_int_equal(fetch(f, "/good.nc", "", "--refresh"), 0);
  assert_true(f->server.counts->gets > gets);
  must_be_whole(f);
}

static void a_slow_server_is_waited_for(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/slow.nc", "", ""), 0);
  must_be_whole(f);
}

static void a_cut_connection_is_continued_where_it_stopped(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/cut.nc", "", ""), 0);
  must_be_whole(f);
  assert_int_equal(f->server.counts->gets, 2);
  assert_int_equal(f->server.counts->range_from, BODY_SIZE / 2);
}

/* More tries than one: on a machine that stalls for a second itself, good connections are given up too. Most
 * of the time is curl's, whose speed is a mean over five seconds. */
static void a_silent_connection_is_given_up_and_continued(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/stall.nc", "SST_TIMEOUT=1 SST_TRIES=20", ""), 0);
  must_be_whole(f);
  assert_int_equal(f->server.counts->range_from, BODY_SIZE / 2);
}

static void the_next_call_goes_on_from_a_part(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/cut.nc", "SST_TRIES=1", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "incomplete");
  assert_int_equal(fetch(f, "/cut.nc", "", ""), 0);
  must_be_whole(f);
  assert_int_equal(f->server.counts->range_from, BODY_SIZE / 2);
}

static void a_part_of_another_version_is_not_continued(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/changed.nc", "SST_TRIES=1", ""), 1);
  assert_int_equal(fetch(f, "/changed.nc", "", ""), 0);
  must_be_whole(f);
  assert_int_equal(f->server.counts->range_from, 0);
}

/* The cache holds the other file of the server, whole: no byte of the first. */
static void must_be_the_other(const fixture *f) {
  size_t size;
  char *text = slurp(f, "cache/ersst.v5.sst.mnmean.nc", &size);
  assert_non_null(text);
  assert_int_equal(size, BODY_SIZE);
  for (size_t i = 0; i < size; i++) assert_true(text[i] == http_other(f->body, i));
  free(text);
}

static void a_file_that_changes_between_two_connections_is_not_spliced(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/swapped.nc", "SST_TRIES=5", ""), 0);
  must_be_the_other(f);
}

static void not_even_by_a_server_that_ignores_the_condition(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/careless.nc", "SST_TRIES=5", ""), 0);
  must_be_the_other(f);
  must_say(f, "err", "another file than before");
}

static void a_server_without_ranges_starts_over(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/noranges.nc", "SST_TRIES=5", ""), 0);
  must_be_whole(f);
}

static void a_busy_server_is_asked_again(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/busy.nc", "", ""), 0);
  must_be_whole(f);
  must_say(f, "err", "the server is busy (503)");
  assert_int_equal(f->server.counts->gets, 3);
  assert_int_equal(fetch(f, "/full.nc", "", "--refresh"), 1);
  must_say(f, "err", "the server is busy (429), 3 connections; try again later");
  assert_true(exists(f, "cache/ersst.v5.sst.mnmean.nc")); /* what was there stays */
}

static void a_circle_of_redirects_is_called_one(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/circle.nc", "", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "it redirects in a circle");
}

static void the_checksum_that_a_server_states_is_kept(void **state) {
  FIXTURE(state);
  char command[128];
  FILE *pipe;
  snprintf(command, sizeof command, "%s/body", f->directory);
  FILE *stream = fopen(command, "wb");
  assert_non_null(stream);
  assert_int_equal(fwrite(f->body, 1, BODY_SIZE, stream), BODY_SIZE);
  fclose(stream);
  snprintf(command, sizeof command, "openssl dgst -sha256 -binary %s/body 2> /dev/null | base64",
           f->directory);
  pipe = popen(command, "r");
  assert_non_null(pipe);
  char digest[64] = "";
  if (fscanf(pipe, "%63s", digest) != 1) digest[0] = '\0';
  pclose(pipe);
  assert_int_equal(fetch(f, "/lied.nc", "", ""), 1);
  must_be_nothing(f);
  must_say(f, "err",
           "and the server states 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
  if (strlen(digest) != 44 || strncmp(digest, "47DEQ", 5) == 0)
    skip(); /* no openssl here, or nothing hashed */
  strcpy(f->server.counts->digest, digest);
  assert_int_equal(fetch(f, "/stated.nc", "", ""), 0);
  must_be_whole(f);
  must_say(f, "cache/ersst.v5.sst.mnmean.nc.txt", "sha256-stated-by-server: ");
}

static void refreshing_starts_from_the_beginning(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/cut.nc", "SST_TRIES=1", ""), 1);
  assert_int_equal(fetch(f, "/cut.nc", "", "--refresh"), 0);
  must_be_whole(f);
  assert_int_equal(f->server.counts->range_from, 0);
}

static void a_dead_server_ends_in_a_sentence(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/dead.nc", "SST_TIMEOUT=1 SST_TRIES=2", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "incomplete after 2 connections");
}

static void wrong_answers_leave_nothing(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/page.nc", "", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "is no netCDF file");
  assert_int_equal(fetch(f, "/nowhere.nc", "", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "refused by the server");
  assert_int_equal(fetch(f, "/good.nc", "SST_SHA256=0123", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "expected 0123");
  assert_int_equal(fetch(f, "/less.nc", "", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "the server states 150000 bytes, and stated 300000 of the same file before");
}

static void a_server_without_lengths_is_believed_only_as_far_as_the_file(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/unsized.nc", "", ""), 0);
  must_be_whole(f);
}

/* Half of an HDF5 file whose superblock says how long it is (version 2: address at byte 28). */
static void a_short_hdf5_file_is_noticed_without_lengths(void **state) {
  FIXTURE(state);
  http_stop(&f->server);
  memcpy(f->body, "\211HDF\r\n\032\n\002", 9);
  for (int i = 0; i < 8; i++) f->body[28 + i] = (char)((uint64_t)BODY_SIZE >> (8 * i));
  assert_true(http_start(&f->server, f->body, BODY_SIZE));
  assert_int_equal(fetch(f, "/short.nc", "", ""), 1);
  must_be_nothing(f);
  must_say(f, "err", "is cut short: 150000 of 300000 bytes");
  assert_int_equal(fetch(f, "/unsized.nc", "", ""), 0);
  must_be_whole(f);
}

static void a_local_file_is_used_where_it_is(void **state) {
  FIXTURE(state);
  char environment[96];
  assert_int_equal(fetch(f, "/good.nc", "", ""), 0);
  const int gets = f->server.counts->gets;
  snprintf(environment, sizeof environment, "SST_FILE=%s/cache/ersst.v5.sst.mnmean.nc", f->directory);
  assert_int_equal(fetch(f, "/dead.nc", environment, "cobe"), 0);
  must_say(f, "out", "/cache/ersst.v5.sst.mnmean.nc\n");
  assert_int_equal(f->server.counts->gets, gets);
  assert_int_equal(fetch(f, "/good.nc", "SST_FILE=/nonexistent", ""), 2);
  must_say(f, "err", "no such file");
}

static void a_changed_file_in_the_cache_is_noticed(void **state) {
  FIXTURE(state);
  char command[128];
  assert_int_equal(fetch(f, "/good.nc", "", ""), 0);
  snprintf(command, sizeof command, "echo more >> %s/cache/ersst.v5.sst.mnmean.nc", f->directory);
  assert_int_equal(system(command), 0);
  assert_int_equal(fetch(f, "/good.nc", "", ""), 2);
  must_say(f, "err", "has changed since it was fetched");
}

static void wrong_arguments_are_named(void **state) {
  FIXTURE(state);
  assert_int_equal(fetch(f, "/good.nc", "", "hadley"), 2);
  must_say(f, "err", "\"hadley\": expected ersst, cobe");
}

#define WITH(tool, test) cmocka_unit_test_setup_teardown(test, set_up_##tool, tear_down)

int main(void) {
  const struct CMUnitTest tests[] = {
      WITH(curl, a_good_file_arrives_once_with_its_record),
      WITH(wget, a_good_file_arrives_once_with_its_record),
      WITH(curl, a_slow_server_is_waited_for),
      WITH(wget, a_slow_server_is_waited_for),
      WITH(curl, a_cut_connection_is_continued_where_it_stopped),
      WITH(wget, a_cut_connection_is_continued_where_it_stopped),
      WITH(curl, a_silent_connection_is_given_up_and_continued),
      WITH(wget, a_silent_connection_is_given_up_and_continued),
      WITH(curl, the_next_call_goes_on_from_a_part),
      WITH(wget, the_next_call_goes_on_from_a_part),
      WITH(curl, a_part_of_another_version_is_not_continued),
      WITH(wget, a_part_of_another_version_is_not_continued),
      WITH(curl, a_file_that_changes_between_two_connections_is_not_spliced),
      WITH(wget, a_file_that_changes_between_two_connections_is_not_spliced),
      WITH(curl, not_even_by_a_server_that_ignores_the_condition),
      WITH(wget, not_even_by_a_server_that_ignores_the_condition),
      WITH(curl, a_server_without_ranges_starts_over),
      WITH(wget, a_server_without_ranges_starts_over),
      WITH(curl, a_busy_server_is_asked_again),
      WITH(wget, a_busy_server_is_asked_again),
      WITH(curl, a_circle_of_redirects_is_called_one),
      WITH(wget, a_circle_of_redirects_is_called_one),
      WITH(curl, the_checksum_that_a_server_states_is_kept),
      WITH(wget, the_checksum_that_a_server_states_is_kept),
      WITH(curl, refreshing_starts_from_the_beginning),
      WITH(wget, refreshing_starts_from_the_beginning),
      WITH(curl, a_dead_server_ends_in_a_sentence),
      WITH(curl, wrong_answers_leave_nothing),
      WITH(wget, wrong_answers_leave_nothing),
      WITH(curl, a_server_without_lengths_is_believed_only_as_far_as_the_file),
      WITH(wget, a_server_without_lengths_is_believed_only_as_far_as_the_file),
      WITH(curl, a_short_hdf5_file_is_noticed_without_lengths),
      WITH(curl, a_local_file_is_used_where_it_is),
      WITH(curl, a_changed_file_in_the_cache_is_noticed),
      WITH(curl, wrong_arguments_are_named),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
