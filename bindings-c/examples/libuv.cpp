// Sending in a loop of libuv, which looks at the queue's descriptor: everything is done on the
// loop's thread.
//
//     ./libuv_cpp +6591234567 +6591234568
#include <partner_messaging.hpp>

#include <uv.h>

#include <iostream>

namespace pm = partner_messaging;
using namespace std::chrono_literals;

struct Sending {
    pm::Queue queue;
    int pending = 0;
};

static void take(uv_poll_t *watcher, int, int) {
    Sending &sending = *static_cast<Sending *>(watcher->data);
    while (const std::optional<pm::Completion> completion = sending.queue.next(0ms)) {
        const char *to = static_cast<const char *>(completion->user_data());
        const pm::Result<pm::Receipt> receipt = completion->result();
        if (receipt) {
            std::cout << to << ": sent as " << receipt->message_id << '\n';
        } else {
            std::cout << to << ": " << to_string(receipt.error().outcome()) << ", " << receipt.error().message() << '\n';
        }
        sending.pending--;
    }
    if (sending.pending == 0) {
        uv_close(reinterpret_cast<uv_handle_t *>(watcher), nullptr);
    }
}

int main(int argc, char **argv) {
    try {
        const pm::Client client;
        Sending sending;
        for (int i = 1; i < argc; i++) {
            const auto call = client.submit(pm::Sms::text(argv[i], "Hello"), sending.queue, argv[i]);
            if (call) {
                sending.pending++;
            } else {
                const pm::Error &error = call.error();
                std::cout << argv[i] << ": " << to_string(error.outcome()) << ", " << error.message() << '\n';
            }
        }
        uv_loop_t *loop = uv_default_loop();
        uv_poll_t watcher;
        watcher.data = &sending;
        if (uv_poll_init(loop, &watcher, sending.queue.fd()) != 0) {
            return 1;
        }
        if (sending.pending > 0) {
            uv_poll_start(&watcher, UV_READABLE, take);
        } else {
            uv_close(reinterpret_cast<uv_handle_t *>(&watcher), nullptr);
        }
        uv_run(loop, UV_RUN_DEFAULT);
        return uv_loop_close(loop);
    } catch (const pm::PartnerMessagingError &error) {
        std::cerr << error.what() << '\n';
    }
    return 1;
}
