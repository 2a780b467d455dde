// Sends what it is told on its input, line by line, and prints what came of it;
// tests/vectors.rs drives it. A line is a command and its arguments; texts are
// an x and hexadecimal bytes.
#include <partner_messaging.hpp>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <cxxabi.h>

namespace pm = partner_messaging;
using std::chrono::milliseconds;

static std::string text_of(const std::string &argument) {
    std::string text;
    for (std::size_t i = 1; i + 1 < argument.size(); i += 2) {
        text += static_cast<char>(std::stoi(argument.substr(i, 2), nullptr, 16));
    }
    return text;
}

static void print(const char *name, const std::string &text) {
    static const char digits[] = "0123456789abcdef";
    std::cout << name << " x";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        std::cout << digits[byte >> 4] << digits[byte & 15];
    }
    std::cout << '\n';
}

static void print(const char *name, const std::optional<std::string> &text) {
    if (text) {
        print(name, *text);
    }
}

static void print_number(const char *name, long long number) {
    std::cout << name << ' ' << number << '\n';
}

// The name of the class that was really thrown.
static std::string class_of(const pm::PartnerMessagingError &error) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void *)> name(
        abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), std::free);
    const std::string whole = name.get();
    return whole.substr(whole.rfind(':') + 1);
}

static void print(const pm::Receipt &receipt) {
    print_number("ok", 1);
    print("message_id", receipt.message_id);
    print("recipient", receipt.recipient);
    print("channel", receipt.channel);
    print("status", receipt.status);
    print("cost", receipt.cost);
    print("currency", receipt.currency);
    print("message", receipt.message);
    print("raw", receipt.raw);
    print_number("replayed", receipt.replayed);
    print_number("attempts", receipt.attempts);
}

static void print(const pm::PartnerMessagingError &error) {
    print_number("ok", 0);
    print("class", class_of(error));
    if (error.outcome() != pm::Outcome::none) {
        print("outcome", std::string(to_string(error.outcome())));
    }
    print("kind", error.kind());
    print("code", error.code());
    print("field", error.field());
    print("request_id", error.request_id());
    print("body", error.body());
    print("text", std::string(error.what()));
    print_number("attempts", error.attempts());
    if (error.http_status()) {
        print_number("status", *error.http_status());
    }
    if (error.retry_after()) {
        print_number("retry_after_ms", error.retry_after()->count());
    }
}

// A text as JSON writes it, or null. The cases have no control characters in what is listed.
static std::string json(const std::optional<std::string> &text) {
    if (!text) {
        return "null";
    }
    std::string json = "\"";
    for (const char c : *text) {
        if (c == '"' || c == '\\') {
            json += '\\';
        }
        json += c;
    }
    return json + '"';
}

template <class T> static std::string json_number(const std::optional<T> &number) {
    return number ? std::to_string(*number) : "null";
}

template <class Items, class Write> static std::string json_list(const Items &items, Write write) {
    std::string json = "[";
    for (const auto &item : items) {
        json += (json.size() > 1 ? "," : "") + write(item);
    }
    return json + "]";
}

static std::string json(const std::vector<pm::FallbackStep> &trail) {
    return json_list(trail, [](const pm::FallbackStep &step) {
        return "{\"channel\":" + json(step.channel) +
               ",\"outcome\":" + json(std::string(to_string(step.outcome))) +
               ",\"kind\":" + json(step.kind) + ",\"status\":" + json_number(step.http_status) +
               ",\"code\":" + json(step.code) + ",\"message_id\":" + json(step.message_id) +
               ",\"attempts\":" + std::to_string(step.attempts) + "}";
    });
}

static std::string json(const pm::Page &page) {
    const std::string more = page.has_more ? (*page.has_more ? "true" : "false") : "null";
    return "{\"page\":" + std::to_string(page.number) + ",\"limit\":" + json_number(page.limit) +
           ",\"total\":" + json_number(page.total) +
           ",\"total_pages\":" + json_number(page.total_pages) + ",\"has_more\":" + more +
           ",\"ids\":" +
           json_list(page.messages, [](const pm::MessageRecord &it) { return json(it.message_id); }) +
           "}";
}

static std::string json(const std::vector<pm::Spending> &entries) {
    return json_list(entries, [](const pm::Spending &entry) {
        return "{\"channel\":" + json(entry.channel) + ",\"currency\":" + json(entry.currency) +
               ",\"cost\":" + json(entry.cost) + ",\"messages\":" + std::to_string(entry.messages) +
               ",\"unpriced\":" + std::to_string(entry.unpriced) + "}";
    });
}

static void print(const pm::MessageRecord &record) {
    print_number("ok", 1);
    print("message_id", record.message_id);
    print("recipient", record.recipient);
    print("channel", record.channel);
    print("status", record.status);
    print("cost", record.cost);
    print("currency", record.currency);
    print("created_at", record.created_at);
    print("updated_at", record.updated_at);
    print("raw", record.raw);
}

static std::string json(pm::Outcome outcome) {
    return outcome == pm::Outcome::none ? "null" : json(std::string(to_string(outcome)));
}

static std::string json(const pm::JournalRecord &record) {
    const auto &conflict = record.conflict;
    return "{\"key\":" + json(record.key) + ",\"outcome\":" + json(record.outcome) +
           ",\"resolved\":" + (record.resolved ? "true" : "false") + ",\"channel\":" + json(record.channel) +
           ",\"kind\":" + json(record.kind) + ",\"code\":" + json(record.code) +
           ",\"message_id\":" + json(record.message_id) + ",\"cost\":" + json(record.cost) +
           ",\"currency\":" + json(record.currency) + ",\"conflict\":" +
           (conflict ? "{\"outcome\":" + json(conflict->outcome) + ",\"message_id\":" + json(conflict->message_id) + "}"
                     : "null") +
           "}";
}

static std::string json(const pm::JournalSummary &summary) {
    const auto member = [](const char *name, std::uint64_t count) {
        return std::string("\"") + name + "\":" + std::to_string(count) + ",";
    };
    return "{" + member("sent", summary.sent) + member("rejected", summary.rejected) +
           member("not_sent", summary.not_sent) + member("unknown", summary.unknown) +
           member("in_progress", summary.in_progress) + member("conflicts", summary.conflicts) + "\"totals\":" +
           json_list(summary.totals, [&](const pm::JournalTotal &total) {
               return "{\"outcome\":" + json(total.outcome) + ",\"channel\":" + json(total.channel) +
                      ",\"currency\":" + json(total.currency) + ",\"cost\":" + json(total.cost) + "," +
                      member("messages", total.messages) + "\"unpriced\":" + std::to_string(total.unpriced) + "}";
           }) +
           "}";
}

static std::string json_records(pm::JournalRecords records) {
    std::vector<pm::JournalRecord> all;
    for (const pm::JournalRecord &record : records) {
        all.push_back(record);
    }
    return json_list(all, [](const pm::JournalRecord &record) { return json(record); });
}

static void set(pm::Options &options, const std::string &name, const std::string &value) {
    using Set = std::function<void()>;
    const auto number = [&] { return std::strtoull(value.c_str(), nullptr, 10); };
    const auto small = [&] { return static_cast<std::uint32_t>(number()); };
    const auto duration = [&] { return milliseconds(number()); };
    const std::map<std::string, Set> setters = {
        {"api_key", [&] { options.api_key(value); }},
        {"base_url", [&] { options.base_url(value); }},
        {"proxy", [&] { options.proxy(value); }},
        {"ca_file", [&] { options.ca_file(value); }},
        {"user_agent", [&] { options.user_agent(value); }},
        {"timeout_ms", [&] { options.timeout(duration()); }},
        {"connect_timeout_ms", [&] { options.connect_timeout(duration()); }},
        {"max_retries", [&] { options.max_retries(small()); }},
        {"max_connections", [&] { options.max_connections(small()); }},
        {"max_response_bytes", [&] { options.max_response_bytes(number()); }},
        {"http2", [&] { options.http2(number() != 0); }},
        {"trust_env", [&] { options.trust_env(number() != 0); }},
        {"allow_http", [&] { options.allow_http(number() != 0); }},
    };
    setters.at(name)();
}

struct Case {
    pm::Options options;
    pm::CallOptions call;
    std::unique_ptr<pm::Message> message;
    std::string op;
    std::map<std::string, std::string> arguments;
    std::vector<std::pair<std::string, std::string>> query;
    std::optional<std::vector<std::string>> statuses;
    std::vector<std::unique_ptr<pm::Message>> messages;
    std::vector<std::string> keys;
    std::vector<std::string> wanted_headers;
    bool spending = false;
    bool records = false;
    std::function<void(const std::string &, const std::string &)> variable;

    template <class M> void is(M made) {
        auto owned = std::make_unique<M>(std::move(made));
        if constexpr (std::is_same_v<M, pm::WhatsApp> || std::is_same_v<M, pm::Sms>) {
            variable = [m = owned.get()](const std::string &name, const std::string &value) {
                m->variable(name, value);
            };
        }
        message = std::move(owned);
    }

    [[nodiscard]] pm::Filter filter() const {
        pm::Filter filter;
        for (const auto &[name, value] : arguments) {
            const auto number = [&value = value] { return static_cast<std::uint32_t>(std::stoul(value)); };
            const std::map<std::string, std::function<void()>> setters = {
                {"channel", [&, &value = value] { filter.channel(value); }},
                {"status", [&, &value = value] { filter.status(value); }},
                {"recipient", [&, &value = value] { filter.recipient(value); }},
                {"sender", [&, &value = value] { filter.sender(value); }},
                {"since", [&, &value = value] { filter.since(value); }},
                {"until", [&, &value = value] { filter.until(value); }},
                {"page", [&] { filter.page(number()); }},
                {"limit", [&] { filter.limit(number()); }},
            };
            setters.at(name)();
        }
        for (const auto &[name, value] : query) {
            filter.query(name, value);
        }
        return filter;
    }

    void list(const pm::Client &client) const {
        std::vector<std::string> ids;
        const auto json_ids = [&] { return json_list(ids, [](const std::string &id) { return json(id); }); };
        try {
            for (const pm::MessageRecord &record : client.list_messages(filter(), call)) {
                ids.push_back(record.message_id);
            }
            print_number("ok", 1);
            print("ids", json_ids());
        } catch (const pm::PartnerMessagingError &error) {
            print(error);
            print("got", json_ids());
        }
    }

    void list_pages(const pm::Client &client) const {
        std::vector<pm::Page> all;
        pm::Pages pages = client.list_messages(filter(), call).pages();
        while (std::optional<pm::Page> page = pages.next()) {
            all.push_back(std::move(*page));
        }
        print_number("ok", 1);
        print("pages", json_list(all, [](const pm::Page &page) { return json(page); }));
    }

    void request(const pm::Client &client) const {
        pm::Request request(arguments.at("method"), arguments.at("path"));
        for (const auto &[name, value] : query) {
            request.query(name, value);
        }
        if (arguments.count("body")) {
            request.json(arguments.at("body"));
        }
        if (arguments.count("idempotent")) {
            request.idempotent(arguments.at("idempotent") == "1");
        }
        const pm::Reply reply = client.request(request, call);
        print_number("ok", 1);
        print_number("status", reply.http_status());
        print("data", reply.data());
        print("message", reply.message());
        print_number("replayed", reply.replayed());
        print_number("attempts", reply.attempts());
        for (const std::string &name : wanted_headers) {
            print(("header:" + name).c_str(), reply.header(name));
        }
    }

    void fall_back(const pm::Client &client, bool async) const {
        pm::MessageList all;
        for (const auto &one : messages) {
            all.emplace_back(*one);
        }
        try {
            const pm::FallbackReceipt accepted =
                async ? client.send_with_fallback_async(all, call).get()
                      : client.send_with_fallback(all, call);
            print(accepted.receipt);
            print("trail", json(accepted.trail));
        } catch (const pm::PartnerMessagingError &error) {
            print(error);
            print("trail", json(error.trail()));
        }
    }

    /// Asks the journal, or about it.
    void ask(const pm::Journal &journal, const pm::Client &client) const {
        std::string name = "record", found;
        if (op == "journal_get") {
            const auto record = journal.get(arguments.at("key"));
            found = record ? json(*record) : "null";
        } else if (op == "journal_resolve") {
            const std::string &key = arguments.at("key");
            found = json(arguments.at("outcome") == "sent" ? journal.resolve_sent(key, arguments.at("message_id"))
                                                           : journal.resolve_not_sent(key));
        } else if (op == "journal_summary") {
            name = "summary";
            found = json(journal.summary());
        } else if (op == "journal_records") {
            const auto wanted = arguments.find("outcome");
            pm::Outcome outcome = pm::Outcome::none;
            for (const auto known : {pm::Outcome::sent, pm::Outcome::rejected, pm::Outcome::not_sent, pm::Outcome::unknown}) {
                outcome = wanted != arguments.end() && wanted->second == to_string(known) ? known : outcome;
            }
            name = "records";
            found = json_records(journal.records(outcome));
        } else if (op == "journal_reconcile") {
            pm::KeyedMessages given;
            for (std::size_t i = 0; i < keys.size(); i++) {
                given.emplace_back(keys[i], *messages[i]);
            }
            name = "records";
            found = json_list(journal.reconcile(client, given, call), [](const pm::JournalRecord &it) { return json(it); });
        } else {
            const std::uint64_t purged = journal.purge(arguments.at("before"));
            print_number("ok", 1);
            print_number("purged", static_cast<long long>(purged));
            return;
        }
        print_number("ok", 1);
        print(name.c_str(), found);
    }

    void make_call(const pm::Client &client, bool async) const {
        if (op == "get_message") {
            print(client.get_message(arguments.at("message_id"), call));
        } else if (op == "wait_for_status") {
            print(client.wait_for_status(arguments.at("message_id"), call, statuses));
        } else if (op == "list_messages") {
            list(client);
        } else if (op == "list_pages") {
            list_pages(client);
        } else if (op == "get_balance") {
            const pm::Balance balance = client.get_balance(call);
            print_number("ok", 1);
            print("amount", balance.amount);
            print("currency", balance.currency);
            print("raw", balance.raw);
        } else if (op == "request") {
            request(client);
        } else if (op == "send_with_fallback") {
            fall_back(client, async);
        } else {
            std::cerr << "vector_runner: no such call: " << op << '\n';
            std::exit(3);
        }
    }

    void work(const pm::Client &client, const std::optional<pm::Journal> &journal, bool async) const {
        if (op.compare(0, 8, "journal_") == 0) {
            ask(*journal, client);
        } else if (!op.empty()) {
            make_call(client, async);
        } else if (!message) {
            print_number("ok", 1);
        } else if (async) {
            print(client.send_async(*message, call).get());
        } else {
            print(client.send(*message, call));
        }
    }

    void run(std::optional<pm::Client> &kept, const std::optional<pm::Journal> &journal, bool async) const {
        try {
            work(kept ? *kept : kept.emplace(options), journal, async);
        } catch (const pm::PartnerMessagingError &error) {
            print(error);
        }
        if (kept && spending) {
            print("spending", json(kept->spending()));
        }
        if (records) {
            print("records_after", json_records(journal->records()));
        }
    }
};

int main(int argc, char **argv) {
    const bool async = argc == 2 && std::string(argv[1]) == "async";
    Case next;
    std::optional<pm::Client> client;
    std::optional<pm::Journal> journal;
    std::future<pm::Receipt> begun;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string command;
        words >> command;
        std::vector<std::string> arguments;
        for (std::string word; words >> word;) {
            arguments.push_back(word);
        }
        const auto text = [&](std::size_t i) { return text_of(arguments.at(i)); };
        if (command == "text") {
            set(next.options, arguments.at(0), text(1));
        } else if (command == "number") {
            set(next.options, arguments.at(0), arguments.at(1));
        } else if (command == "header") {
            next.options.header(text(0), text(1));
        } else if (command == "call_number" && arguments.at(0) == "timeout_ms") {
            next.call.timeout(milliseconds(std::stoll(arguments.at(1))));
        } else if (command == "call_number" && arguments.at(0) == "max_retries") {
            next.call.max_retries(static_cast<std::uint32_t>(std::stoul(arguments.at(1))));
        } else if (command == "call_header") {
            next.call.header(text(0), text(1));
        } else if (command == "whatsapp") {
            next.is(pm::WhatsApp(text(0), text(1), text(2)));
        } else if (command == "sms") {
            next.is(pm::Sms::text(text(0), text(1)));
        } else if (command == "sms_template") {
            next.is(pm::Sms::from_template(text(0), text(1), text(2)));
        } else if (command == "email") {
            next.is(pm::Email(text(0), text(1), text(2)));
        } else if (command == "json") {
            next.is(pm::Json(text(0)));
        } else if (command == "sender_id") {
            static_cast<pm::Sms &>(*next.message).sender_id(text(0));
        } else if (command == "variable") {
            next.variable(text(0), text(1));
        } else if (command == "endpoint") {
            next.options.endpoint(text(0), text(1));
        } else if (command == "fallback_code") {
            next.call.fallback_code(text(0));
        } else if (command == "argument") {
            next.arguments[arguments.at(0)] = text(1);
        } else if (command == "argument_number") {
            next.arguments[arguments.at(0)] = arguments.at(1);
        } else if (command == "body") {
            next.arguments["body"] = text(0);
        } else if (command == "idempotent") {
            next.arguments["idempotent"] = arguments.at(0);
        } else if (command == "query") {
            next.query.emplace_back(text(0), text(1));
        } else if (command == "statuses") {
            next.statuses.emplace();
        } else if (command == "status") {
            next.statuses->push_back(text(0));
        } else if (command == "wanted_header") {
            next.wanted_headers.push_back(text(0));
        } else if (command == "next") {
            next.messages.push_back(std::move(next.message));
        } else if (command == "next_of") {
            next.keys.push_back(text(0));
            next.messages.push_back(std::move(next.message));
        } else if (command == "call_key") {
            next.call.key(text(0));
        } else if (command == "used_by") {
            const pm::Client other(pm::Options().api_key("key").base_url(text(1)).journal(text(0)));
        } else if (command == "journal") {
            journal.emplace(text(0));
            next.options.journal(*journal);
        } else if (command == "spending") {
            next.spending = true;
        } else if (command == "records") {
            next.records = true;
        } else if (command == "do") {
            next.op = arguments.at(0);
        } else if (command == "run" || command == "step" || command == "begin") {
            if (command == "begin") {
                begun = (client ? *client : client.emplace(next.options)).send_async(*next.message, next.call);
            } else {
                next.run(client, journal, async);
            }
            std::cout << "end" << std::endl;
            if (command == "run") {
                if (client) {
                    client->close();
                }
                client.reset();
                journal.reset();
            }
            next = Case();
        } else {
            std::cerr << "vector_runner: no such command: " << command << '\n';
            return 3;
        }
    }
    return 0;
}
