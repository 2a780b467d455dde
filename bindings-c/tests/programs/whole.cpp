// What the C++ header makes of the whole API: values, ranges, trails, futures.
#include "check.h"

#include <partner_messaging.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <type_traits>
#include <vector>

namespace pm = partner_messaging;
using namespace std::chrono_literals;

template <class T>
constexpr bool move_only = std::is_nothrow_move_constructible_v<T> && std::is_nothrow_move_assignable_v<T> &&
                           !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T>;
static_assert(move_only<pm::Filter> && move_only<pm::Request>);
static_assert(move_only<pm::Messages> && move_only<pm::Pages>);
static_assert(std::is_copy_constructible_v<pm::MessageRecord> && std::is_copy_constructible_v<pm::Page>);
static_assert(std::is_copy_constructible_v<pm::Balance> && std::is_copy_constructible_v<pm::Spending>);
static_assert(std::is_copy_constructible_v<pm::Reply>);
using Step = pm::Messages::Iterator;
static_assert(std::is_same_v<std::iterator_traits<Step>::iterator_category, std::input_iterator_tag>);
static_assert(std::is_convertible_v<decltype(*std::declval<Step &>()++), pm::MessageRecord>);

static const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");
static const pm::WhatsApp greeting("+6591234567", "+6581234567", "HX");

template <class Expected, class Work> Expected thrown_by(Work work) {
    try {
        work();
    } catch (const Expected &error) {
        return error;
    }
    std::fprintf(stderr, "nothing was thrown\n");
    std::exit(1);
}

static pm::Filter pages_of(std::uint32_t limit) {
    pm::Filter filter;
    filter.limit(limit);
    return filter;
}

static void lists(const pm::Sandbox &sandbox) {
    std::optional<pm::Client> kept(std::in_place, sandbox.options());
    const pm::Client &client = *kept;
    std::vector<std::string> sent;
    for (int i = 0; i < 7; i++) {
        sent.push_back(client.send(hello).message_id);
    }
    std::reverse(sent.begin(), sent.end());
    sandbox.control(R"({"op": "clear_requests"})");

    std::vector<std::string> listed;
    for (const pm::MessageRecord &record : client.list_messages(pages_of(3))) {
        listed.push_back(record.message_id);
        CHECK(record.recipient == "+6591234567" && record.channel == "SMS" && record.cost == "0.05");
        CHECK(record.status && record.created_at && record.updated_at && record.currency == "SGD");
        CHECK(record.raw.find(record.message_id) != std::string::npos);
    }
    CHECK(listed == sent && recorded(sandbox.get()) == 3);

    // As any input range; what was passed can still be read.
    pm::Messages again = client.list_messages(pages_of(5));
    CHECK(recorded(sandbox.get()) == 3);
    auto at = again.begin();
    CHECK((*at++).message_id == sent[0] && at->message_id == sent[1] && (*++at).message_id == sent[2]);
    CHECK(std::distance(at, again.end()) == 5 && at != again.end());
    CHECK(!again.next() && again.begin() == again.end());
    pm::Messages copied = client.list_messages();
    const std::vector<pm::MessageRecord> all(copied.begin(), copied.end());
    CHECK(all.size() == 7 && all.back().message_id == sent.back());

    // Page by page; one that is left in the middle asks for no more.
    sandbox.control(R"({"op": "clear_requests"})");
    pm::Pages pages = client.list_messages(pages_of(3)).pages();
    const std::optional<pm::Page> first = pages.next();
    CHECK(first && first->number == 1 && first->total == 7 && first->total_pages == 3);
    CHECK(first->limit == 3 && first->has_more == true && first->messages.size() == 3);
    CHECK(recorded(sandbox.get()) == 1);

    // The client goes, its lists stay.
    kept.reset();
    CHECK(pages.next()->messages[0].message_id == sent[3]);
    const auto last = pages.try_next();
    CHECK(last && last->has_value() && (*last)->messages.size() == 1 && (*last)->has_more == false);
    CHECK(!pages.next() && !pages.next());
}

static void what_is_not_told(const pm::Sandbox &sandbox, const pm::Client &client) {
    sandbox.control(R"({"op": "push_fault", "fault": {"kind": "respond", "status": 200,
                        "body": {"success": true, "data": [{"messageId": "m"}]}}})");
    const std::optional<pm::Page> bare = client.list_messages().pages().next();
    CHECK(bare && !bare->limit && !bare->total && !bare->total_pages && !bare->has_more);
    const pm::MessageRecord &record = bare->messages.at(0);
    CHECK(record.message_id == "m" && !record.status && !record.cost && !record.created_at);
    CHECK(!record.recipient && !record.channel && !record.currency && !record.updated_at);
    CHECK(record.raw == R"({"messageId":"m"})");
}

static void reads(const pm::Sandbox &sandbox, const pm::Client &client) {
    const pm::Balance before = client.get_balance();
    CHECK(before.currency == "SGD" && before.raw.find(before.amount) != std::string::npos);
    const pm::Receipt receipt = client.send(hello);
    CHECK(client.get_message(receipt.message_id).message_id == receipt.message_id);
    const std::vector<std::string> statuses = {"sent", "DELIVERED"};
    const pm::MessageRecord followed =
        client.wait_for_status(receipt.message_id, pm::CallOptions().timeout(600s), statuses);
    CHECK(followed.status == "SENT" || followed.status == "DELIVERED");

    const auto missing = thrown_by<pm::MessageNotFoundError>([&] { client.get_message("msg_none"); });
    CHECK(missing.outcome() == pm::Outcome::none && missing.trail().empty());
    CHECK(client.try_get_message("msg_none").error().class_name() == "MessageNotFoundError");
    // What is no text for C is refused, and so is no status at all.
    const std::string nul("a\0b", 3);
    CHECK(thrown_by<pm::ConfigError>([&] { client.get_message(nul); }).field() == "message_id");
    for (const std::vector<std::string> &unusable : {std::vector<std::string>{nul}, {}}) {
        const auto refused = client.try_wait_for_status("m", pm::CallOptions(), unusable);
        CHECK(refused.error().field() == "final_statuses");
    }
    pm::Filter odd;
    odd.sender(nul);
    CHECK(client.try_list_messages(odd).error().field() == "sender");
    thrown_by<pm::ConfigError>([&] { static_cast<void>(client.list_messages(odd)); });
    // An error ends a list by an exception, in the loop as before it.
    sandbox.control(R"({"op": "push_fault", "fault": {"kind": "code", "code": "INVALID_PAGINATION"}})");
    pm::Messages list = client.list_messages();
    thrown_by<pm::InvalidPaginationError>([&] { static_cast<void>(list.begin()); });
    CHECK(list.begin() == list.end());

    const pm::Reply reply = client.request(pm::Request("GET", "/partner/message").query("limit", "1"));
    CHECK(reply.http_status() == 200 && reply.attempts() == 1 && reply.data());
    CHECK(reply.header("Content-Type")->find("json") != std::string::npos && !reply.header("x-none"));
    CHECK(!client.try_request(pm::Request("GET", "nowhere")));
    const auto unknown = client.try_request(pm::Request("POST", "/partner/nowhere").json("{}"));
    CHECK(unknown.error().http_status() == 404 && unknown.error().outcome() == pm::Outcome::rejected);

    const std::vector<pm::Spending> spent = client.reset_spending();
    CHECK(spent.size() == 1 && spent[0].channel == "SMS" && spent[0].currency == "SGD");
    CHECK(spent[0].cost == "0.05" && spent[0].messages == 1 && spent[0].unpriced == 0);
    CHECK(client.spending().empty());
}

static void fallback(const pm::Sandbox &sandbox, const pm::Client &client) {
    sandbox.control(R"({"op": "set_state", "state": {"channels": {"WHATSAPP": "not_configured"}}})");
    const auto check = [](const pm::FallbackReceipt &accepted) {
        CHECK(accepted.receipt.channel == "SMS" && accepted.trail.size() == 2);
        CHECK(accepted.trail[0].outcome == pm::Outcome::rejected && !accepted.trail[0].message_id);
        CHECK(accepted.trail[0].code == "CHANNEL_CONFIG_NOT_FOUND" && accepted.trail[0].kind == "api");
        CHECK(accepted.trail[0].http_status.value_or(0) >= 400 && accepted.trail[0].attempts == 1);
        CHECK(accepted.trail[1].outcome == pm::Outcome::sent && !accepted.trail[1].kind);
        CHECK(accepted.trail[1].message_id == accepted.receipt.message_id);
    };
    check(client.send_with_fallback({greeting, hello}));
    // Made between the braces, or in a list that has a name.
    const auto text = [] { return pm::Sms::text("+6591234567", "Hello"); };
    check(client.send_with_fallback({pm::WhatsApp("+6591234567", "+6581234567", "HX"), text()}));
    check(client.send_with_fallback_async({greeting, text()}).get());
    check(client.try_send_with_fallback({greeting, text()}).value_or(pm::FallbackReceipt()));
    check(*client.try_send_with_fallback_async({greeting, text()}).get());
    const pm::MessageList named = {greeting, hello};
    check(client.send_with_fallback(named));
    check(client.send_with_fallback_async(named).get());
    pm::Receipt other;
    other.message_id = "none";
    CHECK(client.try_send(pm::Sms::text("none", "")).value_or(other).message_id == "none");
    const pm::Result<pm::Receipt> sent = client.try_send(hello);
    CHECK(sent.value_or(other).message_id == sent->message_id);
    check(client.send_with_fallback_async({greeting, hello}).get());
    check(*client.try_send_with_fallback_async({greeting, hello}).get());

    // A refusal that ends the call, and one that a list of codes lets pass.
    const auto refused = thrown_by<pm::ChannelConfigNotFoundError>(
        [&] { client.send_with_fallback({greeting, hello}, pm::CallOptions().fallback_code("OTHER")); });
    CHECK(refused.trail().size() == 1 && refused.trail()[0].channel == "WHATSAPP");
    CHECK(refused.outcome() == pm::Outcome::rejected);

    const auto invalid = [&](auto send) {
        const auto error = thrown_by<pm::InvalidMessageError>(send);
        CHECK(error.field() == "messages[1].to" && error.trail().empty());
    };
    const pm::Sms nobody = pm::Sms::text("none", "Hello");
    invalid([&] { client.send_with_fallback({hello, nobody}); });
    invalid([&] { client.send_with_fallback_async({hello, nobody}).get(); });
    thrown_by<pm::InvalidMessageError>([&] { client.send_with_fallback({}); });

    // Cancelled: the future has the trail, too.
    sandbox.control(R"({"op": "clear_requests"})");
    sandbox.control(R"({"op": "push_fault", "fault": {"kind": "code", "code": "CHANNEL_CONFIG_NOT_FOUND"}})");
    sandbox.control(R"({"op": "push_fault", "fault": {"kind": "stall"}})");
    pm::Call call;
    auto cancelled = client.send_with_fallback_async({greeting, hello}, pm::CallOptions(), &call);
    while (recorded(sandbox.get()) < 2) {
        CHECK(cancelled.wait_for(5ms) == std::future_status::timeout);
    }
    call.cancel();
    const auto error = thrown_by<pm::OutcomeUnknownError>([&] { cancelled.get(); });
    CHECK(error.kind() == "cancelled" && error.trail().size() == 2);
    CHECK(error.trail()[1].outcome == pm::Outcome::unknown);
}

int main() {
    {
        const pm::Sandbox sandbox;
        lists(sandbox);
    }
    const pm::Sandbox sandbox;
    const pm::Client client(sandbox.options());
    what_is_not_told(sandbox, client);
    reads(sandbox, client);
    fallback(sandbox, client);
    client.close();
    const auto closed = thrown_by<pm::TransportError>([&] { client.get_balance(); });
    CHECK(closed.kind() == "closed" && closed.outcome() == pm::Outcome::none);
    return end_of_test();
}
