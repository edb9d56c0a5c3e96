/* SPDX-License-Identifier: MIT
 * A web server for one test, in a child process: it serves one body under several paths, each with a
 * fault of its own. One request per connection.
 *
 *   /good.nc      whole, with Content-Length, ETag and ranges
 *   /slow.nc      the same in small pieces
 *   /cut.nc       the first request is closed half-way, later ones go on
 *   /stall.nc     the first request falls silent half-way, later ones go on
 *   /dead.nc      every request falls silent at once after the header
 *   /changed.nc   like cut.nc, but every HEAD finds another ETag
 *   /unsized.nc   without Content-Length or ETag
 *   /short.nc     likewise, and only half of it
 *   /page.nc      200 with a page of HTML;   anything else: 404 */
#ifndef TESTS_HTTP_SERVER_H
#define TESTS_HTTP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What parent and child share. */
typedef struct {
  int heads, gets; /* requests answered */
  long range_from; /* of the last GET; 0 without a range */
} http_counts;

typedef struct {
  pid_t pid;
  int port;
  http_counts *counts;
} http_server;

enum { HTTP_PIECES = 10, HTTP_SILENCE_MS = 300 * 1000 };

static inline void http_send(int client, const char *data, size_t size) {
  while (size > 0) {
    const ssize_t n = send(client, data, size, MSG_NOSIGNAL);
    if (n <= 0) return;
    data += n;
    size -= (size_t)n;
  }
}

/* Silent until the client gives up. */
static inline void http_wait_for_hangup(int client) {
  struct pollfd p = {.fd = client, .events = POLLIN};
  poll(&p, 1, HTTP_SILENCE_MS);
}

static inline void http_answer(int client, const char *request, const char *body, size_t size,
                               http_counts *counts) {
  static const char page[] = "<html>Service unavailable</html>";
  char path[64] = "", header[512];
  const bool head = strncmp(request, "HEAD", 4) == 0;
  long from = 0;
  sscanf(request, "%*s %63s", path);
  const char *range = strcasestr(request, "range: bytes=");
  if (range != NULL) sscanf(range + 13, "%ld", &from);
  const int earlier = counts->gets;
  if (head)
    counts->heads++;
  else
    counts->gets++, counts->range_from = from;
  const bool is_page = strcmp(path, "/page.nc") == 0;
  const bool unsized = strcmp(path, "/unsized.nc") == 0 || strcmp(path, "/short.nc") == 0;
  const bool faulty =
      strcmp(path, "/cut.nc") == 0 || strcmp(path, "/stall.nc") == 0 || strcmp(path, "/changed.nc") == 0;
  const bool dead = strcmp(path, "/dead.nc") == 0;
  if (is_page) {
    body = page;
    size = strlen(page);
  }
  if (!(is_page || unsized || faulty || dead || strcmp(path, "/good.nc") == 0 ||
        strcmp(path, "/slow.nc") == 0)) {
    snprintf(header, sizeof header,
             "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    http_send(client, header, strlen(header));
    return;
  }
  if (unsized || from < 0 || (size_t)from > size) from = 0;
  int n = snprintf(header, sizeof header, "HTTP/1.1 %s\r\nConnection: close\r\nAccept-Ranges: bytes\r\n",
                   from > 0 ? "206 Partial Content" : "200 OK");
  if (!unsized)
    n += snprintf(header + n, sizeof header - (size_t)n, "Content-Length: %zu\r\nETag: \"%d\"\r\n",
                  size - (size_t)from, strcmp(path, "/changed.nc") == 0 ? counts->heads : 1);
  if (from > 0)
    n += snprintf(header + n, sizeof header - (size_t)n, "Content-Range: bytes %ld-%zu/%zu\r\n", from,
                  size - 1, size);
  snprintf(header + n, sizeof header - (size_t)n, "\r\n");
  http_send(client, header, strlen(header));
  if (head) return;
  const bool partly = (faulty && earlier == 0) || strcmp(path, "/short.nc") == 0;
  size_t left = partly ? size / 2 : size - (size_t)from;
  body += from;
  if (dead) left = 0;
  if (strcmp(path, "/slow.nc") == 0)
    for (size_t piece = left / HTTP_PIECES; left > piece; left -= piece, body += piece) {
      http_send(client, body, piece);
      usleep(50 * 1000);
    }
  http_send(client, body, left);
  if (dead || (strcmp(path, "/stall.nc") == 0 && earlier == 0)) http_wait_for_hangup(client);
}

static inline void http_serve(int listener, const char *body, size_t size, http_counts *counts) {
  for (;;) {
    char request[4096] = "";
    size_t used = 0;
    const int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    while (used + 1 < sizeof request && strstr(request, "\r\n\r\n") == NULL) {
      const ssize_t n = recv(client, request + used, sizeof request - 1 - used, 0);
      if (n <= 0) break;
      used += (size_t)n;
      request[used] = '\0';
    }
    http_answer(client, request, body, size, counts);
    shutdown(client, SHUT_WR);
    while (recv(client, request, sizeof request, MSG_DONTWAIT) > 0) continue;
    close(client);
  }
}

/* Serves `body` on a free port of the loopback interface. False where that is not possible. */
static inline bool http_start(http_server *server, const char *body, size_t size) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  *server = (http_server){0};
  server->counts =
      mmap(NULL, sizeof *server->counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (listener < 0 || server->counts == MAP_FAILED) return false;
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0 ||
      getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
    close(listener);
    return false;
  }
  server->port = ntohs(address.sin_port);
  server->pid = fork();
  if (server->pid == 0) {
    http_serve(listener, body, size, server->counts);
    _exit(0);
  }
  close(listener);
  return server->pid > 0;
}

static inline void http_stop(http_server *server) {
  if (server->pid > 0) {
    kill(server->pid, SIGKILL);
    waitpid(server->pid, NULL, 0);
  }
  munmap(server->counts, sizeof *server->counts);
}

#endif
