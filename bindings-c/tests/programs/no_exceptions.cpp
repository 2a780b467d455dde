// The C++ header without exceptions: everything by Result. It is compiled with
// -fno-exceptions, and once more with them.
#include "check.h"

#include <partner_messaging.hpp>

#include <vector>

namespace pm = partner_messaging;
using namespace std::chrono_literals;

static void sending(const pm::Sandbox &sandbox) {
    const pm::Result<pm::Client> client = pm::Client::try_new(sandbox.options().timeout(600s));
    CHECK(client && client.has_value());
    const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");
    const pm::Result<pm::Receipt> receipt = client->try_send(hello);
    CHECK(receipt && receipt->cost == "0.05" && !(*receipt).message_id.empty());

    const auto invalid = client->try_send(pm::Sms::text("none", "Hello"), pm::CallOptions().timeout(600s));
    CHECK(!invalid && invalid.error().field() == "to");
    CHECK(invalid.error().class_name() == "InvalidMessageError" && !invalid.error().message().empty());
    CHECK(invalid.error().outcome() == pm::Outcome::not_sent);

    std::vector<std::future<pm::Result<pm::Receipt>>> futures;
    for (int i = 0; i < 100; i++) {
        futures.push_back(client->try_send_async(hello));
    }
    for (auto &future : futures) {
        CHECK(future.get().has_value());
    }
    CHECK(!client->try_send_async(pm::Json("{}")).get());

    CHECK(sandbox.try_control(R"({"op": "set_fault", "fault": {"kind": "stall"}})"));
    pm::Call call;
    auto cancelled = client->try_send_async(hello, pm::CallOptions().timeout(600s), &call);
    CHECK(!client->wait(100ms));
    call.cancel();
    CHECK(cancelled.get().error().kind() == "cancelled");
    client->wait();
    client->close();
    CHECK(client->try_send(hello).error().kind() == "closed");
}

static void reading(const pm::Sandbox &sandbox) {
    const pm::Result<pm::Client> client = pm::Client::try_new(sandbox.options());
    const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");
    CHECK(!client->try_get_balance()->amount.empty());
    const pm::Result<pm::FallbackReceipt> accepted = client->try_send_with_fallback({hello, hello});
    CHECK(accepted && accepted->trail.size() == 1);
    CHECK(client->try_send_with_fallback_async({hello}).get().has_value());
    const std::string id = accepted->receipt.message_id;
    CHECK(client->try_get_message(id)->message_id == id && client->try_wait_for_status(id));
    CHECK(client->try_spending()->at(0).messages == 2);
    CHECK(client->try_request(pm::Request("GET", "/partner/message"))->http_status() == 200);

    pm::Result<pm::Messages> list = client->try_list_messages();
    std::size_t count = 0;
    for (;;) {
        const pm::Result<std::optional<pm::MessageRecord>> record = list->try_next();
        CHECK(record.has_value());
        if (!*record) {
            break;
        }
        count++;
    }
    pm::Pages pages = (*client->try_list_messages()).pages();
    CHECK((*pages.try_next())->messages.size() == count && count >= 2);
    client->close();
    CHECK(client->try_get_message(id).error().kind() == "closed");
}

int main() {
    CHECK(pm::Client::try_new().error().field() == "api_key");
    CHECK(!pm::Sandbox::try_start("[]"));
    pm::Result<pm::Sandbox> sandbox = pm::Sandbox::try_start();
    CHECK(!sandbox->try_control("{").has_value());
    sending(*sandbox);
    CHECK(sandbox->try_control(R"({"op": "reset"})"));
    reading(*sandbox);
    // A moved-from client refuses.
    pm::Client client = *pm::Client::try_new(sandbox->options());
    const pm::Client moved = std::move(client);
    CHECK(client.try_send(pm::Json("{}")).error().field() == "client"); // NOLINT(bugprone-use-after-move)
    CHECK(moved.get() != nullptr);
    return end_of_test();
}
