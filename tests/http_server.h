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
 *   /swapped.nc   like cut.nc, but from the second GET on it is another file, with its own ETag
 *   /careless.nc  likewise, and If-Range is ignored: the rest of the other file comes as 206
 *   /noranges.nc  like cut.nc, but later requests are answered with the whole file
 *   /busy.nc      503 twice, then good;   /full.nc: 429 always
 *   /circle.nc    redirected to itself
 *   /stated.nc    with its SHA-256 in Repr-Digest;   /lied.nc: with another's
 *   /less.nc      HEAD states the whole length, GET half of it and of the body, with the same ETag
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
  char digest[64]; /* of the body in base64, set by the test */
  long range_from; /* of the last GET; 0 without a range */
} http_counts;

typedef struct {
  pid_t pid;
  int port;
  http_counts *counts;
} http_server;

/* Byte i of the other file of /swapped.nc and /careless.nc. */
static inline char http_other(const char *body, size_t i) {
  return (char)(i < 4 ? body[i] : body[i] ^ 0x55);
}

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
  const bool is_swapped = strcmp(path, "/swapped.nc") == 0, is_careless = strcmp(path, "/careless.nc") == 0;
  const bool is_busy = strcmp(path, "/busy.nc") == 0, is_full = strcmp(path, "/full.nc") == 0;
  const bool is_stated = strcmp(path, "/stated.nc") == 0, is_lied = strcmp(path, "/lied.nc") == 0;
  const bool is_unranged = strcmp(path, "/noranges.nc") == 0;
  if (strcmp(path, "/circle.nc") == 0 || is_full || (is_busy && earlier < 2)) {
    snprintf(header, sizeof header, "HTTP/1.1 %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
             is_full   ? "429 Too Many Requests\r\nRetry-After: 0"
             : is_busy ? "503 Service Unavailable"
                       : "302 Found\r\nLocation: /circle.nc");
    http_send(client, header, strlen(header));
    return;
  }
  const bool unsized = strcmp(path, "/unsized.nc") == 0 || strcmp(path, "/short.nc") == 0;
  const bool faulty = strcmp(path, "/cut.nc") == 0 || strcmp(path, "/stall.nc") == 0 ||
                      strcmp(path, "/changed.nc") == 0 || is_swapped || is_careless || is_unranged;
  const bool dead = strcmp(path, "/dead.nc") == 0, is_less = strcmp(path, "/less.nc") == 0;
  if (is_page) {
    body = page;
    size = strlen(page);
  }
  if (is_less && !head) size /= 2;
  if (!(is_page || is_less || unsized || faulty || dead || strcmp(path, "/good.nc") == 0 ||
        strcmp(path, "/slow.nc") == 0 || is_busy || is_stated || is_lied)) {
    snprintf(header, sizeof header,
             "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    http_send(client, header, strlen(header));
    return;
  }
  const int version = strcmp(path, "/changed.nc") == 0                    ? counts->heads
                      : (is_swapped || is_careless) && earlier + head > 0 ? 2
                                                                          : 1;
  const char *if_range = strcasestr(request, "if-range: ");
  int wanted = version;
  if (if_range != NULL) sscanf(if_range + strlen("if-range: "), "\"%d\"", &wanted);
  if ((wanted != version && !is_careless) || is_unranged) from = 0;
  char *other = NULL;
  if ((is_swapped || is_careless) && version == 2) {
    other = malloc(size);
    for (size_t i = 0; other != NULL && i < size; i++) other[i] = http_other(body, i);
    if (other != NULL) body = other;
  }
  if (unsized || from < 0 || (size_t)from > size) from = 0;
  int n = snprintf(header, sizeof header, "HTTP/1.1 %s\r\nConnection: close\r\nAccept-Ranges: bytes\r\n",
                   from > 0 ? "206 Partial Content" : "200 OK");
  if (!unsized)
    n += snprintf(header + n, sizeof header - (size_t)n, "Content-Length: %zu\r\nETag: \"%d\"\r\n",
                  size - (size_t)from, version);
  if (is_stated || is_lied)
    n += snprintf(header + n, sizeof header - (size_t)n, "Repr-Digest: sha-256=:%s:\r\n",
                  is_stated ? counts->digest : "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=");
  if (from > 0)
    n += snprintf(header + n, sizeof header - (size_t)n, "Content-Range: bytes %ld-%zu/%zu\r\n", from,
                  size - 1, size);
  snprintf(header + n, sizeof header - (size_t)n, "\r\n");
  http_send(client, header, strlen(header));
  if (head) {
    free(other);
    return;
  }
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
  free(other);
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
