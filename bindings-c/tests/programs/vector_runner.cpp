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
    print_number("attempts", receipt.attempts);
}

static void print(const pm::PartnerMessagingError &error) {
    print_number("ok", 0);
    print("class", class_of(error));
    print("outcome", std::string(to_string(error.outcome())));
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

    void run(bool async) const {
        try {
            const pm::Client client(options);
            if (!message) {
                print_number("ok", 1);
            } else if (async) {
                print(client.send_async(*message, call).get());
            } else {
                print(client.send(*message, call));
            }
        } catch (const pm::PartnerMessagingError &error) {
            print(error);
        }
    }
};

int main(int argc, char **argv) {
    const bool async = argc == 2 && std::string(argv[1]) == "async";
    Case next;
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
        } else if (command == "run") {
            next.run(async);
            std::cout << "end" << std::endl;
            next = Case();
        } else {
            std::cerr << "vector_runner: no such command: " << command << '\n';
            return 3;
        }
    }
    return 0;
}
