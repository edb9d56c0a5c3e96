/* SPDX-License-Identifier: MIT
 * emissions.csv: columns, quoting, strangers' headers, many writers, full disks. */
#include "energy/carbon/emissions_csv.h"
#include "tests/fake_machine.h"

#include "common/csv.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* CodeCarbon 3.3.2, output_methods/emissions_data.py, fields of EmissionsData in order. */
static const char *const codecarbon_columns[GM_EMISSIONS_COLUMNS] = {"timestamp",
                                                                     "project_name",
                                                                     "run_id",
                                                                     "experiment_id",
                                                                     "duration",
                                                                     "emissions",
                                                                     "emissions_rate",
                                                                     "cpu_power",
                                                                     "gpu_power",
                                                                     "ram_power",
                                                                     "cpu_energy",
                                                                     "gpu_energy",
                                                                     "ram_energy",
                                                                     "energy_consumed",
                                                                     "water_consumed",
                                                                     "country_name",
                                                                     "country_iso_code",
                                                                     "region",
                                                                     "cloud_provider",
                                                                     "cloud_region",
                                                                     "os",
                                                                     "python_version",
                                                                     "codecarbon_version",
                                                                     "cpu_count",
                                                                     "cpu_model",
                                                                     "gpu_count",
                                                                     "gpu_model",
                                                                     "longitude",
                                                                     "latitude",
                                                                     "ram_total_size",
                                                                     "tracking_mode",
                                                                     "cpu_utilization_percent",
                                                                     "gpu_utilization_percent",
                                                                     "ram_utilization_percent",
                                                                     "ram_used_gb",
                                                                     "on_cloud",
                                                                     "pue",
                                                                     "wue"};

static gm_csv_table read_table(const char *path) {
  gm_csv_table table;
  gm_error err = {0};
  if (gm_csv_read(path, &table, &err) != GM_OK) print_error("%s\n", err.message);
  assert_int_equal(err.status, GM_OK);
  return table;
}

static const char *field(const gm_csv_table *table, size_t row, const char *column) {
  size_t index;
  assert_int_equal(gm_csv_column(table, column, &index, NULL), GM_OK);
  return gm_csv_field(table, row, index);
}

static gm_emissions_row example(void) {
  gm_emissions_row row = gm_emissions_row_empty();
  row.timestamp = 1700000000;
  row.project_name = "a, \"quoted\" name\nover two lines";
  row.run_id = "00000000-0000-4000-8000-000000000000";
  row.duration_s = 12.5;
  row.emissions_kg = 0.1;
  row.energy_consumed_kwh = 1.0 / 3;
  row.cpu_model = "AMD EPYC 7763 64-Core Processor";
  row.cpu_count = 128;
  row.gpu_count = 0;
  row.country_iso_code = "WLD";
  row.tracking_mode = "machine";
  row.version = "greenmile-0.1";
  row.pue = 1;
  return row;
}

static void rows_read_back_under_the_columns_of_codecarbon(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH], *written;
  gm_error err = {0};
  const gm_emissions_row row = example();
  fake_print(path, "%s/emissions.csv", f->root);
  for (int i = 0; i < 2; i++) {
    assert_int_equal(gm_emissions_append(path, &row, &written, &err), GM_OK);
    assert_string_equal(written, path);
    free(written);
  }
  gm_csv_table table = read_table(path);
  assert_int_equal(table.n_columns, GM_EMISSIONS_COLUMNS);
  assert_int_equal(table.n_rows, 2);
  for (size_t i = 0; i < GM_EMISSIONS_COLUMNS; i++)
    assert_string_equal(table.header[i], codecarbon_columns[i]);
  for (size_t r = 0; r < 2; r++) { /* the second row has all its fields too */
    double value;
    assert_string_equal(field(&table, r, "project_name"), row.project_name);
    assert_string_equal(field(&table, r, "cpu_model"), row.cpu_model);
    assert_string_equal(field(&table, r, "cpu_count"), "128");
    assert_string_equal(field(&table, r, "gpu_count"), "0");
    assert_string_equal(field(&table, r, "tracking_mode"), "machine");
    assert_string_equal(field(&table, r, "codecarbon_version"), "greenmile-0.1");
    assert_string_equal(field(&table, r, "python_version"), "");
    assert_string_equal(field(&table, r, "gpu_energy"), "");
    assert_string_equal(field(&table, r, "longitude"), "");
    assert_string_equal(field(&table, r, "wue"), "");
    assert_true(gm_parse_double(field(&table, r, "energy_consumed"), &value));
    assert_true(value == 1.0 / 3); /* to the last bit */
    assert_true(gm_parse_double(field(&table, r, "emissions_rate"), &value));
    assert_near(value, 0.1 / 12.5, 1e-18);
    assert_int_equal(strlen(field(&table, r, "timestamp")), strlen("2023-11-14T22:13:20"));
  }
  gm_csv_free(&table);
}

/* Appends to a file that starts with `head` and returns whether the row went beside it. */
static bool goes_beside(fake_machine *f, const char *head) {
  char path[FAKE_PATH], beside[FAKE_PATH], *written;
  const gm_emissions_row row = example();
  fake_remove(f, "other");
  fake_write(f, "other/emissions.csv", head);
  fake_print(path, "%s/other/emissions.csv", f->root);
  fake_print(beside, "%s/other/emissions.1.csv", f->root);
  assert_int_equal(gm_emissions_append(path, &row, &written, NULL), GM_OK);
  const bool result = strcmp(written, beside) == 0;
  gm_csv_table table = read_table(written);
  assert_int_equal(table.n_columns, GM_EMISSIONS_COLUMNS);
  gm_csv_free(&table);
  free(written);
  if (result) { /* the stranger's file is as it was */
    char text[4096] = "";
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(text, head);
  }
  return result;
}

static void s27_headers_of_other_versions_are_left_alone(void **state) {
  fake_machine *f = *state;
  char ours[2048] = "", reordered[4096];
  for (size_t i = 0; i < GM_EMISSIONS_COLUMNS; i++) {
    strcat(ours, i > 0 ? "," : "");
    strcat(ours, codecarbon_columns[i]);
  }
  snprintf(reordered, sizeof reordered, "project_name,timestamp%s\n",
           ours + strlen("timestamp,project_name"));
  strcat(ours, "\n");
  assert_false(goes_beside(f, ours));
  assert_true(goes_beside(f, reordered)); /* CodeCarbon compares sorted names and misfiles the row */
  assert_true(goes_beside(f, "not a header at all"));
  assert_true(goes_beside(f, "\n"));
  ours[strlen(ours) - 1] = '\0'; /* a header without its newline may be half of a longer one */
  assert_true(goes_beside(f, ours));
}

/* Two rows each, written by the releases of CodeCarbon they are named after (their class FileOutput). */
static void s27_files_codecarbon_has_written_are_added_to_or_left_alone(void **state) {
  fake_machine *f = *state;
  static const struct {
    const char *file;
    bool same_columns;
  } cases[] = {
      {"tests/fixtures/codecarbon/2.3.5.csv", false}, /* 31: no experiment_id, water, utilisation, wue */
      {"tests/fixtures/codecarbon/3.0.4.csv", false}, /* 32: no water, utilisation, wue */
      {"tests/fixtures/codecarbon/3.3.2.csv", true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char text[4096] = "", path[FAKE_PATH];
    FILE *file = fopen(cases[i].file, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    assert_int_equal(goes_beside(f, text), !cases[i].same_columns);
    fake_print(path, "%s/other/emissions.csv", f->root);
    gm_csv_table table = read_table(path);
    assert_int_equal(table.n_rows, cases[i].same_columns ? 3 : 2);
    assert_string_equal(field(&table, 0, "country_name"), "France"); /* theirs, as it was */
    if (cases[i].same_columns) assert_string_equal(field(&table, 2, "codecarbon_version"), "greenmile-0.1");
    gm_csv_free(&table);
  }
}

static void a_row_left_unfinished_by_others_does_not_swallow_ours(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  const gm_emissions_row row = example();
  fake_print(path, "%s/emissions.csv", f->root);
  assert_int_equal(gm_emissions_append(path, &row, NULL, NULL), GM_OK);
  FILE *file = fopen(path, "a");
  assert_non_null(file);
  fputs("2024-01-01T00:00:00,killed while wri", file);
  fclose(file);
  assert_int_equal(gm_emissions_append(path, &row, NULL, NULL), GM_OK);
  char line[4096], last[4096] = "";
  file = fopen(path, "r");
  assert_non_null(file);
  while (fgets(line, sizeof line, file) != NULL) snprintf(last, sizeof last, "%s", line);
  fclose(file);
  assert_memory_equal(last, "over two lines\"",
                      strlen("over two lines\"")); /* the quoted name's second line */
}

/* The same where it ended within a quoted field: a newline alone would be part of that. */
static void a_quotation_left_open_by_others_does_not_swallow_ours(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH], text[8192];
#define TORN "2026-11-27T21:00:00,\"half, a \"\"na"
  static const struct {
    const char *left, *closing;
  } cases[] = {{TORN, "\"\n"}, {TORN "\n", "\"\n"}, {TORN "me\"", "\n"}, {TORN "me\"\n", ""}};
#undef TORN
  const gm_emissions_row row = example();
  fake_print(path, "%s/emissions.csv", f->root);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    unlink(path);
    assert_int_equal(gm_emissions_append(path, &row, NULL, NULL), GM_OK);
    FILE *file = fopen(path, "a");
    fputs(cases[i].left, file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(gm_emissions_append(path, &row, NULL, NULL), GM_OK);
    file = fopen(path, "r");
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    const char *after = strstr(text, cases[i].left) + strlen(cases[i].left);
    assert_int_equal(strncmp(after, cases[i].closing, strlen(cases[i].closing)), 0);
    assert_int_equal(after[strlen(cases[i].closing)], '2'); /* our time stamp */
  }
}

static void s26_eight_writers_leave_only_whole_rows(void **state) {
  fake_machine *f = *state;
  enum { writers = 8, rows = 1000 };
  char path[FAKE_PATH];
  pid_t children[writers];
  fake_print(path, "%s/emissions.csv", f->root);
  for (int w = 0; w < writers; w++) {
    children[w] = fork();
    if (children[w] != 0) continue;
    gm_emissions_row row = example();
    row.cpu_count = w;
    int failed = 0;
    for (int i = 0; i < rows; i++) {
      row.gpu_count = i;
      failed += gm_emissions_append(path, &row, NULL, NULL) != GM_OK;
    }
    _exit(failed);
  }
  for (int w = 0; w < writers; w++) {
    int status = -1;
    waitpid(children[w], &status, 0);
    assert_int_equal(status, 0);
  }
  int next[writers] = {0};
  gm_csv_table table = read_table(path); /* fails on any row without 38 fields */
  assert_int_equal(table.n_rows, writers * rows);
  for (size_t r = 0; r < table.n_rows; r++) { /* all there, each writer's in order */
    const int w = atoi(field(&table, r, "cpu_count"));
    assert_int_equal(atoi(field(&table, r, "gpu_count")), next[w]++);
  }
  gm_csv_free(&table);
}

/* Appends in a child that may write at most `limit` bytes to a file; 0 where it failed with a sentence. */
static int append_with_limit(const char *path, rlim_t limit) {
  const pid_t child = fork();
  if (child == 0) {
    gm_error err = {0};
    const gm_emissions_row row = example();
    const struct rlimit size = {.rlim_cur = limit, .rlim_max = limit};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &size) != 0) _exit(2);
    const gm_status status = gm_emissions_append(path, &row, NULL, &err);
    _exit(status == GM_IO_ERROR && strstr(err.message, path) != NULL ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void s28_a_full_disk_takes_the_half_row_back(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  struct stat before, after;
  const gm_emissions_row row = example();
  fake_print(path, "%s/emissions.csv", f->root);
  assert_int_equal(gm_emissions_append(path, &row, NULL, NULL), GM_OK);
  assert_int_equal(stat(path, &before), 0);
  assert_int_equal(append_with_limit(path, (rlim_t)before.st_size + 20), 0);
  assert_int_equal(stat(path, &after), 0);
  assert_int_equal(after.st_size, before.st_size);
  gm_csv_table table = read_table(path);
  assert_int_equal(table.n_rows, 1);
  gm_csv_free(&table);
}

static void s28_a_missing_directory_is_one_sentence(void **state) {
  (void)state;
  gm_error err = {0};
  const gm_emissions_row row = example();
  assert_int_equal(gm_emissions_append("/nonexistent/emissions.csv", &row, NULL, &err), GM_IO_ERROR);
  assert_non_null(strstr(err.message, "/nonexistent/emissions.csv"));
}

static void s28_a_read_only_directory_is_said_before_and_after(void **state) {
  fake_machine *f = *state;
  char directory[FAKE_PATH], path[FAKE_PATH];
  fake_print(directory, "%s/sealed", f->root);
  assert_int_equal(mkdir(directory, 0555), 0);
  fake_print(path, "%s/emissions.csv", directory);
  const pid_t child = fork();
  if (child == 0) { /* permissions do not bind root */
    enum { nobody = 65534 };
    gm_error before = {0}, after = {0};
    const gm_emissions_row row = example();
    if (getuid() == 0 && (setgid(nobody) != 0 || setuid(nobody) != 0)) _exit(2);
    const bool as_expected = gm_emissions_check(path, &before) == GM_BAD_INPUT &&
                             gm_emissions_append(path, &row, NULL, &after) == GM_IO_ERROR &&
                             strstr(before.message, path) != NULL && strstr(after.message, path) != NULL;
    _exit(as_expected ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  assert_int_equal(status, 0);
}

static void run_ids_are_version_4_uuids_and_differ(void **state) {
  (void)state;
  char a[GM_UUID_LENGTH], b[GM_UUID_LENGTH];
  assert_int_equal(gm_uuid(a, NULL), GM_OK);
  assert_int_equal(gm_uuid(b, NULL), GM_OK);
  assert_string_not_equal(a, b);
  assert_int_equal(strlen(a), 36);
  assert_int_equal(a[14], '4');
  assert_non_null(strchr("89ab", a[19]));
}

#define IN_DIRECTORY(test) cmocka_unit_test_setup_teardown(test, fake_setup, fake_teardown)

/* A program built when rows ended before `wue` hands over a shorter one: what lies behind it is not looked
 * at. */
static void a_row_of_an_older_header_is_taken_as_far_as_it_goes(void **state) {
  fake_machine *f = *state;
  char path[FAKE_PATH];
  gm_emissions_row row, shorter;
  fake_print(path, "%s/emissions.csv", f->root);
  memset(&shorter, 0x55, sizeof shorter);
  gm_emissions_row_init(&shorter, offsetof(gm_emissions_row, wue));
  for (size_t i = offsetof(gm_emissions_row, wue); i < sizeof row; i++)
    assert_int_equal(((const unsigned char *)&shorter)[i], 0x55); /* nor written */
  row = shorter;
  row.pue = 1.5;
  assert_int_equal(gm_emissions_append(path, &row, NULL, NULL), GM_OK);
  gm_csv_table table = read_table(path);
  assert_string_equal(field(&table, 0, "pue"), "1.5");
  assert_string_equal(field(&table, 0, "wue"), "");
  gm_csv_free(&table);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      IN_DIRECTORY(rows_read_back_under_the_columns_of_codecarbon),
      IN_DIRECTORY(s27_headers_of_other_versions_are_left_alone),
      IN_DIRECTORY(s27_files_codecarbon_has_written_are_added_to_or_left_alone),
      IN_DIRECTORY(a_row_left_unfinished_by_others_does_not_swallow_ours),
      IN_DIRECTORY(a_quotation_left_open_by_others_does_not_swallow_ours),
      IN_DIRECTORY(s26_eight_writers_leave_only_whole_rows),
      IN_DIRECTORY(s28_a_full_disk_takes_the_half_row_back),
      IN_DIRECTORY(s28_a_read_only_directory_is_said_before_and_after),
      IN_DIRECTORY(a_row_of_an_older_header_is_taken_as_far_as_it_goes),
      cmocka_unit_test(s28_a_missing_directory_is_one_sentence),
      cmocka_unit_test(run_ids_are_version_4_uuids_and_differ),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
