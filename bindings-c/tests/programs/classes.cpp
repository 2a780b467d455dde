// Every class of error of the library is an exception of this header. The
// arguments are the classes, Name=Parent; tests/programs.rs gives them.
#include "check.h"

#include <partner_messaging.hpp>

#include <string>
#include <vector>

#include <cxxabi.h>

namespace pm = partner_messaging;

static std::string class_of(const pm::PartnerMessagingError &error) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void *)> name(
        abi::__cxa_demangle(typeid(error).name(), nullptr, nullptr, &status), std::free);
    const std::string whole = name.get();
    return whole.substr(whole.rfind(':') + 1);
}

static void every_class(const std::vector<std::string> &classes) {
    CHECK(classes.size() >= 20);
    for (const std::string &entry : classes) {
        const std::string name = entry.substr(0, entry.find('='));
        const std::string parent = entry.substr(entry.find('=') + 1);
        const auto error = [&] { std::rethrow_exception(pm::detail::exception(pm::Error(nullptr), name)); };
        try {
            error();
        } catch (const pm::PartnerMessagingError &thrown) {
            const std::string there = class_of(thrown);
            CHECK_TEXT(there.c_str(), name.c_str());
            const bool is_api = dynamic_cast<const pm::ApiError *>(&thrown) != nullptr;
            CHECK(is_api == (name == "ApiError" || parent == "ApiError"));
        }
    }
    // A class that this header doesn't know is that of its status.
    const auto later = [](const pm::Error &error, const char *wanted) {
        try {
            std::rethrow_exception(pm::detail::exception(error, "FutureError"));
        } catch (const pm::PartnerMessagingError &thrown) {
            const std::string there = class_of(thrown);
            CHECK_TEXT(there.c_str(), wanted);
        }
    };
    const pm::Sandbox sandbox;
    const pm::Client client(sandbox.options().max_retries(0));
    const auto answered = [&](const char *fault) {
        sandbox.control(std::string(R"({"op": "push_fault", "fault": )") + fault + "}");
        return client.try_get_balance().error();
    };
    const pm::Sms nobody = pm::Sms::text("none", "");
    const char *const stall = R"({"op": "push_fault", "fault": {"kind": "stall"}})";
    later(pm::Client::try_new(pm::Options().api_key("")).error(), "ConfigError");
    later(client.try_send(nobody).error(), "InvalidMessageError");
    later(answered(R"({"kind": "code", "code": "ORG_INACTIVE"})"), "ApiError");
    later(answered(R"({"kind": "respond", "status": 200, "body": []})"), "ProtocolError");
    sandbox.control(stall);
    const auto unknown = client.try_send(pm::Sms::text("+6591234567", "Hello"),
                                         pm::CallOptions().timeout(std::chrono::seconds(2)));
    later(unknown.error(), "OutcomeUnknownError");
    client.close();
    later(client.try_get_balance().error(), "TransportError");
    // Where there is no status there is the base.
    try {
        std::rethrow_exception(pm::detail::exception(pm::Error(nullptr), "FutureError"));
    } catch (const pm::PartnerMessagingError &thrown) {
        CHECK(typeid(thrown) == typeid(pm::PartnerMessagingError));
    }
}

int main(int argc, char **argv) {
    every_class(std::vector<std::string>(argv + 1, argv + argc));
    return 0;
}
