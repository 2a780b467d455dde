// What C++ can do to a handle and C can't: move it, also onto itself, and use
// what is left; and give a text with a NUL in it.
#include "check.h"

#include <partner_messaging.hpp>

#include <functional>
#include <string>
#include <vector>

namespace pm = partner_messaging;
using namespace std::chrono_literals;

static const std::string nul("a\0b", 3);
static const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");

template <class T> T taken_from(T &value) { return std::move(value); }

// By a second name, so that no compiler sees what is going on.
template <class T> void move_onto_itself(T &value) {
    T &same = value;
    value = std::move(same);
}

static void refused(const pm::Error &error, const char *field) {
    CHECK(error.field() == field && error.kind() == "config" && error.class_name() == "ConfigError");
    CHECK(error.status() == PM_CONFIG_ERROR && error.attempts() == 0);
    CHECK(error.message().find(field) != std::string::npos);
}

// NULL would stand for the defaults: another key, no deadline, every message.
static void what_was_moved_from_is_refused(const pm::Client &client) {
    pm::Options options;
    options.api_key("k");
    const pm::Options kept = taken_from(options);
    options.api_key("other");
    refused(pm::Client::try_new(options).error(), "options");
    CHECK(pm::Client::try_new(kept).has_value());

    pm::CallOptions brief;
    static_cast<void>(taken_from(brief));
    brief.timeout(1s).max_retries(1).header("a", "b").fallback_code("X");
    const pm::Request get("GET", "/partner/message");
    refused(client.try_send(hello, brief).error(), "options");
    CHECK(client.try_send(hello, brief).error().outcome() == pm::Outcome::not_sent);
    refused(client.try_send_async(hello, brief).get().error(), "options");
    refused(client.try_send_with_fallback({hello}, brief).error(), "options");
    refused(client.try_send_with_fallback_async({hello}, brief).get().error(), "options");
    refused(client.try_get_message("m", brief).error(), "options");
    CHECK(client.try_get_message("m", brief).error().outcome() == pm::Outcome::none);
    refused(client.try_wait_for_status("m", brief).error(), "options");
    refused(client.try_list_messages(pm::Filter(), brief).error(), "options");
    refused(client.try_get_balance(brief).error(), "options");
    refused(client.try_request(get, brief).error(), "options");
    try {
        client.send(hello, brief);
        CHECK(!"it was sent");
    } catch (const pm::ConfigError &error) {
        refused(error, "options");
    }

    pm::Filter filter;
    static_cast<void>(taken_from(filter));
    filter.limit(1).page(1).channel("SMS").query("a", "b");
    refused(client.try_list_messages(filter).error(), "filter");
    pm::Request request("GET", "/partner/message");
    static_cast<void>(taken_from(request));
    refused(client.try_request(request).error(), "request");
    pm::Sms message = pm::Sms::text("+6591234567", "Hello");
    static_cast<void>(taken_from(message));
    message.variable("1", "x").sender_id("y");
    CHECK(client.try_send(message).error().class_name() == "InvalidMessageError");
    CHECK(client.try_send_with_fallback({hello, message}).error().field() == "messages[1].message");

    pm::Messages list = client.list_messages();
    pm::Messages rest = taken_from(list);
    refused(list.try_next().error(), "iter");
    pm::Pages pages = std::move(rest).pages();
    refused(rest.try_next().error(), "iter"); // NOLINT(bugprone-use-after-move)
    const pm::Pages later = taken_from(pages);
    refused(pages.try_next().error(), "iter");

    pm::Reply reply = client.request(get);
    static_cast<void>(taken_from(reply));
    CHECK(reply.http_status() == 0 && !reply.data() && !reply.message() && !reply.header("a"));
    CHECK(reply.attempts() == 0);
    // An error is never empty: moving one copies it.
    pm::Error error = client.try_send(pm::Sms::text("none", "")).error();
    const pm::Error same = std::move(error);
    CHECK(error.message() == same.message()); // NOLINT(bugprone-use-after-move)
}

static void an_empty_client_and_sandbox_are_refused(pm::Client client, pm::Sandbox sandbox) {
    const pm::Client moved_client = taken_from(client);
    refused(client.try_send(hello).error(), "client");
    refused(client.try_send_async(hello).get().error(), "client");
    refused(client.try_send_with_fallback({hello}).error(), "client");
    refused(client.try_get_message("m").error(), "client");
    refused(client.try_wait_for_status("m").error(), "client");
    refused(client.try_list_messages().error(), "client");
    refused(client.try_get_balance().error(), "client");
    refused(client.try_request(pm::Request("GET", "/a")).error(), "client");
    refused(client.try_spending().error(), "client");
    refused(client.try_reset_spending().error(), "client");
    client.close();
    client.wait();
    const pm::Sandbox moved_sandbox = taken_from(sandbox);
    refused(sandbox.try_control("{}").error(), "sandbox");
    CHECK(sandbox.url().empty() && sandbox.inbox_url().empty() && sandbox.api_key().empty());
    CHECK(moved_sandbox.inbox_url() == moved_sandbox.url() + "/");
    sandbox.stop();
    CHECK(!pm::Client::try_new(sandbox.options()));
    CHECK(moved_client.try_send(hello).has_value());
}

static void moving_onto_itself_changes_nothing(const pm::Sandbox &sandbox) {
    pm::Options options = sandbox.options();
    move_onto_itself(options);
    pm::Client client(options);
    move_onto_itself(client);
    pm::CallOptions call_options;
    move_onto_itself(call_options.timeout(600s));
    pm::Sms message = pm::Sms::text("+6591234567", "Hello");
    move_onto_itself(message);
    CHECK(client.send(message, call_options).attempts == 1);
    pm::Filter filter;
    move_onto_itself(filter.limit(1));
    pm::Messages list = client.list_messages(filter);
    move_onto_itself(list);
    CHECK(list.next().has_value());
    pm::Request request("GET", "/partner/message");
    move_onto_itself(request);
    pm::Reply reply = client.request(request);
    move_onto_itself(reply);
    CHECK(reply.http_status() == 200);
    pm::Call call;
    auto sent = client.send_async(message, &call);
    move_onto_itself(call);
    sent.get();
    call.cancel();
    // Assigning frees what was there.
    client = pm::Client(options);
    call = pm::Call();
    options = pm::Options();
    message = pm::Sms::text("+6591234567", "Again");
    CHECK(client.send(message).attempts == 1);
}

struct Refusal {
    const char *field;
    std::function<pm::Error()> error;
};

static void a_nul_is_refused_and_not_the_end(const pm::Sandbox &sandbox, const pm::Client &client) {
    const auto options = [](const char *field, auto set) {
        return Refusal{field, [set] {
                           pm::Options options;
                           set(options.api_key("k"));
                           return pm::Client::try_new(options).error();
                       }};
    };
    const auto call = [&](const char *field, auto set) {
        return Refusal{field, [set, &client] {
                           pm::CallOptions options;
                           set(options);
                           return client.try_send(hello, options).error();
                       }};
    };
    const auto filter = [&](const char *field, auto set) {
        return Refusal{field, [set, &client] {
                           pm::Filter filter;
                           set(filter);
                           return client.try_list_messages(filter).error();
                       }};
    };
    const auto request = [&](const char *field, auto make) {
        return Refusal{field, [make, &client] { return client.try_request(make()).error(); }};
    };
    const auto message = [&](const char *field, auto make) {
        return Refusal{field, [make, &client] { return client.try_send(make()).error(); }};
    };
    using pm::CallOptions;
    using pm::Filter;
    using pm::Options;
    using pm::Request;
    const std::string to = "+6591234567";
    const std::vector<Refusal> refusals = {
        options("api_key", [](Options &o) { o.api_key(nul); }),
        options("base_url", [](Options &o) { o.base_url(nul); }),
        options("proxy", [](Options &o) { o.proxy(nul); }),
        options("ca_file", [](Options &o) { o.ca_file(nul); }),
        options("headers", [](Options &o) { o.header(nul, "b"); }),
        options("headers", [](Options &o) { o.header("b", nul); }),
        options("user_agent", [](Options &o) { o.user_agent(nul); }),
        options("endpoints", [](Options &o) { o.endpoint(nul, "/a"); }),
        options("endpoints", [](Options &o) { o.endpoint("get_message", nul); }),
        call("headers", [](CallOptions &o) { o.header(nul, "b"); }),
        call("headers", [](CallOptions &o) { o.header("b", nul); }),
        call("fallback_codes", [](CallOptions &o) { o.fallback_code(nul); }),
        filter("channel", [](Filter &f) { f.channel(nul); }),
        filter("status", [](Filter &f) { f.status(nul); }),
        filter("recipient", [](Filter &f) { f.recipient(nul); }),
        filter("sender", [](Filter &f) { f.sender(nul); }),
        filter("since", [](Filter &f) { f.since(nul); }),
        filter("until", [](Filter &f) { f.until(nul); }),
        filter("query", [](Filter &f) { f.query(nul, "b"); }),
        filter("query", [](Filter &f) { f.query("b", nul); }),
        request("method", [] { return Request(nul, "/a"); }),
        request("path", [] { return Request("GET", nul); }),
        request("query", [] { return Request("GET", "/a").query(nul, "b"); }),
        request("query", [] { return Request("GET", "/a").query("b", nul); }),
        request("json", [] { return Request("POST", "/a").json(nul); }),
        message("to", [] { return pm::WhatsApp(nul, "+6581234567", "HX"); }),
        message("from", [=] { return pm::WhatsApp(to, nul, "HX"); }),
        message("templateId", [=] { return pm::WhatsApp(to, "+6581234567", nul); }),
        message("templateVariables", [=] { return pm::WhatsApp(to, to, "HX").variable(nul, "b"); }),
        message("templateVariables", [=] { return pm::WhatsApp(to, to, "HX").variable("1", nul); }),
        message("to", [] { return pm::Sms::text(nul, "b"); }),
        message("content", [=] { return pm::Sms::text(to, nul); }),
        message("senderId", [=] { return pm::Sms::text(to, "b").sender_id(nul); }),
        message("to", [] { return pm::Sms::from_template(nul, "P", "HX"); }),
        message("senderId", [=] { return pm::Sms::from_template(to, nul, "HX"); }),
        message("templateId", [=] { return pm::Sms::from_template(to, "P", nul); }),
        message("templateVariables", [=] { return pm::Sms::from_template(to, "P", "HX").variable(nul, "b"); }),
        message("to", [] { return pm::Email(nul, "b", "c"); }),
        message("subject", [] { return pm::Email("a@example.com", nul, "c"); }),
        message("htmlContent", [] { return pm::Email("a@example.com", "b", nul); }),
        message("message", [] { return pm::Json(std::string_view("{}\0", 3)); }),
        {"message_id", [&] { return client.try_get_message(nul).error(); }},
        {"message_id", [&] { return client.try_wait_for_status(nul).error(); }},
        {"final_statuses",
         [&] { return client.try_wait_for_status("m", CallOptions(), {{"SENT", nul}}).error(); }},
        {"command", [&] { return sandbox.try_control(std::string_view("{\"op\": \"state\"}\0", 16)).error(); }},
    };
    for (const Refusal &refusal : refusals) {
        const pm::Error error = refusal.error();
        if (error.field() != refusal.field || error.attempts() != 0) {
            std::fprintf(stderr, "%s: %s\n", refusal.field, error.message().c_str());
            std::exit(1);
        }
    }
    CHECK(!pm::Sandbox::try_start(std::string_view("{}\0", 3)));
    CHECK(!client.request(Request("GET", "/partner/message")).header(std::string_view("content-type\0", 13)));
    // Nothing of all this was asked of the service but the last.
    CHECK(recorded(sandbox.get()) == 1);
}

int main() {
    const pm::Sandbox sandbox;
    const pm::Client client(sandbox.options());
    a_nul_is_refused_and_not_the_end(sandbox, client);
    what_was_moved_from_is_refused(client);
    pm::Sandbox other;
    pm::Client its(other.options());
    an_empty_client_and_sandbox_are_refused(std::move(its), std::move(other));
    moving_onto_itself_changes_nothing(sandbox);
    return end_of_test();
}
