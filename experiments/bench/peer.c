/* SPDX-License-Identifier: MIT
 * Starting the Python process and talking to it. */
#include "experiments/bench/peer.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- lines ---------------------------------------------------------------------- */

static gm_status receive(gm_bench_peer *peer, struct json_object **reply, gm_error *err) {
  char *line = NULL;
  size_t size = 0;
  const ssize_t length = getline(&line, &size, peer->from);
  *reply = length > 0 ? json_tokener_parse(line) : NULL;
  free(line);
  if (length <= 0) return gm_fail(err, GM_FAILED, "%s: the process has ended", GM_BENCH_PEER_SCRIPT);
  if (*reply == NULL) return gm_fail(err, GM_FAILED, "%s: its reply is no JSON", GM_BENCH_PEER_SCRIPT);
  const char *sentence = gm_json_text(*reply, "error");
  if (sentence == NULL) return GM_OK;
  gm_fail(err, GM_FAILED, "%s: %s", GM_BENCH_PEER_SCRIPT, sentence);
  json_object_put(*reply);
  *reply = NULL;
  return GM_FAILED;
}

gm_status gm_bench_peer_ask(gm_bench_peer *peer, struct json_object *request, struct json_object **reply,
                            gm_error *err) {
  fprintf(peer->to, "%s\n", json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN));
  fflush(peer->to); /* a peer that has ended shows when its reply is read */
  json_object_put(request);
  return receive(peer, reply, err);
}

gm_status gm_bench_peer_run(gm_bench_peer *peer, int64_t id, int64_t warm, int64_t calls, int threads,
                            double *seconds, gm_error *err) {
  struct json_object *request = json_object_new_object(), *reply;
  gm_json_add_text(request, "op", "run");
  gm_json_add_integer(request, "id", id);
  gm_json_add_integer(request, "warm", warm);
  gm_json_add_integer(request, "calls", calls);
  gm_json_add_integer(request, "threads", threads);
  const gm_status status = gm_bench_peer_ask(peer, request, &reply, err);
  if (status != GM_OK) return status;
  *seconds = gm_json_number(reply, "seconds");
  json_object_put(reply);
  return *seconds > 0 ? GM_OK : gm_fail(err, GM_FAILED, "%s: it gave no time", GM_BENCH_PEER_SCRIPT);
}

/* ---- life cycle ------------------------------------------------------------------- */

/* The process that holds the other ends of both pipes. Its first argument is how Python finds its packages.
 */
static gm_status spawn(gm_bench_peer *peer, const char *python, int to[2], int from[2], gm_error *err) {
  char script[] = GM_BENCH_PEER_SCRIPT, *interpreter = strdup(python);
  char *const arguments[] = {interpreter, script, NULL};
  if (interpreter == NULL) return gm_fail_memory(err, "the peer's command line");
  posix_spawn_file_actions_t actions;
  int failed = posix_spawn_file_actions_init(&actions);
  if (failed == 0) failed = posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  if (failed == 0) failed = posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  if (failed == 0) failed = posix_spawnp(&peer->pid, python, &actions, NULL, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  free(interpreter);
  return failed == 0 ? GM_OK : gm_fail(err, GM_BAD_INPUT, "cannot start %s: %s", python, strerror(failed));
}

gm_status gm_bench_peer_start(gm_bench_peer *peer, const char *python, gm_error *err) {
  int to[2] = {-1, -1}, from[2] = {-1, -1};
  *peer = (gm_bench_peer){0};
  if (access(GM_BENCH_PEER_SCRIPT, R_OK) != 0)
    return gm_fail(err, GM_BAD_INPUT, "%s: %s; expected the root of the tree as current directory",
                   GM_BENCH_PEER_SCRIPT, strerror(errno));
  gm_status status = GM_OK;
  if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
    status = gm_fail(err, GM_IO_ERROR, "cannot make a pipe: %s", strerror(errno));
  if (status == GM_OK) status = spawn(peer, python, to, from, err);
  if (to[0] >= 0) close(to[0]);
  if (from[1] >= 0) close(from[1]);
  if (to[1] >= 0) peer->to = fdopen(to[1], "w");
  if (from[0] >= 0) peer->from = fdopen(from[0], "r");
  if (status == GM_OK && (peer->to == NULL || peer->from == NULL))
    status = gm_fail_memory(err, "the peer's pipes");
  if (status == GM_OK) status = receive(peer, &peer->hello, err);
  if (status != GM_OK) gm_bench_peer_stop(peer);
  return status;
}

void gm_bench_peer_stop(gm_bench_peer *peer) {
  if (peer->to != NULL) fclose(peer->to); /* the end of its input ends it */
  if (peer->pid > 0) waitpid(peer->pid, NULL, 0);
  if (peer->from != NULL) fclose(peer->from);
  json_object_put(peer->hello);
  *peer = (gm_bench_peer){0};
}
