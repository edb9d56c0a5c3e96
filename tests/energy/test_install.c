/* SPDX-License-Identifier: MIT
 * make install into a temporary directory, and programs built against nothing but that: the examples in C and
 * C++, shared and static, in Python and Fortran. */
#include "tests/assert_near.h"

#include <ftw.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
  char root[64], build[PATH_MAX];
} tree;

/* Runs a shell command in which $P is the installed prefix and $S what sanitizers or counters of lines it was
 * built with; its output goes to `output` where wanted. */
static int run(const tree *t, const char *command, char *output, size_t size) {
  char line[4 * PATH_MAX];
  const int length = snprintf(line, sizeof line,
                              "P=%s/usr S=$(grep -oE -e '-fsanitize[^ ]*|--coverage' '%s/flags') "
                              "PKG_CONFIG_PATH=%s/usr/lib/pkgconfig LC_ALL=C; "
                              "export P S PKG_CONFIG_PATH LC_ALL; { %s ; } 2>&1",
                              t->root, t->build, t->root, command);
  assert_true(length > 0 && (size_t)length < sizeof line);
  FILE *pipe = popen(line, "r");
  char buffer[4096];
  size_t used = 0;
  assert_non_null(pipe);
  while (fgets(buffer, sizeof buffer, pipe) != NULL) {
    const size_t n = strlen(buffer);
    if (output != NULL && used + n < size) {
      memcpy(output + used, buffer, n + 1);
      used += n;
    }
  }
  const int status = pclose(pipe);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int set_up(void **state) {
  tree *t = calloc(1, sizeof *t);
  char path[PATH_MAX], here[PATH_MAX], command[2 * PATH_MAX], output[8192] = "";
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  *state = t;
  if (t == NULL || length <= 0 || getcwd(here, sizeof here) == NULL) return -1;
  path[length] = '\0';
  *strrchr(path, '/') = '\0'; /* build/tests */
  *strrchr(path, '/') = '\0';
  const size_t prefix = strlen(here);
  const bool below = strncmp(path, here, prefix) == 0 && path[prefix] == '/';
  snprintf(t->build, sizeof t->build, "%s", below ? path + prefix + 1 : path);
  snprintf(t->root, sizeof t->root, "/tmp/greenmile-install-XXXXXX");
  if (mkdtemp(t->root) == NULL) return -1;
  /* What is built is installed, whatever flags and commit it was built with. */
  snprintf(command, sizeof command,
           "b='%.*s'; env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s install AS_BUILT=1 PREFIX=$P B=$b",
           PATH_MAX - 1, t->build);
  if (run(t, command, output, sizeof output) != 0) {
    print_error("%s\n", output);
    return -1;
  }
  return 0;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
  (void)info, (void)kind, (void)where;
  return remove(path);
}

static int tear_down(void **state) {
  tree *t = *state;
  if (t == NULL) return -1;
  nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  free(t);
  return 0;
}

static void assert_runs(const tree *t, const char *command) {
  char output[8192] = "";
  if (run(t, command, output, sizeof output) != 0) fail_msg("%s: %s", command, output);
}

static void the_c_example_builds_shared_and_meters(void **state) {
  assert_runs(*state, "${CC:-cc} $S -Wall -Wextra -Wpedantic -Werror -std=c11 -o $P/a examples/meter_loop.c "
                      "$(pkg-config --cflags "
                      "--libs greenmile-energy)");
  assert_runs(*state, "LD_LIBRARY_PATH=$P/lib $P/a | grep -q ' J (95 %: '");
}

static void the_c_example_builds_static(void **state) {
  assert_runs(*state,
              "${CC:-cc} $S -o $P/b examples/meter_loop.c $(pkg-config --cflags greenmile-energy) "
              "$P/lib/libgreenmile-energy.a $(pkg-config --libs json-c) -lcsv -ldl -lm -lpthread && $P/b "
              "| grep -q '95 % interval'");
}

static void the_cpp_example_builds_and_meters(void **state) {
  if (run(*state, "command -v c++", NULL, 0) != 0) skip();
  assert_runs(*state,
              "c++ $S -Wall -Wextra -Werror -o $P/c examples/meter_loop.cpp $(pkg-config --cflags --libs "
              "greenmile-energy)");
  assert_runs(*state, "LD_LIBRARY_PATH=$P/lib $P/c | grep -q ' J (95 %: '");
}

static void every_header_stands_alone(void **state) {
  assert_runs(
      *state,
      "for h in $(cd $P/include/greenmile && ls energy/*.h); do printf '#include \"%s\"\\nint main(void) "
      "{ return 0; }\\n' $h | ${CC:-cc} -std=c11 -Wall -Werror -I$P/include/greenmile -xc -fsyntax-only - || "
      "exit 1; done");
}

/* Every function an installed header declares, and nothing else. */
static void the_shared_library_shows_what_its_headers_declare(void **state) {
  assert_runs(
      *state,
      "for so in $P/lib/libgreenmile-*.so; do n=$(basename $so .so); n=${n#lib}; "
      "nm -D --defined-only $so | awk '$2 != \"A\" {sub(/@.*/, \"\"); print $3}' | sort > $P/shown; "
      "printf '#include <%s.h>\n' $n | ${CC:-cc} -std=c11 -D_GNU_SOURCE -I$P/include/greenmile -E -P -xc - | "
      "tr '\\n' ' ' | tr ';}' '\\n\\n' | grep -v 'static inline' | grep -o '\\bgm_[a-z0-9_]*(' | tr -d '(' | "
      "sort -u > $P/declared; diff $P/shown $P/declared || exit 1; test $(wc -l < $P/shown) -gt 20 || exit "
      "1; done");
  assert_runs(*state,
              "readelf -d $P/lib/libgreenmile-energy.so | grep -q 'soname: .libgreenmile-energy.so.0'");
}

static void python_meters_without_a_compiler(void **state) {
  if (run(*state, "command -v python3 && test -z \"$S\"", NULL, 0) != 0)
    skip(); /* sanitizers want to be first */
  assert_runs(*state, "LD_LIBRARY_PATH=$P/lib python3 $P/share/doc/greenmile/examples/meter_loop.py FRA | "
                      "grep -q ' J (95 %: .* kg CO2e, .* % measured'");
  assert_runs(*state, "! LD_LIBRARY_PATH=$P/lib python3 examples/meter_loop.py ATL 2> $P/err && "
                      "grep -q 'ValueError\\|RuntimeError: .*ATL' $P/err");
}

static void fortran_meters_too(void **state) {
  if (run(*state, "command -v gfortran && test -z \"$S\"", NULL, 0) != 0) skip();
  assert_runs(
      *state,
      "cd $P && gfortran -o f share/doc/greenmile/examples/meter_loop.f90 -Llib -lgreenmile-energy && "
      "LD_LIBRARY_PATH=$P/lib ./f | grep -q ' J (95 %: '");
}

/* An older program knows less of a struct, and gets what it knows. */
static void a_program_of_an_older_header_goes_on_working(void **state) {
  assert_runs(
      *state,
      "printf '%s\\n' '#include <greenmile-energy.h>' 'int main(void) { struct { char known[offsetof("
      "gm_meter_config, priors)]; long guard; } old; gm_meter_config *c = (void *)&old; gm_meter *m; "
      "gm_error e; "
      "gm_reading a; struct { char known[offsetof(gm_energy, attributed_component_j)]; long guard; } few;' "
      "'old.guard = few.guard = 42; gm_meter_config_init(c, sizeof old.known); "
      "gm_meter_config_environment(c);' "
      "'if (gm_meter_open(&m, c, &e) != GM_OK) return 1; gm_meter_read(m, &a); gm_meter_between_sized(m, &a, "
      "&a, "
      "0, (void *)&few, sizeof few.known); gm_meter_close(m);' "
      "'c->size = 100000; if (gm_meter_open(&m, c, &e) == GM_OK) return 2;' "
      "'return old.guard == 42 && few.guard == 42 ? 0 : 3; }' > $P/old.c && "
      "${CC:-cc} $S -o $P/old $P/old.c $(pkg-config --cflags --libs greenmile-energy) && "
      "LD_LIBRARY_PATH=$P/lib $P/old");
}

static void no_writable_global_state(void **state) {
  if (run(*state, "test -n \"$S\"", NULL, 0) == 0) skip(); /* sanitizers have some */
  /* Writable sections hold nothing but what the C runtime's start files bring. */
  assert_runs(*state, "! objdump -t $P/lib/libgreenmile-energy.so | awk 'NF > 2 && ($(NF-2) == \".data\" || "
                      "$(NF-2) == \".bss\") "
                      "{print $NF}' | grep -v '^\\.\\|^completed\\|^__dso_handle$\\|^__TMC_END__$'");
}

static void the_program_and_its_manuals_are_there(void **state) {
  assert_runs(*state, "$P/bin/track --version");
  assert_runs(*state, "test -s $P/share/man/man1/track.1 && test -s $P/share/man/man3/greenmile-energy.3");
}

/* ---- the other library ------------------------------------------------------------ */

static void the_tuner_searches_from_c(void **state) {
  assert_runs(*state, "${CC:-cc} $S -Wall -Wextra -Wpedantic -Werror -std=c11 -o $P/m examples/minimise.c "
                      "$(pkg-config --cflags --libs greenmile-tuning) -lm");
  assert_runs(*state, "LD_LIBRARY_PATH=$P/lib $P/m | grep -q '^trial [0-9]*: 0[.]'");
}

static void the_tuner_links_from_cpp(void **state) {
  if (run(*state, "command -v c++", NULL, 0) != 0) skip();
  assert_runs(
      *state,
      "echo '#include <greenmile-tuning.h>' > $P/t.cpp && "
      "echo 'int main() { gm_tuner_free(gm_tuner_new()); }' >> $P/t.cpp && "
      "c++ $S -Wall -Wextra -Werror -o $P/t $P/t.cpp $(pkg-config --cflags --libs greenmile-tuning) && "
      "LD_LIBRARY_PATH=$P/lib $P/t");
}

static void a_resume_changes_nothing_for_the_tuner_in_python(void **state) {
  if (run(*state, "command -v python3 && test -z \"$S\"", NULL, 0) != 0)
    skip(); /* sanitizers want to be first */
  assert_runs(*state, "export LD_LIBRARY_PATH=$P/lib; cd $P && e=share/doc/greenmile/examples/minimise.py; "
                      "python3 $e > whole && python3 $e j.log 30 > half && python3 $e j.log 60 > rest && "
                      "cmp whole rest && grep -q ' of 60: ' rest");
  assert_runs(*state, "! LD_LIBRARY_PATH=$P/lib python3 examples/minimise.py /nowhere/j.log 2> $P/err && "
                      "grep -q 'nowhere/j.log: cannot open it' $P/err");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_c_example_builds_shared_and_meters),
      cmocka_unit_test(the_c_example_builds_static),
      cmocka_unit_test(the_cpp_example_builds_and_meters),
      cmocka_unit_test(every_header_stands_alone),
      cmocka_unit_test(the_shared_library_shows_what_its_headers_declare),
      cmocka_unit_test(python_meters_without_a_compiler),
      cmocka_unit_test(fortran_meters_too),
      cmocka_unit_test(a_program_of_an_older_header_goes_on_working),
      cmocka_unit_test(no_writable_global_state),
      cmocka_unit_test(the_program_and_its_manuals_are_there),
      cmocka_unit_test(the_tuner_searches_from_c),
      cmocka_unit_test(the_tuner_links_from_cpp),
      cmocka_unit_test(a_resume_changes_nothing_for_the_tuner_in_python),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
