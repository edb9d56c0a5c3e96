/* SPDX-License-Identifier: MIT
 * Journals in files: what is left by dead writers, locks of the living and the dead,
 * full disks, and files that are no journals. Nothing of the user's is ever overwritten. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/clock.h"
#include "tests/journal_fixture.h"
#include "tuning/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Short enough for a test, long enough that a living writer is never mistaken for a dead one. */
static const double short_grace_s = 0.3;

static const gm_direction minimize = GM_MINIMIZE;

static gm_journal *open_with_grace(const char *path, double grace_s) {
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  config.lock_grace_s = grace_s;
  must(gm_journal_open(path, &config, &journal, &err), &err);
  return journal;
}

/* One more study in the journal: the smallest thing to write. */
static gm_status add_study(gm_journal *journal, const char *name, gm_error *err) {
  gm_records records = {.worker_id = gm_journal_worker_id(journal)};
  gm_status status = gm_journal_begin(journal, err);
  if (status == GM_OK) {
    gm_records_create_study(&records, name, 1, &minimize);
    status = gm_journal_commit(journal, &records, err);
  }
  gm_records_free(&records);
  return status;
}

static void journal_is(const journal_place *place, const char *expected) {
  char *text = read_text(place);
  assert_string_equal(text, expected);
  free(text);
}

#define WHOLE "{\"op_code\":0,\"worker_id\":\"w\",\"study_name\":\"old\",\"directions\":[1]}\n"

/* ---- tails ----------------------------------------------------------------------------- */

static void a_torn_last_line_is_passed_over_and_then_cut_off(void **state) {
  (void)state;
  static const char *const tails[] = {"{", "{\"op_code\":4,\"worker", "{\"op_code\": 0}"};
  for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
    journal_place place;
    gm_error err = {GM_OK, ""};
    make_place(&place);
    write_text(&place, "w", WHOLE);
    write_text(&place, "a", tails[i]);
    gm_journal *journal = open_with_grace(place.path, short_grace_s);
    must(gm_journal_sync(journal, &err), &err);
    assert_int_equal(gm_journal_contents(journal)->n_studies, 1);
    must(add_study(journal, "new", &err), &err);
    assert_int_equal(gm_journal_contents(journal)->n_studies, 2);
    char *text = read_text(&place);
    assert_true(strncmp(text, WHOLE "{\"op_code\":0,\"worker_id\":\"greenmile/", strlen(WHOLE) + 33) == 0);
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    gm_journal_close(journal);
    remove_place(&place);
  }
}

static void zeros_of_a_crashed_machine_are_cut_off(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  write_text(&place, "w", WHOLE);
  assert_int_equal(truncate(place.path, (off_t)strlen(WHOLE) + 100), 0);
  gm_journal *journal = open_with_grace(place.path, short_grace_s);
  must(add_study(journal, "new", &err), &err);
  assert_int_equal(gm_journal_contents(journal)->n_studies, 2);
  gm_journal_close(journal);
  remove_place(&place);
}

static void what_is_no_torn_record_is_never_cut_off(void **state) {
  (void)state;
  static const char *const files[] = {"notes of mine", WHOLE "notes of mine", WHOLE "{\"opinion\""};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    journal_place place;
    gm_error err = {GM_OK, ""};
    make_place(&place);
    write_text(&place, "w", files[i]);
    gm_journal *journal = open_with_grace(place.path, short_grace_s);
    assert_int_equal(add_study(journal, "new", &err), GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "its last line is not finished and is no journal record"));
    journal_is(&place, files[i]);
    gm_journal_close(journal);
    remove_place(&place);
  }
}

static void a_damaged_last_line_is_read_over_but_not_written_behind(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  write_text(&place, "w", WHOLE "{\"op_code\":4,{\"op_code\":0}\n");
  gm_journal *journal = open_with_grace(place.path, short_grace_s);
  must(gm_journal_sync(journal, &err), &err);
  assert_int_equal(gm_journal_contents(journal)->n_studies, 1);
  assert_int_equal(add_study(journal, "new", &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "its last line is damaged"));
  journal_is(&place, WHOLE "{\"op_code\":4,{\"op_code\":0}\n");
  assert_int_equal(access(place.lock, F_OK), -1);
  gm_journal_close(journal);
  remove_place(&place);
}

/* ---- locks --------------------------------------------------------------------------------- */

static void the_lock_is_a_link_that_resolves_from_its_directory(void **state) {
  (void)state;
  journal_place place;
  char target[64] = "";
  struct stat journal_info, link_info;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  gm_journal *journal = open_with_grace(place.path, short_grace_s);
  must(gm_journal_begin(journal, &err), &err);
  assert_int_equal(readlink(place.lock, target, sizeof target - 1), strlen("study.log"));
  assert_string_equal(target, "study.log");
  assert_int_equal(stat(place.lock, &link_info), 0); /* not dangling: waiters look through it */
  assert_int_equal(stat(place.path, &journal_info), 0);
  assert_true(link_info.st_ino == journal_info.st_ino);
  gm_journal_cancel(journal);
  assert_int_equal(lstat(place.lock, &link_info), -1);
  gm_journal_close(journal);
  remove_place(&place);
}

/* Locks as Optuna's two classes make them, whose owner never comes back. */
static void a_stale_lock_is_taken_over_after_the_grace(void **state) {
  (void)state;
  for (int kind = 0; kind < 3; kind++) {
    journal_place place;
    gm_error err = {GM_OK, ""};
    make_place(&place);
    write_text(&place, "w", WHOLE);
    if (kind == 0) assert_int_equal(symlink(place.path, place.lock), 0);
    if (kind == 1) assert_int_equal(close(open(place.lock, O_CREAT | O_EXCL | O_WRONLY, 0666)), 0);
    if (kind == 2) assert_int_equal(symlink("elsewhere/study.log", place.lock), 0); /* dangling */
    gm_journal *journal = open_with_grace(place.path, short_grace_s);
    const double asked_s = gm_monotonic_s();
    must(add_study(journal, "new", &err), &err);
    assert_true(gm_monotonic_s() - asked_s >= short_grace_s); /* not before */
    assert_true(gm_journal_measured(journal).waited_s >= short_grace_s);
    assert_int_equal(access(place.lock, F_OK), -1);
    gm_journal_close(journal);
    remove_place(&place);
  }
}

/* Does `work` in a child and returns how it ended. */
static int in_child(void (*work)(const journal_place *place), const journal_place *place) {
  const pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    work(place);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(child, &status, 0), child);
  return status;
}

static void terminate_while_locked(const journal_place *place) {
  gm_journal *journal = open_with_grace(place->path, short_grace_s);
  gm_error err;
  if (gm_journal_begin(journal, &err) != GM_OK) _exit(1);
  raise(SIGTERM);
  raise(SIGINT);
  gm_records records = {.worker_id = gm_journal_worker_id(journal)};
  gm_records_create_study(&records, "told", 1, &minimize);
  gm_journal_commit(journal, &records, &err); /* whose end lets the signals through */
  _exit(1);
}

static void signals_wait_until_the_lock_is_released(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  const int status = in_child(terminate_while_locked, &place);
  assert_true(WIFSIGNALED(status) && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGTERM));
  assert_int_equal(access(place.lock, F_OK), -1);
  gm_journal *journal = open_with_grace(place.path, 1e6); /* no patience needed */
  must(gm_journal_sync(journal, &err), &err);
  assert_non_null(gm_journal_find_study(gm_journal_contents(journal), "told"));
  gm_journal_close(journal);
  remove_place(&place);
}

/* ---- refusals by the system -------------------------------------------------------------------- */

/* A file size limit stands for a full disk: write() then stops in the middle of a batch. */
static void fill_the_disk(const journal_place *place) {
  gm_journal *journal = open_with_grace(place->path, short_grace_s);
  gm_error err;
  signal(SIGXFSZ, SIG_IGN);
  const struct rlimit limit = {strlen(WHOLE) + 20, strlen(WHOLE) + 20};
  if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(1);
  const gm_status status = add_study(journal, "new", &err);
  if (status != GM_IO_ERROR || strstr(err.message, "nothing was added") == NULL) _exit(2);
  if (gm_journal_contents(journal)->n_studies != 1) _exit(3);
  gm_journal_close(journal);
}

static void a_full_disk_adds_nothing(void **state) {
  (void)state;
  journal_place place;
  make_place(&place);
  write_text(&place, "w", WHOLE);
  assert_int_equal(in_child(fill_the_disk, &place), 0);
  journal_is(&place, WHOLE);
  assert_int_equal(access(place.lock, F_OK), -1);
  remove_place(&place);
}

static void what_cannot_be_opened_says_so(void **state) {
  (void)state;
  static const struct {
    const char *path, *sentence;
    bool read_only;
  } cases[] = {{"/nonexistent/study.log", "cannot open it for writing: No such file", 0},
               {"/nonexistent/study.log", "cannot open it: No such file", 1},
               {"/tmp", "cannot open it for writing: Is a directory", 0},
               {"/tmp", "a journal must be a regular file", 1},
               {"/dev/null", "a journal must be a regular file", 0}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_journal_config config = gm_journal_config_default();
    gm_journal *journal;
    gm_error err = {GM_OK, ""};
    config.read_only = cases[i].read_only;
    assert_int_equal(gm_journal_open(cases[i].path, &config, &journal, &err), GM_BAD_INPUT);
    assert_null(journal);
    assert_non_null(strstr(err.message, cases[i].sentence));
  }
}

static void a_read_only_journal_is_only_read(void **state) {
  (void)state;
  journal_place place;
  gm_journal_config config = gm_journal_config_default();
  gm_journal *journal;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  write_text(&place, "w", WHOLE);
  config.read_only = true;
  must(gm_journal_open(place.path, &config, &journal, &err), &err);
  must(gm_journal_sync(journal, &err), &err);
  assert_int_equal(add_study(journal, "new", &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "opened for reading only"));
  journal_is(&place, WHOLE);
  gm_journal_close(journal);
  remove_place(&place);
}

static void a_journal_that_shrinks_is_an_error(void **state) {
  (void)state;
  journal_place place;
  gm_error err = {GM_OK, ""};
  make_place(&place);
  write_text(&place, "w", WHOLE WHOLE);
  gm_journal *journal = open_with_grace(place.path, short_grace_s);
  must(gm_journal_sync(journal, &err), &err);
  write_text(&place, "w", WHOLE);
  assert_int_equal(gm_journal_sync(journal, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "it has become shorter"));
  gm_journal_close(journal);
  remove_place(&place);
}

static void a_bad_config_names_the_field(void **state) {
  (void)state;
  gm_journal_config config = gm_journal_config_default();
  gm_error err = {GM_OK, ""};
  config.lock_grace_s = 0.0;
  assert_int_equal(gm_journal_config_check(&config, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "lock_grace_s"));
  config = gm_journal_config_default();
  config.redis_timeout_s = NAN;
  assert_int_equal(gm_journal_config_check(&config, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "redis_timeout_s"));
}

/* ---- worker ids ---------------------------------------------------------------------------------- */

static void print_id(const journal_place *place) {
  char id[GM_WORKER_ID];
  gm_worker_id(id);
  write_text(place, "w", id);
}

static void a_worker_is_alive_until_its_process_ends(void **state) {
  (void)state;
  journal_place place;
  char own[GM_WORKER_ID], again[GM_WORKER_ID];
  make_place(&place);
  gm_worker_id(own);
  gm_worker_id(again);
  assert_string_not_equal(own, again);
  assert_int_equal(gm_worker_fate_of(own), GM_WORKER_ALIVE);
  assert_int_equal(in_child(print_id, &place), 0);
  char *dead = read_text(&place);
  assert_int_equal(gm_worker_fate_of(dead), GM_WORKER_DEAD);
  free(dead);
  remove_place(&place);
}

static void of_others_nobody_can_tell(void **state) {
  (void)state;
  char own[GM_WORKER_ID], foreign[GM_WORKER_ID];
  gm_worker_id(own);
  snprintf(foreign, sizeof foreign, "greenmile/another%s", strchr(own + strlen("greenmile/"), '/'));
  assert_int_equal(gm_worker_fate_of(foreign), GM_WORKER_UNKNOWN);
  assert_int_equal(gm_worker_fate_of("0c1c-1405"), GM_WORKER_UNKNOWN);
  assert_int_equal(gm_worker_fate_of(NULL), GM_WORKER_UNKNOWN);
}

static void launchers_give_ranks(void **state) {
  (void)state;
  static const char *const variables[] = {"SLURM_PROCID", "SLURM_ARRAY_TASK_ID", "PMIX_RANK", "PMI_RANK",
                                          "OMPI_COMM_WORLD_RANK"};
  const size_t n = sizeof variables / sizeof *variables;
  const char *from;
  for (size_t i = 0; i < n; i++) unsetenv(variables[i]);
  assert_int_equal(gm_worker_rank(&from), -1);
  for (size_t i = 0; i < n; i++) { /* each later one goes before the earlier ones */
    const char digit[] = {(char)('0' + i), '\0'};
    setenv(variables[i], digit, 1);
    assert_int_equal(gm_worker_rank(&from), (int)i);
    assert_string_equal(from, variables[i]);
  }
  setenv("OMPI_COMM_WORLD_RANK", "-3", 1);
  assert_int_equal(gm_worker_rank(NULL), 3); /* nonsense is passed over */
  for (size_t i = 0; i < n; i++) unsetenv(variables[i]);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_torn_last_line_is_passed_over_and_then_cut_off),
      cmocka_unit_test(zeros_of_a_crashed_machine_are_cut_off),
      cmocka_unit_test(what_is_no_torn_record_is_never_cut_off),
      cmocka_unit_test(a_damaged_last_line_is_read_over_but_not_written_behind),
      cmocka_unit_test(the_lock_is_a_link_that_resolves_from_its_directory),
      cmocka_unit_test(a_stale_lock_is_taken_over_after_the_grace),
      cmocka_unit_test(signals_wait_until_the_lock_is_released),
      cmocka_unit_test(a_full_disk_adds_nothing),
      cmocka_unit_test(what_cannot_be_opened_says_so),
      cmocka_unit_test(a_read_only_journal_is_only_read),
      cmocka_unit_test(a_journal_that_shrinks_is_an_error),
      cmocka_unit_test(a_bad_config_names_the_field),
      cmocka_unit_test(a_worker_is_alive_until_its_process_ends),
      cmocka_unit_test(of_others_nobody_can_tell),
      cmocka_unit_test(launchers_give_ranks),
  };
  return cmocka_run_group_tests_name("journal_file", tests, NULL, NULL);
}
