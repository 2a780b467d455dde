// Sending from coroutines of Asio: `co_await async_send(client, message)`. It needs C++20 and
// Asio (without Boost).
//
//     ./asio_cpp +6591234567 +6591234568
#include <partner_messaging.hpp>

#include <asio.hpp>

#include <iostream>
#include <utility>

namespace pm = partner_messaging;

/// Sends a message; gives a Result<Receipt> by whatever way of Asio's is wanted. Message and
/// client have to live until then.
template <class Token> auto async_send(const pm::Client &client, const pm::Message &message, Token &&token) {
    return asio::async_initiate<Token, void(pm::Result<pm::Receipt>)>(
        [&client, &message](auto handler) {
            // The context has something to do until the function has been called.
            auto work = asio::make_work_guard(asio::get_associated_executor(handler));
            client.send_async(message, [handler = std::move(handler),
                                        work = std::move(work)](pm::Result<pm::Receipt> result) mutable {
                // This is the library's thread: go on where the coroutine runs.
                const auto executor = work.get_executor();
                asio::post(executor, [handler = std::move(handler), result = std::move(result)]() mutable {
                    std::move(handler)(std::move(result));
                });
            });
        },
        token);
}

static asio::awaitable<void> send(const pm::Client &client, std::string to) {
    const pm::Sms message = pm::Sms::text(to, "Hello");
    const pm::Result<pm::Receipt> receipt = co_await async_send(client, message, asio::use_awaitable);
    if (receipt) {
        std::cout << to << ": sent as " << receipt->message_id << '\n';
    } else {
        std::cout << to << ": " << to_string(receipt.error().outcome()) << ", " << receipt.error().message() << '\n';
    }
}

int main(int argc, char **argv) {
    try {
        const pm::Client client;
        asio::io_context context;
        for (int i = 1; i < argc; i++) {
            asio::co_spawn(context, send(client, argv[i]), asio::detached);
        }
        context.run();
        return argc > 1 ? 0 : 2;
    } catch (const pm::PartnerMessagingError &error) {
        std::cerr << error.what() << '\n';
    }
    return 1;
}
