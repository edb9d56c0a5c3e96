/* SPDX-License-Identifier: MIT
 * Where the group goes: below the caller's own, also where the mount shows a part of the hierarchy only, as
 * in containers. On made-up /proc files; no group is created, since a plain directory has no cpu.stat. */
#include "energy/process/cgroup.h"
#include "tests/fake_machine.h"

/* Opens on a mount at root/cg that shows `shown`, as a process in the group `own`. */
static void open_in(fake_machine *f, const char *shown, const char *own, char *why, size_t size) {
  char text[FAKE_PATH];
  gm_cgroup group;
  fake_print(text, "30 23 0:26 %s %s/cg rw,nosuid shared:4 - cgroup2 cgroup2 rw\n", shown, f->root);
  fake_write(f, "proc/self/mountinfo", text);
  fake_print(text, "0::%s\n", own);
  fake_write(f, "proc/self/cgroup", text);
  fake_write(f, "cg/job/here", "");
  assert_false(gm_cgroup_open(&group, f->proc, why, size));
}

static void it_goes_below_the_own_group(void **state) {
  fake_machine *f = *state;
  char why[FAKE_PATH], expected[FAKE_PATH];
  fake_print(expected, "%s/cg//job/greenmile-%ld has no usable cpu.stat", f->root, (long)getpid());
  open_in(f, "/", "/job", why, sizeof why);
  assert_string_equal(why, expected);
}

static void what_the_mount_hides_is_left_out_of_the_path(void **state) {
  fake_machine *f = *state;
  char why[FAKE_PATH], expected[FAKE_PATH];
  fake_print(expected, "%s/cg//job/greenmile-%ld has no usable cpu.stat", f->root, (long)getpid());
  open_in(f, "/machine.slice/container-1", "/machine.slice/container-1/job", why, sizeof why);
  assert_string_equal(why, expected);
}

static void a_group_outside_the_mount_is_none(void **state) {
  char why[FAKE_PATH];
  open_in(*state, "/machine.slice/container-1", "/user.slice", why, sizeof why);
  assert_string_equal(why, "no cgroup version 2 file system is mounted");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(it_goes_below_the_own_group, fake_setup, fake_teardown),
      cmocka_unit_test_setup_teardown(what_the_mount_hides_is_left_out_of_the_path, fake_setup,
                                      fake_teardown),
      cmocka_unit_test_setup_teardown(a_group_outside_the_mount_is_none, fake_setup, fake_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
