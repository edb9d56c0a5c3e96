/* SPDX-License-Identifier: MIT
 * Scenarios 1 to 17 of NVIDIA GPUs on a library built here from fake_nvml.c, whose answers the test
 * scripts. */
#include "tests/fake_machine.h"

#include <sys/wait.h>

static const double exact = 1e-9;

typedef struct {
  fake_machine f;
  char library[96], old_library[96];
} fixture;

static int set_up(void **state) {
  fixture *x = calloc(1, sizeof *x);
  char command[512], path[FAKE_PATH];
  if (x == NULL) return -1;
  fake_open(&x->f);
  for (int old = 0; old <= 1; old++) {
    char *library = old ? x->old_library : x->library;
    snprintf(library, sizeof x->library, "%s/%s.so", x->f.root, old ? "old" : "new");
    snprintf(command, sizeof command, "${CC:-cc} -shared -fPIC -D_GNU_SOURCE %s -o %s tests/fake_nvml.c",
             old ? "-DOLD_DRIVER" : "", library);
    if (system(command) != 0) return -1;
  }
  fake_print(path, "%s/script", x->f.root);
  setenv("FAKE_NVML_SCRIPT", path, 1);
  fake_print(path, "%s/calls", x->f.root);
  setenv("FAKE_NVML_CALLS", path, 1);
  *state = x;
  return 0;
}

static int tear_down(void **state) {
  fixture *x = *state;
  fake_close(&x->f);
  free(x);
  return 0;
}

/* ---- helpers --------------------------------------------------------------- */

static void script(fixture *x, const char *text) {
  fake_write(&x->f, "script", text);
}

/* How often the library was asked for `call` ("" = anything). */
static int calls(const fixture *x, const char *call) {
  char path[FAKE_PATH], line[64];
  int n = 0;
  fake_print(path, "%s/calls", x->f.root);
  FILE *file = fopen(path, "r");
  if (file == NULL) return 0;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    if (call[0] == '\0' || strcmp(line, call) == 0) n++;
  }
  fclose(file);
  return n;
}

static gm_meter *open_with(fixture *x, const char *library, const char *gpus) {
  gm_meter *meter;
  gm_error err = {0};
  gm_meter_config config = fake_config(&x->f);
  config.nvml_path = library;
  config.visible_gpus.cuda = gpus;
  assert_int_equal(gm_meter_open(&meter, &config, &err), GM_OK);
  return meter;
}

static size_t n_gpu_zones(const gm_meter *meter) {
  size_t n = 0;
  for (size_t i = 0; i < gm_meter_n_zones(meter); i++)
    n += strcmp(gm_meter_zone_source(meter, i), "NVML") == 0;
  return n;
}

#define TWO_GPUS                                                                                             \
  "count 2\nname0 Tesla V100\nuuid0 GPU-aaaa1111-0000\nenergy0 1000\nname1 Tesla V100\nuuid1 "               \
  "GPU-bbbb2222-0000\n"                                                                                      \
  "energy1 5000\n"

/* ---- scenarios --------------------------------------------------------------- */

static void s1_without_the_library_there_is_no_gpu_and_no_lack(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  gm_meter *meter = open_with(x, "/nonexistent/libnvidia-ml.so.1", NULL);
  assert_true(fake_has(fake_report(meter, "NVML").reasons, GM_NVML_MISSING));
  gm_meter_read(meter, &a);
  fake_advance(&x->f, 5);
  gm_meter_read(meter, &b);
  const gm_energy e = fake_between(meter, &a, &b);
  assert_true(isnan(e.component_j[GM_GPU]));
  assert_false(fake_has(e.reasons, GM_NVML_MISSING));
  gm_meter_close(meter);
}

static void s2_an_old_driver_is_metered_by_its_power(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  script(x, "count 1\nname0 Tesla P100\nuuid0 GPU-a\nenergy0 7\npower0 150000\n");
  gm_meter *meter = open_with(x, x->old_library, NULL);
  gm_meter_read(meter, &a);
  fake_advance(&x->f, 4);
  gm_meter_read(meter, &b);
  assert_near(fake_between(meter, &a, &b).component_j[GM_GPU], 600, 1e-6);
  gm_meter_close(meter);
}

static void s3_a_library_that_does_not_start_is_said_with_its_code(void **state) {
  fixture *x = *state;
  static const struct {
    const char *script, *sentence;
  } cases[] = {
      {"init 9\n", "driver is not loaded"}, {"init 18\n", "versions differ"}, {"init 4\n", "no permission"}};
  const int shutdowns = calls(x, "shutdown");
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_reading a, b;
    script(x, cases[i].script);
    gm_meter *meter = open_with(x, x->library, NULL);
    const gm_source_report report = fake_report(meter, "NVML");
    assert_int_equal(report.reasons, GM_REASON_BIT(GM_NVML_INIT));
    assert_non_null(strstr(report.note, cases[i].sentence));
    gm_meter_read(meter, &a);
    fake_advance(&x->f, 5);
    gm_meter_read(meter, &b);
    assert_true(fake_has(fake_between(meter, &a, &b).reasons, GM_NVML_INIT));
    gm_meter_close(meter);
  }
  assert_int_equal(calls(x, "shutdown"), shutdowns); /* what did not start is not shut down */
}

static void s4_no_devices_are_no_zones(void **state) {
  fixture *x = *state;
  const int starts = calls(x, "init"), shutdowns = calls(x, "shutdown");
  script(x, "count 0\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  assert_int_equal(n_gpu_zones(meter), 0);
  gm_meter_close(meter);
  assert_int_equal(calls(x, "init") - starts, 1);
  assert_int_equal(calls(x, "shutdown") - shutdowns, 1);
}

/* 0xffffffff is no number of cards: nobody asks for four thousand million of them. */
static void a_number_of_devices_that_is_none_is_none(void **state) {
  fixture *x = *state;
  script(x, "count 4294967295\nname0 A\nuuid0 GPU-a\npower0 100000\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  assert_int_equal(n_gpu_zones(meter), 0);
  gm_meter_close(meter);
}

static void a_card_listed_twice_counts_once(void **state) {
  fixture *x = *state;
  script(x, "count 2\nname0 A\nuuid0 GPU-a\npower0 100000\nname1 A\nuuid1 GPU-a\npower1 100000\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  assert_int_equal(n_gpu_zones(meter), 1);
  gm_meter_close(meter);
}

/* What the user names is the same list, but has to be here. `n` −1: it is refused with its name. */
static void assert_chosen(fixture *x, const char *gpus, int n) {
  gm_meter *meter = NULL;
  gm_error err = {0};
  gm_meter_config config = fake_config(&x->f);
  config.nvml_path = x->library;
  config.gpus = gpus;
  const gm_status status = gm_meter_open(&meter, &config, &err);
  if (n < 0) {
    if (status != GM_BAD_INPUT || strstr(err.message, "is not here: 2 GPUs") == NULL)
      fail_msg("%s: %s", gpus, err.message);
  } else {
    assert_int_equal(status, GM_OK);
    assert_int_equal(n_gpu_zones(meter), n);
  }
  gm_meter_close(meter);
}

static void s5_devices_are_chosen_by_index_uuid_and_slice(void **state) {
  fixture *x = *state;
  static const struct {
    const char *gpus;
    size_t n;
    double energy_j; /* 1 J in device 0, 10 J in device 1 */
    bool odd;
  } cases[] = {{NULL, 2, 11, false},         {"0", 1, 1, false},
               {"1", 1, 10, false},          {"1,0", 2, 11, false},
               {"0,0", 1, 1, false},         {"", 0, NAN, false},
               {"-1", 0, NAN, false},        {"0,-1,1", 1, 1, false},
               {"7", 0, NAN, true},          {"1,7", 1, 10, true},
               {"GPU-bb", 1, 10, false},     {"GPU-aaaa1111-0000", 1, 1, false},
               {"GPU-cc", 0, NAN, true},     {"GPU-", 0, NAN, true},
               {"MIG-1abc", 1, 10, false},   {"MIG-GPU-bbbb2222-0000/1/0", 1, 10, false},
               {"MIG-x", 0, NAN, true},      {"0x1", 0, NAN, true},
               {"[0, 1]", 2, 11, false},     {"[1]", 1, 10, false},
               {"['GPU-bb']", 1, 10, false}, {"none", 0, NAN, false},
               {"[0, 2]", 1, 1, true}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_reading a, b;
    script(x, TWO_GPUS);
    gm_meter *meter = open_with(x, x->library, cases[i].gpus);
    if (n_gpu_zones(meter) != cases[i].n) fail_msg("%s: %zu devices", cases[i].gpus, n_gpu_zones(meter));
    assert_int_equal(fake_has(fake_report(meter, "NVML").reasons, GM_GPU_UNKNOWN), cases[i].odd);
    assert_chosen(x, cases[i].gpus, cases[i].odd ? -1 : (int)cases[i].n);
    gm_meter_read(meter, &a);
    script(x, TWO_GPUS "energy0 2000\nenergy1 15000\n");
    fake_advance(&x->f, 3);
    gm_meter_read(meter, &b);
    const double gpu_j = fake_between(meter, &a, &b).component_j[GM_GPU];
    if (cases[i].n > 0)
      assert_near(gpu_j, cases[i].energy_j, exact);
    else
      assert_true(isnan(gpu_j));
    gm_meter_close(meter);
  }
}

static void s6_a_window_shorter_than_the_tick_is_an_upper_bound_not_zero(void **state) {
  fixture *x = *state;
  gm_reading a, b, c;
  script(x, TWO_GPUS);
  gm_meter *meter = open_with(x, x->library, "0");
  gm_meter_read(meter, &a);
  fake_advance(&x->f, 0.05); /* the counter may take 0.1 s */
  gm_meter_read(meter, &b);
  const gm_energy e = fake_between(meter, &a, &b);
  assert_true(fake_has(e.reasons, GM_BELOW_RESOLUTION));
  assert_true(e.high_j > 0.05 * 300); /* whatever a board can draw */
  script(x, TWO_GPUS "energy0 11000\n");
  fake_advance(&x->f, 0.05);
  gm_meter_read(meter, &c);
  assert_near(fake_between(meter, &a, &c).component_j[GM_GPU], 10,
              exact); /* nothing is lost between windows */
  gm_meter_close(meter);
}

/* A clock that goes on with every look, and a device that shows what `power_w` used, every `tick_s`. */
typedef struct {
  fixture *x;
  double step_s, tick_s, power_w, ticks;
} ticking;

static int64_t ticking_now_ns(void *context, clockid_t id) {
  ticking *t = context;
  if (id == CLOCK_MONOTONIC) {
    fake_advance(&t->x->f, t->step_s);
    const double ticks = floor((double)t->x->f.time_ns * 1e-9 / t->tick_s);
    char text[128];
    snprintf(text, sizeof text, "count 1\nname0 V100\nuuid0 GPU-a\nenergy0 %.0f\n",
             ticks * t->tick_s * t->power_w * 1e3);
    if (ticks != t->ticks) script(t->x, text);
    t->ticks = ticks;
  }
  return fake_now_ns(&t->x->f, id);
}

static void s6_ticks_of_10_and_100_ms_are_found_and_bound_the_edges(void **state) {
  fixture *x = *state;
  const double ticks_s[] = {0.01, 0.1};
  for (size_t i = 0; i < sizeof ticks_s / sizeof *ticks_s; i++) {
    const double tick_s = ticks_s[i];
    ticking t = {.x = x, .step_s = tick_s / 50, .tick_s = tick_s, .power_w = 200};
    gm_meter *meter;
    gm_reading a, b;
    gm_meter_config config = fake_config(&x->f);
    config.nvml_path = x->library;
    config.clock = (gm_clock){.now_ns = ticking_now_ns, .context = &t};
    config.tick_probe_s = 0.5;
    assert_int_equal(gm_meter_open(&meter, &config, NULL), GM_OK);
    assert_near(gm_meter_zone(meter, 0)->tick_s, tick_s, 8 * t.step_s); /* two or three looks per reading */
    for (int phase = 0; phase < 10; phase++) {
      gm_meter_read(meter, &a);
      fake_advance(&x->f, tick_s * (10 + phase / 10.0));
      gm_meter_read(meter, &b);
      const double truth = 200 * (double)(b.time_ns - a.time_ns) * 1e-9;
      assert_true(fabs(fake_between(meter, &a, &b).component_j[GM_GPU] - truth) <= 2 * tick_s * 200);
      assert_false(fake_has(fake_between(meter, &a, &b).reasons, GM_BELOW_RESOLUTION));
    }
    gm_meter_read_aligned(meter, &a);
    assert_true(fmod((double)a.time_ns * 1e-9, tick_s) <= 8 * t.step_s);
    gm_meter_close(meter);
  }
}

/* Meters a load P(t) by polled power; checks that the interval holds the true integral. */
static gm_energy poll_load(fixture *x, double (*power_w)(double t), double step_s, int steps,
                           const char *key) {
  gm_reading a, b;
  char text[256];
  double t = 0;
  snprintf(text, sizeof text, "count 1\nname0 T4\nuuid0 GPU-a\nlimit0 400000\n%s0 %d\n", key,
           (int)(power_w(0) * 1e3));
  script(x, text);
  gm_meter *meter = open_with(x, x->library, NULL);
  gm_meter_read(meter, &a);
  for (int i = 0; i < steps; i++) {
    t += step_s;
    fake_advance(&x->f, step_s);
    snprintf(text, sizeof text, "count 1\nname0 T4\nuuid0 GPU-a\nlimit0 400000\n%s0 %d\n", key,
             (int)(power_w(t) * 1e3));
    script(x, text);
    gm_meter_read(meter, &b);
  }
  const gm_energy e = fake_between(meter, &a, &b);
  gm_meter_close(meter);
  return e;
}

static double ramp_w(double t) {
  return 100 + 20 * t;
}
static double gentle_ramp_w(double t) {
  return 100 + 5 * t;
}
static double square_w(double t) {
  return fmod(t, 4) < 2 ? 300 : 50;
}
/* The mean over the second before of a step from 50 to 300 W at t = 5. */
static double filtered_step_w(double t) {
  return t < 5 ? 50 : t < 6 ? 50 + 250 * (t - 5) : 300;
}
/* 100 and 300 W in turn for 25 ms each, seen only when sampled: readings a second apart beat with it. */
static double fast_square_w(double t) {
  return fmod(t * 1.003, 0.05) < 0.025 ? 100 : 300;
}

static void s7_without_the_counter_power_is_integrated(void **state) {
  const gm_energy ramp = poll_load(*state, ramp_w, 0.5, 20, "instant");
  assert_near(ramp.component_j[GM_GPU], 100 * 10 + 20 * 50, 1e-6); /* a trapezoid is exact on a ramp */
  const gm_energy square = poll_load(*state, square_w, 0.5, 32, "instant");
  const double truth = 16 * 175;
  const double others = square.energy_j - square.component_j[GM_GPU];
  assert_true(square.low_j < truth && truth < square.high_j - others);
  assert_near(square.component_j[GM_GPU], truth,
              0.5 * 250 * 0.5 * 8); /* half a step at each of eight edges */
}

static void s8_a_power_averaged_over_a_second_is_within_its_bound(void **state) {
  const gm_energy e = poll_load(*state, filtered_step_w, 1, 10, "power");
  const double truth = 5 * 50 + 5 * 300;
  const double others_high = e.high_j, low = e.low_j;
  assert_true(low < truth && truth < others_high);
  assert_true(e.component_j[GM_GPU] < truth); /* the filter is late: a bias */
}

static void s9_samples_that_beat_with_the_load_widen_the_interval(void **state) {
  const gm_energy beat = poll_load(*state, fast_square_w, 1, 60, "power");
  const double truth = 60 * 200;
  assert_true(beat.low_j < truth && truth < beat.high_j);
  const gm_energy calm = poll_load(*state, gentle_ramp_w, 1, 60, "power");
  assert_true((beat.high_j - beat.low_j) / beat.component_j[GM_GPU] >
              (calm.high_j - calm.low_j) / calm.component_j[GM_GPU]);
}

static void s10_drops_losses_and_hiccups_are_said_and_never_negative(void **state) {
  fixture *x = *state;
  static const struct {
    const char *then, *last;
    gm_reason reason;
    double energy_j;
  } cases[] = {
      {"energy0 500\n", "energy0 1500\n", GM_RESET, 1},      /* driver reload: 1 J since */
      {"energy0 !15\n", "energy0 9000\n", GM_GPU_LOST, NAN}, /* lost stays lost, and is no card that drew 0 */
      {"energy0 !999\n", "energy0 4000\n", GM_READ_ERROR, 3}}; /* one hole, nothing lost */
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_reading a, b, c;
    char text[128];
    script(x, "count 1\nname0 V100\nuuid0 GPU-a\nenergy0 1000\n");
    gm_meter *meter = open_with(x, x->library, NULL);
    gm_meter_read(meter, &a);
    for (int step = 0; step < 2; step++) {
      snprintf(text, sizeof text, "count 1\nname0 V100\nuuid0 GPU-a\n%s",
               step == 0 ? cases[i].then : cases[i].last);
      script(x, text);
      fake_advance(&x->f, 5);
      gm_meter_read(meter, step == 0 ? &b : &c);
    }
    const gm_energy e = fake_between(meter, &a, &c);
    assert_true(fake_has(e.reasons, cases[i].reason));
    if (isnan(cases[i].energy_j))
      assert_true(isnan(e.component_j[GM_GPU]));
    else
      assert_near(e.component_j[GM_GPU], cases[i].energy_j, exact);
    assert_true(fake_between(meter, &a, &b).energy_j >= 0);
    gm_meter_close(meter);
  }
}

static void s11_a_slice_is_billed_as_its_board_and_labelled(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  script(x, "count 1\nname0 A30\nuuid0 GPU-a\nenergy0 0\nmig0 1\n");
  gm_meter *meter = open_with(x, x->library, "MIG-0slice,MIG-0other");
  assert_int_equal(n_gpu_zones(meter), 1);
  gm_meter_read(meter, &a);
  script(x, "count 1\nname0 A30\nuuid0 GPU-a\nenergy0 60000\nmig0 1\n");
  fake_advance(&x->f, 5);
  gm_meter_read(meter, &b);
  const gm_energy e = fake_between(meter, &a, &b);
  assert_near(e.component_j[GM_GPU], 60, exact);
  assert_true(fake_has(e.reasons, GM_MIG));
  gm_meter_close(meter);
}

static void s12_module_power_replaces_the_components_it_contains(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  fake_zone(&x->f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  script(x, "count 1\nname0 GH200\nuuid0 GPU-a\ninstant0 !3\nmodule0 500000\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  gm_meter_read(meter, &a);
  fake_energy(&x->f, "intel-rapl:0", 100000000);
  fake_advance(&x->f, 2);
  gm_meter_read(meter, &b);
  const gm_energy e = fake_between(meter, &a, &b);
  assert_near(e.energy_j, 1000, 1e-6);
  assert_int_equal(e.scope, GM_SCOPE_PLATFORM);
  assert_true(isnan(e.component_j[GM_CPU]));
  gm_meter_close(meter);
  fake_zone_remove(&x->f, "intel-rapl:0");
}

static void s13_other_processes_on_the_gpu_are_said_own_ones_are_not(void **state) {
  fixture *x = *state;
  for (int others = 0; others <= 1; others++) {
    char text[160];
    snprintf(text, sizeof text, "count 1\nname0 V100\nuuid0 GPU-a\nenergy0 1\npids0 %ld%s\n", (long)getpid(),
             others ? ",1" : "");
    script(x, text);
    gm_meter *meter = open_with(x, x->library, NULL);
    assert_int_equal(fake_has(fake_report(meter, "NVML").reasons, GM_GPU_SHARED), others == 1);
    gm_meter_close(meter);
  }
}

static void s14_odd_names_are_made_printable(void **state) {
  fixture *x = *state;
  static const char *const names[] = {
      "bad \xff\xfe\x01 name", "a name that is much longer than any buffer an old program would have for it, "
                               "and then some more of it"};
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    char text[512];
    snprintf(text, sizeof text, "count 1\nname0 %s\nuuid0 GPU-a\nenergy0 1\n", names[i]);
    script(x, text);
    gm_meter *meter = open_with(x, x->library, NULL);
    assert_int_equal(n_gpu_zones(meter), 1);
    for (const char *p = gm_meter_zone(meter, 0)->name; *p != '\0'; p++) assert_true(*p >= ' ' && *p <= '~');
    gm_meter_close(meter);
  }
}

static void s15_a_sample_is_one_cheap_call_per_device(void **state) {
  fixture *x = *state;
  gm_reading r;
  script(x, TWO_GPUS);
  gm_meter *meter = open_with(x, x->library, NULL);
  const int before = calls(x, ""), energy_before = calls(x, "energy");
  for (int i = 0; i < 10; i++) gm_meter_read(meter, &r);
  assert_int_equal(calls(x, "energy") - energy_before, 20);
  assert_int_equal(calls(x, "") - before, 20);
  gm_meter_close(meter);
}

static void s16_a_slow_library_does_not_move_the_cpus_figures(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  fake_zone(&x->f, "intel-rapl:0", "package-0", 0, INTEL_RANGE_UJ);
  script(x, TWO_GPUS "slow_ms 50\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  assert_string_equal(gm_meter_zone_source(meter, 0), "powercap"); /* read before any GPU is asked */
  gm_meter_read(meter, &a);
  fake_energy(&x->f, "intel-rapl:0", 42000000);
  fake_advance(&x->f, 2);
  gm_meter_read(meter, &b);
  assert_near(fake_between(meter, &a, &b).component_j[GM_CPU], 42, exact);
  gm_meter_close(meter);
  fake_zone_remove(&x->f, "intel-rapl:0");
}

static void s17_the_library_is_shut_down_once_and_never_by_a_child(void **state) {
  fixture *x = *state;
  script(x, TWO_GPUS);
  const int before = calls(x, "shutdown");
  gm_meter *meter = open_with(x, x->library, NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    gm_meter_close(meter);
    _exit(0);
  }
  int status;
  assert_int_equal(waitpid(pid, &status, 0), pid);
  assert_int_equal(calls(x, "shutdown") - before, 0);
  gm_meter_close(meter);
  assert_int_equal(calls(x, "shutdown") - before, 1);
}

static void a_device_without_any_reading_is_said_not_zero(void **state) {
  fixture *x = *state;
  script(x, "count 1\nname0 vGPU\nuuid0 GPU-a\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  assert_int_equal(n_gpu_zones(meter), 0);
  assert_true(fake_has(fake_report(meter, "NVML").reasons, GM_NVML_UNSUPPORTED));
  gm_meter_close(meter);
}

/* The counter stands still while the card draws 300 W: its power counts, and it is said which. */
static void a_frozen_counter_gives_way_to_the_power(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  script(x, "count 1\nname0 NVIDIA A100\nuuid0 GPU-aaa\nenergy0 5000\npower0 300000\ninstant0 300000\nlimit0 "
            "400000\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  gm_meter_read(meter, &a);
  for (int i = 0; i < 3; i++) {
    fake_advance(&x->f, 1);
    gm_meter_read(meter, &b);
  }
  const gm_energy e = fake_between(meter, &a, &b);
  assert_near(e.component_j[GM_GPU], 900, 1e-6);
  assert_true(e.measured && e.measured_j > 899);
  gm_meter_close(meter);
}

static void a_card_that_never_moves_is_not_a_card_that_draws_nothing(void **state) {
  fixture *x = *state;
  gm_reading a, b;
  script(x, "count 1\nname0 NVIDIA A100\nuuid0 GPU-aaa\nenergy0 5000\n");
  gm_meter *meter = open_with(x, x->library, NULL);
  gm_meter_read(meter, &a);
  fake_advance(&x->f, 3);
  gm_meter_read(meter, &b);
  const gm_energy e = fake_between(meter, &a, &b);
  assert_true(isnan(e.component_j[GM_GPU]));
  assert_true(fake_has(e.reasons, GM_FROZEN));
  gm_meter_close(meter);
}

static void a_power_beyond_twice_the_limit_is_not_counted(void **state) {
  fixture *x = *state;
  static const char *const odd[] = {"power0 4294967295\n", "power0 65535000\n", "power0 900000\n"};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    gm_reading a, b;
    char text[128];
    script(x, "count 1\nname0 P100\nuuid0 GPU-a\nlimit0 300000\npower0 100000\n");
    gm_meter *meter = open_with(x, x->library, NULL);
    gm_meter_read(meter, &a);
    for (int second = 0; second < 4; second++) {
      snprintf(text, sizeof text, "count 1\nname0 P100\nuuid0 GPU-a\nlimit0 300000\n%s",
               second == 1 ? odd[i] : "power0 100000\n");
      script(x, text);
      fake_advance(&x->f, 1);
      gm_meter_read(meter, &b);
    }
    const gm_energy e = fake_between(meter, &a, &b);
    assert_near(e.component_j[GM_GPU], 400, 1e-6);
    assert_true(fake_has(e.reasons, GM_IMPLAUSIBLE));
    gm_meter_close(meter);
  }
}

static void a_counter_that_leaps_is_not_believed(void **state) {
  fixture *x = *state;
  static const char *const odd[] = {"energy0 18446744073709551615\n", "energy0 4294967295\n"};
  for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
    gm_reading a, b;
    char text[96];
    script(x, "count 1\nname0 V100\nuuid0 GPU-a\nenergy0 1000\n");
    gm_meter *meter = open_with(x, x->library, NULL);
    gm_meter_read(meter, &a);
    snprintf(text, sizeof text, "count 1\nname0 V100\nuuid0 GPU-a\n%s", odd[i]);
    script(x, text);
    fake_advance(&x->f, 1);
    gm_meter_read(meter, &b);
    script(x, "count 1\nname0 V100\nuuid0 GPU-a\nenergy0 201000\n");
    fake_advance(&x->f, 1);
    gm_meter_read(meter, &b);
    assert_near(fake_between(meter, &a, &b).component_j[GM_GPU], 200, exact);
    assert_true(fake_has(fake_between(meter, &a, &b).reasons, GM_IMPLAUSIBLE));
    gm_meter_close(meter);
  }
}

static void the_user_cannot_name_a_gpu_where_there_is_none(void **state) {
  fixture *x = *state;
  gm_meter *meter = NULL;
  gm_error err;
  gm_meter_config config = fake_config(&x->f); /* no library */
  config.gpus = "0";
  assert_int_equal(gm_meter_open(&meter, &config, &err), GM_BAD_INPUT);
  assert_non_null(strstr(err.message, "gpus: \"0\" is not here: 0 GPUs"));
  config.gpus = NULL;
  config.visible_gpus.cuda = "0"; /* of the environment it is no business of ours */
  assert_int_equal(gm_meter_open(&meter, &config, &err), GM_OK);
  gm_meter_close(meter);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(s1_without_the_library_there_is_no_gpu_and_no_lack),
      cmocka_unit_test(s2_an_old_driver_is_metered_by_its_power),
      cmocka_unit_test(s3_a_library_that_does_not_start_is_said_with_its_code),
      cmocka_unit_test(s4_no_devices_are_no_zones),
      cmocka_unit_test(a_number_of_devices_that_is_none_is_none),
      cmocka_unit_test(a_card_listed_twice_counts_once),
      cmocka_unit_test(s5_devices_are_chosen_by_index_uuid_and_slice),
      cmocka_unit_test(s6_a_window_shorter_than_the_tick_is_an_upper_bound_not_zero),
      cmocka_unit_test(s6_ticks_of_10_and_100_ms_are_found_and_bound_the_edges),
      cmocka_unit_test(s7_without_the_counter_power_is_integrated),
      cmocka_unit_test(s8_a_power_averaged_over_a_second_is_within_its_bound),
      cmocka_unit_test(s9_samples_that_beat_with_the_load_widen_the_interval),
      cmocka_unit_test(s10_drops_losses_and_hiccups_are_said_and_never_negative),
      cmocka_unit_test(s11_a_slice_is_billed_as_its_board_and_labelled),
      cmocka_unit_test(s12_module_power_replaces_the_components_it_contains),
      cmocka_unit_test(s13_other_processes_on_the_gpu_are_said_own_ones_are_not),
      cmocka_unit_test(s14_odd_names_are_made_printable),
      cmocka_unit_test(s15_a_sample_is_one_cheap_call_per_device),
      cmocka_unit_test(s16_a_slow_library_does_not_move_the_cpus_figures),
      cmocka_unit_test(s17_the_library_is_shut_down_once_and_never_by_a_child),
      cmocka_unit_test(a_device_without_any_reading_is_said_not_zero),
      cmocka_unit_test(a_frozen_counter_gives_way_to_the_power),
      cmocka_unit_test(a_card_that_never_moves_is_not_a_card_that_draws_nothing),
      cmocka_unit_test(a_power_beyond_twice_the_limit_is_not_counted),
      cmocka_unit_test(a_counter_that_leaps_is_not_believed),
      cmocka_unit_test(the_user_cannot_name_a_gpu_where_there_is_none),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
