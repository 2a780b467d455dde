// Calls of C++ that don't wait, each with a future, with a function and with a queue; events;
// equal records. Compiled with exceptions and without.
#include "check.h"

#include <partner_messaging.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <poll.h>

namespace pm = partner_messaging;
using namespace std::chrono_literals;

// The names have the version of the interface in them; programs needn't write it.
static_assert(std::is_same_v<pm::Client, partner_messaging::v0::Client>);
// A callback of C++ must not throw, and its type says so.
static_assert(!std::is_convertible_v<void (*)(pm_completion *, void *), pm_callback>);
static_assert(std::is_convertible_v<void (*)(pm_completion *, void *) noexcept, pm_callback>);

static const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");
static const pm::Sms wrong = pm::Sms::text("none", "Hello");

static pm::Client new_client(const pm::Sandbox &sandbox) {
    return *pm::Client::try_new(sandbox.options().timeout(600s));
}

/// What a call gives that is begun with a function; it is called once, and then let go.
template <class T, class Begin> static pm::Result<T> told(Begin begin) {
    std::promise<pm::Result<T>> promise;
    auto calls = std::make_shared<std::atomic<int>>(0);
    begin([&promise, calls](pm::Result<T> result) {
        if (++*calls == 1) {
            promise.set_value(std::move(result));
        }
    });
    pm::Result<T> result = promise.get_future().get();
    for (int i = 0; i < PATIENCE && calls.use_count() > 1; i++) {
        poll(nullptr, 0, 1);
    }
    CHECK(*calls == 1 && calls.use_count() == 1);
    return result;
}

/// What a call gives that is begun with a queue.
template <class T, class Begin> static pm::Result<T> taken(pm::CallKind kind, Begin begin) {
    const pm::Queue queue;
    int tag = 0;
    const pm::Result<pm::Call> call = begin(queue, &tag);
    CHECK(call.has_value());
    pollfd ready = {queue.fd(), POLLIN, 0};
    CHECK(poll(&ready, 1, PATIENCE) == 1 && queue.size() == 1);
    const std::optional<pm::Completion> completion = queue.next(0ms);
    CHECK(completion && completion->kind() == kind && completion->user_data() == &tag);
    CHECK(!queue.next(0ms) && queue.size() == 0);
    return completion->result<T>();
}

static void every_call(const pm::Sandbox &sandbox) {
    const pm::Client client = new_client(sandbox);
    const pm::CallOptions options = pm::CallOptions().timeout(600s);
    const std::string id = client.try_send(hello)->message_id;

    CHECK(client.try_send_async(hello).get().has_value());
    CHECK(told<pm::Receipt>([&](auto f) { client.send_async(hello, f); })->cost == "0.05");
    CHECK(told<pm::Receipt>([&](auto f) { client.send_async(hello, options, f); })->attempts == 1);
    CHECK(taken<pm::Receipt>(pm::CallKind::send, [&](const pm::Queue &queue, void *tag) {
              return client.submit(hello, queue, tag);
          })->currency == "SGD");

    using Fallback = pm::FallbackReceipt;
    CHECK(client.try_send_with_fallback_async({hello}).get()->trail.size() == 1);
    CHECK(told<Fallback>([&](auto f) { client.send_with_fallback_async({hello, hello}, f); })->trail.size() == 1);
    CHECK(taken<Fallback>(pm::CallKind::send_with_fallback, [&](const pm::Queue &queue, void *tag) {
              return client.submit_with_fallback({hello, hello}, queue, tag, options);
          })->trail.at(0).channel == "SMS");

    CHECK(client.try_get_message_async(id).get()->message_id == id);
    CHECK(told<pm::MessageRecord>([&](auto f) { client.get_message_async(id, f); })->message_id == id);
    CHECK(taken<pm::MessageRecord>(pm::CallKind::get_message, [&](const pm::Queue &queue, void *tag) {
              return client.submit_get_message(id, queue, tag);
          })->message_id == id);

    const std::vector<std::string> any = {"SENT", "DELIVERED"};
    CHECK(client.try_wait_for_status_async(id, options, nullptr, any).get()->message_id == id);
    CHECK(told<pm::MessageRecord>([&](auto f) { client.wait_for_status_async(id, options, f, any); })->status);
    CHECK(taken<pm::MessageRecord>(pm::CallKind::wait_for_status, [&](const pm::Queue &queue, void *tag) {
              return client.submit_wait_for_status(id, queue, tag, options, any);
          })->message_id == id);

    CHECK(!client.try_get_balance_async().get()->amount.empty());
    CHECK(told<pm::Balance>([&](auto f) { client.get_balance_async(f); })->currency == "SGD");
    CHECK(taken<pm::Balance>(pm::CallKind::get_balance, [&](const pm::Queue &queue, void *tag) {
              return client.submit_get_balance(queue, tag);
          })->currency == "SGD");

    const pm::Request list("GET", "/partner/message");
    CHECK(client.try_request_async(list).get()->data());
    CHECK(told<pm::Reply>([&](auto f) { client.request_async(list, f); })->http_status() == 200);
    CHECK(taken<pm::Reply>(pm::CallKind::request, [&](const pm::Queue &queue, void *tag) {
              return client.submit_request(list, queue, tag);
          })->header("content-type"));
}

static void lists(const pm::Sandbox &sandbox) {
    const pm::Client client = new_client(sandbox);
    using Next = std::optional<pm::MessageRecord>;
    pm::Messages messages = *client.try_list_messages();
    const std::string first = (*messages.try_next_async().get())->message_id;
    const std::string second = (*told<Next>([&](auto f) { messages.next_async(f); }))->message_id;
    const std::string third = (*taken<Next>(pm::CallKind::next, [&](const pm::Queue &queue, void *tag) {
                                  return messages.submit_next(queue, tag);
                              }))->message_id;
    CHECK(first != second && second != third && first != third);

    using NextPage = std::optional<pm::Page>;
    const auto pages = [&] { return (*client.try_list_messages()).pages(); };
    pm::Pages one = pages();
    CHECK((*one.try_next_async().get())->messages.at(0).message_id == first);
    CHECK(!*one.try_next_async().get());
    pm::Pages other = pages();
    CHECK((*told<NextPage>([&](auto f) { other.next_async(f); }))->messages.at(1).message_id == second);
    pm::Pages last = pages();
    const auto page = taken<NextPage>(pm::CallKind::next_page, [&](const pm::Queue &queue, void *tag) {
        return last.submit_next(queue, tag);
    });
    CHECK((*page)->number == 1);
}

static void failures(const pm::Sandbox &sandbox) {
    pm::Client client = new_client(sandbox);
    // Whether it can't begin or fails, the function is told.
    CHECK(told<pm::Receipt>([&](auto f) { client.send_async(wrong, f); }).error().field() == "to");
    pm::CallOptions options;
    const pm::CallOptions moved = std::move(options);
    CHECK(told<pm::Receipt>([&](auto f) {
              client.send_async(hello, options, f); // NOLINT(bugprone-use-after-move)
          }).error().field() == "options");
    // What can't be submitted makes no completion.
    pm::Queue queue;
    const auto refused = client.submit(hello, queue, nullptr, options);
    CHECK(!refused && refused.error().field() == "options" && queue.size() == 0);
    const pm::Queue taken_over = std::move(queue);
    CHECK(queue.fd() == -1); // NOLINT(bugprone-use-after-move)
    CHECK(!client.submit(hello, queue) && !queue.next(0ms));

    CHECK(sandbox.try_control(R"({"op": "set_fault", "fault": {"kind": "stall"}})"));
    std::promise<std::string> kind;
    const pm::Call call = client.send_async(hello, [&](const pm::Result<pm::Receipt> &result) {
        kind.set_value(result.error().kind());
    });
    CHECK(!client.wait(50ms));
    call.cancel();
    CHECK(kind.get_future().get() == "cancelled");
    CHECK(sandbox.try_control(R"({"op": "set_fault", "fault": null})"));
    // One that waits is woken.
    taken_over.wake();
    CHECK(!taken_over.next());
    const pm::Client gone = std::move(client);
    CHECK(told<pm::Receipt>([&](auto f) { client.send_async(hello, f); }).error().field() == "client");
}

static void functions_may_be_moved_only(const pm::Sandbox &sandbox) {
    const pm::Client client = new_client(sandbox);
    std::promise<std::string> promise;
    auto future = promise.get_future();
    auto kept = std::make_unique<std::promise<std::string>>(std::move(promise));
    client.send_async(hello, [kept = std::move(kept)](pm::Result<pm::Receipt> receipt) {
        kept->set_value(receipt->message_id);
    });
    CHECK(!future.get().empty());
}

static void events(const pm::Sandbox &sandbox) {
    const auto seen = std::make_shared<std::vector<std::string>>();
    {
        pm::Options options = sandbox.options().on_event([seen](const pm::Event &event) {
            // On a busy machine any function may be slow.
            if (event.step() == "slow_callback") {
                return;
            }
            seen->push_back(event.step());
            CHECK(event.call() == "send" && event.channel() == "SMS" && event.recipient() == "*******4567");
            CHECK(event.text().find("4567") != std::string::npos && !event.kind() && !event.pause());
            const bool is_end = event.step() == "ended";
            CHECK(event.elapsed().has_value() == is_end && event.attempts() == 1 && !event.http_status());
            CHECK(event.outcome() == (is_end ? pm::Outcome::sent : pm::Outcome::none));
        });
        const pm::Result<pm::Client> client = pm::Client::try_new(options);
        // They keep the function without the options, which have another now.
        options.on_event(nullptr);
        CHECK(seen.use_count() == 2 && client->try_send(hello));
        CHECK(*seen == (std::vector<std::string>{"attempt", "ended"}));
        CHECK(client->try_send_async(hello).get());
        client->close();
    }
    for (int i = 0; i < PATIENCE && seen.use_count() > 1; i++) {
        poll(nullptr, 0, 1);
    }
    CHECK(seen.use_count() == 1 && seen->size() == 4);
}

static void equality(const pm::Sandbox &sandbox) {
    const pm::Client client = new_client(sandbox);
    const pm::Receipt one = *client.try_send(hello);
    pm::Receipt other = one;
    CHECK(one == other && !(one != other));
    other.cost = "0.06";
    CHECK(one != other && one != *client.try_send(hello));
    pm::FallbackReceipt accepted = *client.try_send_with_fallback({hello});
    CHECK(accepted == accepted && pm::Page() == pm::Page());
    pm::FallbackReceipt changed = accepted;
    changed.trail.clear();
    CHECK(changed != accepted);
}

int main() {
    const pm::Result<pm::Sandbox> sandbox = pm::Sandbox::try_start();
    every_call(*sandbox);
    lists(*sandbox);
    failures(*sandbox);
    functions_may_be_moved_only(*sandbox);
    events(*sandbox);
    equality(*sandbox);
    return end_of_test();
}
