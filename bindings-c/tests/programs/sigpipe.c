/*
 * A server that resets connections under a client that still writes: nothing
 * of it raises SIGPIPE, whose default would end this program.
 */
#include "check.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SENDS = 24, SUBMITS = 12, CONTENT = 3 * 1024 * 1024 };

/* Reads a little of each connection and closes it, in turn with a reset. */
static void *reset_connections(void *argument) {
    int listener = *(int *)argument;
    for (int i = 0;; i++) {
        int connection = accept(listener, NULL, NULL);
        if (connection < 0)
            return NULL;
        char some[512];
        if (recv(connection, some, sizeof some, 0) > 0 && i % 2) {
            struct linger reset = {1, 0};
            setsockopt(connection, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        close(connection);
    }
}

static void check_broken(pm_status status, const pm_error *error) {
    CHECK(status == PM_UNKNOWN || status == PM_TRANSPORT_ERROR);
    const char *kind = pm_error_kind(error);
    CHECK(strcmp(kind, "reset") == 0 || strcmp(kind, "closed") == 0);
}

int main(void) {
    struct sigaction action;
    CHECK(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);

    int listener = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    CHECK(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 64) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    pthread_t server;
    CHECK(pthread_create(&server, NULL, reset_connections, &listener) == 0);

    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(address.sin_port));
    pm_client *client = new_client(url, "key");
    /* More than the buffers of a connection hold. */
    char *content = malloc(CONTENT + 1);
    memset(content, 'x', CONTENT);
    content[CONTENT] = 0;
    pm_message *message = pm_message_new_sms("+6591234567", content);
    for (int i = 0; i < SENDS; i++) {
        pm_error *error = NULL;
        pm_status status = pm_client_send(client, message, NULL, NULL, &error);
        check_broken(status, error);
        pm_error_free(error);
    }
    pm_queue *queue = pm_queue_new();
    for (int i = 0; i < SUBMITS; i++)
        CHECK(pm_client_submit(client, message, NULL, queue, NULL, NULL, NULL) == PM_OK);
    for (int i = 0; i < SUBMITS; i++) {
        pm_completion *completion = pm_queue_next(queue, PATIENCE);
        CHECK(completion != NULL);
        check_broken(pm_completion_status(completion), pm_completion_error(completion));
        pm_completion_free(completion);
    }
    /* Waiting for a signal to become deliverable would be as bad. */
    sigset_t pending;
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 0);

    shutdown(listener, SHUT_RDWR);
    pthread_join(server, NULL);
    close(listener);
    free(content);
    pm_queue_free(queue);
    pm_message_free(message);
    pm_client_free(client);
    return end_of_test();
}
