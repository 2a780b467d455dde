// What the C++ header adds: ownership, exceptions, optional values, futures.
#include "check.h"

#include <partner_messaging.hpp>

#include <csignal>
#include <string>
#include <type_traits>
#include <vector>

#include <sys/wait.h>

namespace pm = partner_messaging;
using namespace std::chrono_literals;

template <class T>
constexpr bool move_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                           !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(move_only<pm::Client> && move_only<pm::Options> && move_only<pm::CallOptions>);
static_assert(move_only<pm::WhatsApp> && move_only<pm::Sms> && move_only<pm::Email> && move_only<pm::Json>);
static_assert(move_only<pm::Call> && move_only<pm::Sandbox>);
static_assert(std::is_copy_constructible_v<pm::Receipt>);
static_assert(std::is_nothrow_copy_constructible_v<pm::ApiError>);
static_assert(std::is_base_of_v<std::runtime_error, pm::PartnerMessagingError>);
static_assert(!std::is_base_of_v<pm::TransportError, pm::OutcomeUnknownError>);

static const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");

// What the work throws, which has to be of the expected class.
template <class Expected, class Work> Expected thrown_by(Work work) {
    try {
        work();
    } catch (const Expected &error) {
        return error;
    }
    std::fprintf(stderr, "nothing was thrown\n");
    std::exit(1);
}

static void options() {
    const auto error = thrown_by<pm::ConfigError>([] { pm::Client{}; });
    CHECK(error.field() == "api_key" && error.outcome() == pm::Outcome::not_sent);
    CHECK(error.kind() == "config" && error.class_name() == "ConfigError" && error.attempts() == 0);
    CHECK(!error.http_status() && !error.code() && !error.body() && !error.retry_after());
    CHECK(error.status() == PM_CONFIG_ERROR);
    CHECK(thrown_by<pm::ConfigError>([] {
              pm::Client(pm::Options().api_key("k").timeout(-1s));
          }).field() == "timeout");
    // What std::string_view can hold and C can't.
    CHECK(thrown_by<pm::ConfigError>([] {
              pm::Client(pm::Options().api_key(std::string_view("a\0b", 3)));
          }).field() == "api_key");
    // A string literal, any other string, and none at all.
    const char *none = nullptr;
    CHECK(thrown_by<pm::ConfigError>([&] { pm::Client(pm::Options().api_key(none)); }).field() == "api_key");
    const std::string key = "k";
    pm::Client(pm::Options().api_key(key).user_agent(std::string_view(key)).proxy("http://127.0.0.1:1"));
    // What is in the making gives itself, and what has a name a reference to it.
    pm::Options named = pm::Options().api_key("k");
    static_assert(std::is_same_v<decltype(named.timeout(1s)), pm::Options &>);
    static_assert(std::is_same_v<decltype(pm::Options().timeout(1s)), pm::Options>);
    CHECK(&named.timeout(1s) == &named);
    pm::Client{named};
    // Every option is there.
    pm::Client(pm::Options()
                   .api_key("k")
                   .base_url("https://example.com")
                   .timeout(1s)
                   .connect_timeout(100ms)
                   .max_retries(1)
                   .max_connections(2)
                   .http2(false)
                   .proxy("http://127.0.0.1:1")
                   .trust_env(false)
                   .allow_http(true)
                   .header("x-tag", "a")
                   .user_agent("test")
                   .max_response_bytes(1000)
                   .endpoint("get_balance", "/balance"));
    thrown_by<pm::ConfigError>([] { pm::Client(pm::Options().api_key("k").ca_file("/nonexistent")); });
}

static void sending(const pm::Sandbox &sandbox) {
    pm::Client client(sandbox.options());
    const pm::Receipt receipt = client.send(hello);
    CHECK(!receipt.message_id.empty() && receipt.cost == "0.05" && receipt.currency == "SGD");
    CHECK(receipt.status == "SENT" && receipt.channel == "SMS" && receipt.attempts == 1);
    CHECK(receipt.raw.find(receipt.message_id) != std::string::npos && receipt.elapsed < std::chrono::milliseconds(PATIENCE));
    client.send(pm::WhatsApp("+6591234567", "+6581234567", "HX").variable("1", "123456"));
    client.send(pm::Sms::from_template("+6591234567", "Pathomics", "HX").variable("1", "123456"));
    client.send(pm::Email("a@example.com", "Hi", "<p>Hi</p>"), pm::CallOptions().timeout(600s).max_retries(0));
    client.send(pm::Json(R"({"channel": "SMS", "to": "+6591234567", "content": "Hello"})"));
    client.send(pm::Sms::text("+6591234567", "Hello").sender_id("Pathomics"),
                pm::CallOptions().header("x-tag", "a"));

    const auto invalid = thrown_by<pm::InvalidMessageError>(
        [&] { client.send(pm::Sms::text("+6591234567", std::string_view("a\0b", 3))); });
    CHECK(invalid.field() == "content");

    sandbox.control(R"({"op": "push_fault", "fault": {"kind": "respond", "status": 200,
                        "body": {"success": true, "data": {"messageId": "m"}}}})");
    const pm::Receipt bare = client.send(hello);
    CHECK(bare.message_id == "m" && !bare.cost && !bare.currency && !bare.status && !bare.message);
    CHECK(!bare.recipient && !bare.channel);

    sandbox.control(R"({"op": "set_state", "state": {"organization": "inactive"}})");
    const auto refused = thrown_by<pm::OrgInactiveError>([&] { client.send(hello); });
    CHECK(refused.outcome() == pm::Outcome::rejected && refused.code() == "ORG_INACTIVE");
    CHECK(refused.http_status().value_or(0) >= 400 && refused.body().has_value());
    thrown_by<pm::ApiError>([&] { client.send(hello); });
    thrown_by<std::runtime_error>([&] { client.send(hello); });
    sandbox.control(R"({"op": "reset"})");

    sandbox.control(R"({"op": "set_fault", "fault": {"kind": "stall"}})");
    const auto unknown = thrown_by<pm::OutcomeUnknownError>(
        [&] { client.send(hello, pm::CallOptions().timeout(2s)); });
    CHECK(unknown.kind() == "timeout" && unknown.elapsed() >= 1900ms);
    sandbox.control(R"({"op": "set_fault", "fault": null})");

    // Moving leaves an empty handle, which is refused rather than used.
    const pm::Client moved = std::move(client);
    moved.send(hello);
    thrown_by<pm::ConfigError>([&] { client.send(hello); }); // NOLINT(bugprone-use-after-move)
    thrown_by<pm::ConfigError>([&] { client.send_async(hello).get(); });
    moved.close();
    CHECK(thrown_by<pm::TransportError>([&] { moved.send(hello); }).kind() == "closed");
}

static void futures(const pm::Sandbox &sandbox) {
    std::vector<std::future<pm::Receipt>> futures;
    {
        const pm::Client client(sandbox.options());
        for (int i = 0; i < 200; i++) {
            futures.push_back(client.send_async(hello));
        }
        // One that nobody waits for.
        static_cast<void>(client.send_async(hello));
        futures.push_back(client.send_async(hello, pm::CallOptions().timeout(600s)));
        // The client goes, the sends go on.
    }
    for (auto &future : futures) {
        CHECK(!future.get().message_id.empty());
    }

    const pm::Client client(sandbox.options());
    auto invalid = client.send_async(pm::Sms::text("none", "Hello"));
    thrown_by<pm::InvalidMessageError>([&] { invalid.get(); });

    sandbox.control(R"({"op": "set_fault", "fault": {"kind": "stall"}})");
    pm::Call call;
    auto cancelled = client.send_async(hello, &call);
    CHECK(cancelled.wait_for(100ms) == std::future_status::timeout);
    call.cancel();
    // Unknown, if its request had left by then.
    CHECK(thrown_by<pm::PartnerMessagingError>([&] { cancelled.get(); }).kind() == "cancelled");
    pm::Call().cancel();
    auto closed = client.send_async(hello);
    CHECK(closed.wait_for(100ms) == std::future_status::timeout);
    client.close();
    CHECK(thrown_by<pm::PartnerMessagingError>([&] { closed.get(); }).kind() == "closed");
    sandbox.control(R"({"op": "set_fault", "fault": null})");

    // In a child it has a queue and a thread of its own.
    const pm::Client forked(sandbox.options());
    forked.send_async(hello).get();
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        alarm(PATIENCE / 1000);
        CHECK(!forked.send_async(hello).get().message_id.empty());
        _exit(0);
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    forked.send_async(hello).get();
}

static void sandboxes() {
    const pm::Sandbox sandbox(R"({"api_key": "other"})");
    CHECK(sandbox.api_key() == "other");
    CHECK(sandbox.control(R"({"op": "requests"})") == "[]");
    thrown_by<pm::ConfigError>([&] { sandbox.control("{"); });
    thrown_by<pm::ConfigError>([] { pm::Sandbox("[]"); });
    thrown_by<pm::ConfigError>([] { pm::Sandbox(std::string_view("\0", 1)); });
    sandbox.stop();
}

int main() {
    options();
    sandboxes();
    const pm::Sandbox sandbox;
    sending(sandbox);
    futures(sandbox);
    return end_of_test();
}
