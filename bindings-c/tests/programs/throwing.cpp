// A function of the program that throws, though it must not: the program ends, and says why.
// The header of C++ would not take functions that may throw: without that promise.
#define PM_NOEXCEPT
#include "check.h"

#include <stdexcept>

#include <csignal>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {
static void throws(pm_completion *completion, void *) {
    pm_completion_free(completion);
    throw std::runtime_error("meant to");
}

static void throws_at_event(const pm_event *, void *) { throw std::runtime_error("meant to"); }
}

static void submit_to_what_throws(const pm_sandbox *sandbox) {
    pm_client *client = sandbox_client(sandbox);
    pm_message *message = new_sms();
    CHECK(pm_client_submit_callback(client, message, nullptr, throws, nullptr, nullptr, nullptr) == PM_OK);
    pm_client_wait(client, -1);
}

static void send_with_an_observer_that_throws(const pm_sandbox *sandbox) {
    pm_options *options = pm_options_new();
    pm_options_set_base_url(options, pm_sandbox_url(sandbox));
    pm_options_set_api_key(options, pm_sandbox_api_key(sandbox));
    pm_options_set_event_callback(options, throws_at_event, nullptr);
    pm_client *client = nullptr;
    CHECK(pm_client_new(options, &client, nullptr) == PM_OK);
    send_sms(client);
}

// What a child that does this says before it is aborted.
static std::string last_words(void (*work)(const pm_sandbox *)) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(PATIENCE / 1000);
        CHECK(dup2(ends[1], 2) == 2);
        // Of its own: the parent's threads are not there.
        work(start_sandbox());
        _exit(0);
    }
    close(ends[1]);
    std::string said;
    char some[256];
    for (ssize_t size; (size = read(ends[0], some, sizeof some)) > 0;) {
        said.append(some, static_cast<std::size_t>(size));
    }
    close(ends[0]);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    return said;
}

int main() {
    for (const auto work : {submit_to_what_throws, send_with_an_observer_that_throws}) {
        const std::string said = last_words(work);
        if (said.find("partner-messaging: a callback threw") == std::string::npos) {
            std::fprintf(stderr, "it said: %s\n", said.c_str());
            return 1;
        }
    }
    return end_of_test();
}
