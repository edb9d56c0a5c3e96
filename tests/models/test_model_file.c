/* SPDX-License-Identifier: MIT
 * Networks in files: round trip, PyTorch's own file and forecasts (tests/fixtures/torch_model.*),
 * tensors that are missing, extra or of another shape. */
#include "models/files/model_file.h"
#include "models/files/safetensors.h"
#include "tests/network_new.h"
#include "tests/scratch.h"
#include "tests/torch_fixture.h"

static const char pooled[] = "conv:3:3,relu,maxpool:2,conv:4:5,relu,flatten,dense:7,relu,dense:1";

/* ---- round trips --------------------------------------------------------------------------- */

static void a_saved_network_is_loaded_back_with_its_metadata(void **state) {
  const char *path = scratch_path(*state, "m.safetensors");
  gm_network saved = network_new(pooled, 2, 9, 1, NULL), loaded;
  struct json_object *metadata = json_object_new_object(), *read = NULL;
  gm_json_add_text(metadata, "time_steps", "3");
  assert_int_equal(gm_model_file_save(path, &saved, metadata, NULL), GM_OK);
  assert_int_equal(json_object_object_length(metadata), 1); /* the caller's is untouched */
  json_object_put(metadata);
  assert_int_equal(gm_model_file_load(path, NULL, (gm_shape){0}, &loaded, &read, NULL), GM_OK);
  assert_int_equal(loaded.architecture.n_parameters, saved.architecture.n_parameters);
  assert_memory_equal(loaded.parameters, saved.parameters,
                      saved.architecture.n_parameters * sizeof *saved.parameters);
  assert_string_equal(gm_json_text(read, "arch"), pooled);
  assert_string_equal(gm_json_text(read, "channels"), "2");
  assert_string_equal(gm_json_text(read, "length"), "9");
  assert_string_equal(gm_json_text(read, "time_steps"), "3");
  json_object_put(read);
  gm_network_free(&saved);
  gm_network_free(&loaded);
}

static void tensors_have_pytorch_s_names_and_shapes(void **state) {
  const char *path = scratch_path(*state, "m.safetensors");
  gm_network network = network_new("conv:3:5,flatten,dense:2", 2, 4, 1, NULL);
  gm_safetensors file;
  assert_int_equal(gm_model_file_save(path, &network, NULL, NULL), GM_OK);
  assert_int_equal(gm_safetensors_read(path, &file, NULL), GM_OK);
  static const gm_named_tensor expected[4] = {{.name = "0.weight", .rank = 3, .shape = {3, 2, 5}},
                                              {.name = "0.bias", .rank = 1, .shape = {3}},
                                              {.name = "2.weight", .rank = 2, .shape = {2, 12}},
                                              {.name = "2.bias", .rank = 1, .shape = {2}}};
  assert_int_equal(file.n, 4);
  for (size_t i = 0; i < 4; i++) {
    assert_string_equal(file.tensors[i].name, expected[i].name);
    assert_int_equal(file.tensors[i].rank, expected[i].rank);
    assert_memory_equal(file.tensors[i].shape, expected[i].shape, expected[i].rank * sizeof(size_t));
  }
  gm_safetensors_free(&file);
  gm_network_free(&network);
}

/* ---- PyTorch's file ---------------------------------------------------------------------------- */

static const char torch_file[] = "tests/fixtures/torch_model.safetensors";

static void a_file_of_pytorch_gives_its_forecasts(void **state) {
  (void)state;
  static const double tolerance = 1e-5; /* issue 3, point 3 */
  struct json_object *expected = fixture_read("tests/fixtures/torch_model.json"), *metadata;
  const gm_shape input = {fixture_count(expected, "channels"), fixture_count(expected, "length"), false};
  const size_t n = fixture_count(expected, "n");
  gm_network network;
  gm_workspace ws;
  gm_rng rng;
  const gm_compute compute = compute_with(1, NULL);
  assert_int_equal(
      gm_model_file_load(torch_file, fixture_text(expected, "arch"), input, &network, &metadata, NULL),
      GM_OK);
  assert_null(metadata);
  assert_int_equal(gm_workspace_create(&ws, &network.architecture, n, false, NULL), GM_OK);
  gm_rng_seed(&rng, (uint32_t)fixture_count(expected, "seed"));
  float *x = numpy_floats(&rng, n * gm_shape_size(input));
  memcpy(ws.input, x, n * gm_shape_size(input) * sizeof *x);
  size_t count;
  double *forecasts = fixture_numbers(expected, "forecasts", &count);
  assert_int_equal(count, n);
  assert_all_near(gm_network_forward(&compute, &network, &ws, n), forecasts, n, tolerance);
  free(x);
  free(forecasts);
  gm_workspace_free(&ws);
  gm_network_free(&network);
  json_object_put(expected);
}

static void a_file_without_metadata_needs_an_architecture(void **state) {
  (void)state;
  gm_network network;
  struct json_object *metadata;
  gm_error err;
  assert_int_equal(gm_model_file_load(torch_file, NULL, (gm_shape){2, 13, false}, &network, &metadata, &err),
                   GM_BAD_INPUT);
  assert_string_equal(err.message, "tests/fixtures/torch_model.safetensors: no architecture in its metadata, "
                                   "give it with --arch");
  assert_null(network.parameters);
}

/* ---- files that do not fit ------------------------------------------------------------------------ */

static void parameters_load_into_the_same_shapes_only(void **state) {
  static const struct {
    const char *spec, *wrong; /* network to load into; what is wrong with the file for it */
  } cases[] = {
      {"conv:3:3,flatten,dense:4,relu,dense:1", NULL},
      {"conv:3:3,flatten,dense:4,dense:1", "tensor \"3.weight\" of the architecture is missing"},
      {"conv:3:5,flatten,dense:4,relu,dense:1",
       "tensor \"0.weight\" is 3 × 1 × 3, the architecture needs 3 × 1 × 5"},
      {"flatten,dense:1", "tensor \"1.weight\" of the architecture is missing"},
      {"conv:3:3,flatten,dense:5,relu,dense:1",
       "tensor \"2.weight\" is 4 × 18, the architecture needs 5 × 18"},
      {"conv:3:3,flatten,dense:4,relu", "6 tensors, the architecture has 4"},
  };
  const char *path = scratch_path(*state, "m.safetensors");
  gm_network saved = network_new("conv:3:3,flatten,dense:4,relu,dense:1", 1, 6, 1, NULL);
  assert_int_equal(gm_model_file_save(path, &saved, NULL, NULL), GM_OK);
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    gm_network network = network_new(cases[i].spec, 1, 6, 2, NULL);
    gm_error err = {GM_OK, ""};
    char expected[GM_ERROR_LENGTH];
    const gm_status status = gm_model_file_load_parameters(path, &network, &err);
    if (cases[i].wrong == NULL) {
      assert_int_equal(status, GM_OK);
      assert_memory_equal(network.parameters, saved.parameters,
                          saved.architecture.n_parameters * sizeof *saved.parameters);
    } else {
      assert_int_equal(status, GM_BAD_INPUT);
      snprintf(expected, sizeof expected, "%s: %s", path, cases[i].wrong);
      assert_string_equal(err.message, expected);
    }
    gm_network_free(&network);
  }
  gm_network_free(&saved);
}

/* A file whose metadata say what the cases say; its one tensor is 0.weight, 1 × 1 × 3. */
static void hostile_metadata_are_refused(void **state) {
  static const struct {
    const char *arch, *channels, *length, *wrong;
  } cases[] = {
      {"conv:1:3", NULL, "4", "metadata \"channels\": expected a whole number of at least 1, got \"\""},
      {"conv:1:3", "0", "4", "metadata \"channels\": expected a whole number of at least 1, got \"0\""},
      {"conv:1:3", "1", "-4", "metadata \"length\": expected a whole number of at least 1, got \"-4\""},
      {"conv:1:3", "1", "4x", "metadata \"length\": expected a whole number of at least 1, got \"4x\""},
      {"conv:1:3", "9223372036854775807", "9223372036854775807", "values a sample"},
      {"conv:1:2", "1", "4", "expected an odd kernel size"},
      {"", "1", "4", "expected conv:C_OUT:K, relu, maxpool:K, flatten or dense:N"},
      {"conv:1:3", "1", "4", "3 values, its architecture has 4 parameters"},
      {"flatten,dense:10000,dense:100000", "1", "4", "3 values, its architecture has 1000150000 parameters"},
  };
  const char *path = scratch_path(*state, "m.safetensors");
  const float values[3] = {1, 2, 3};
  const gm_named_tensor tensor = {.name = "0.weight", .rank = 3, .shape = {1, 1, 3}, .data = values};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct json_object *metadata = json_object_new_object(), *read;
    gm_network network;
    gm_error err = {GM_OK, ""};
    gm_json_add_text(metadata, "arch", cases[i].arch);
    if (cases[i].channels != NULL) gm_json_add_text(metadata, "channels", cases[i].channels);
    gm_json_add_text(metadata, "length", cases[i].length);
    assert_int_equal(gm_safetensors_write(path, &tensor, 1, metadata, NULL), GM_OK);
    json_object_put(metadata);
    assert_int_equal(gm_model_file_load(path, NULL, (gm_shape){0}, &network, &read, &err), GM_BAD_INPUT);
    if (strstr(err.message, cases[i].wrong) == NULL)
      fail_msg("\"%s\", expected \"%s\"", err.message, cases[i].wrong);
    assert_ptr_equal(strstr(err.message, path), err.message);
    assert_null(network.parameters);
    assert_null(read);
  }
}

/* As a_flipped bit does that takes the checksum's name away; of another program's file none is asked. */
static void a_file_of_ours_must_be_sealed(void **state) {
  static const char tensor[] = "\"0.weight\":{\"dtype\":\"F32\",\"shape\":[1,1,3],\"data_offsets\":[0,12]},"
                               "\"0.bias\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[12,16]}";
  const char *path = scratch_path(*state, "m.safetensors");
  for (int ours = 0; ours < 2; ours++) {
    char header[512];
    const float values[4] = {1, 2, 3, 4};
    struct json_object *metadata;
    gm_network network;
    gm_error err = {GM_OK, ""};
    snprintf(header, sizeof header,
             "{\"__metadata__\":{\"arch\":\"conv:1:3\",\"channels\":\"1\",\"length\":\"4\"%s},%s}",
             ours ? ",\"written_by\":\"greenmile\"" : "", tensor);
    const uint64_t length = strlen(header);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    fwrite(&length, sizeof length, 1, f);
    fwrite(header, 1, (size_t)length, f);
    fwrite(values, 1, sizeof values, f);
    fclose(f);
    const gm_status status = gm_model_file_load(path, NULL, (gm_shape){0}, &network, &metadata, &err);
    assert_int_equal(status, ours ? GM_BAD_INPUT : GM_OK);
    if (ours) assert_non_null(strstr(err.message, "no checksum in it"));
    if (!ours) gm_network_free(&network);
    json_object_put(metadata);
  }
}

static void a_weight_that_is_no_number_is_refused(void **state) {
  const char *path = scratch_path(*state, "m.safetensors");
  static const float bad[] = {NAN, INFINITY, -INFINITY};
  for (size_t i = 0; i < 3; i++) {
    const float weights[3] = {1, bad[i], 3}, bias = 0;
    const gm_named_tensor tensors[2] = {{.name = "0.weight", .rank = 3, .shape = {1, 1, 3}, .data = weights},
                                        {.name = "0.bias", .rank = 1, .shape = {1}, .data = &bias}};
    struct json_object *metadata;
    gm_network network;
    gm_error err = {GM_OK, ""};
    assert_int_equal(gm_safetensors_write(path, tensors, 2, NULL, NULL), GM_OK);
    assert_int_equal(gm_model_file_load(path, "conv:1:3", (gm_shape){1, 4, false}, &network, &metadata, &err),
                     GM_BAD_INPUT);
    assert_non_null(strstr(err.message, "tensor \"0.weight\": value 2 of 3 is not a finite number"));
  }
}

static void a_damaged_file_leaves_no_network(void **state) {
  gm_network network;
  struct json_object *metadata;
  gm_error err;
  assert_int_equal(
      gm_model_file_load(scratch_path(*state, "absent"), NULL, (gm_shape){0}, &network, &metadata, &err),
      GM_BAD_INPUT);
  assert_null(network.parameters);
  assert_null(metadata);
}

int main(void) {
#define WITH_SCRATCH(test) cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)
  const struct CMUnitTest tests[] = {
      WITH_SCRATCH(a_saved_network_is_loaded_back_with_its_metadata),
      WITH_SCRATCH(tensors_have_pytorch_s_names_and_shapes),
      cmocka_unit_test(a_file_of_pytorch_gives_its_forecasts),
      cmocka_unit_test(a_file_without_metadata_needs_an_architecture),
      WITH_SCRATCH(parameters_load_into_the_same_shapes_only),
      WITH_SCRATCH(hostile_metadata_are_refused),
      WITH_SCRATCH(a_file_of_ours_must_be_sealed),
      WITH_SCRATCH(a_weight_that_is_no_number_is_refused),
      WITH_SCRATCH(a_damaged_file_leaves_no_network),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
