// Sends two messages by a client with the options of the command line, and says what
// became of each: connections URL [name value]...
#include <iostream>
#include <partner_messaging.hpp>
#include <string>

namespace pm = partner_messaging;

int main(int argc, char **argv) {
    auto options = pm::Options().api_key("sandbox-key").base_url(argv[1]);
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string name = argv[i], value = argv[i + 1];
        if (name == "ca_file")
            options.ca_file(value);
        else if (name == "client_cert_file")
            options.client_cert_file(value);
        else if (name == "client_key_file")
            options.client_key_file(value);
        else if (name == "keep_alive")
            options.keep_alive(value == "true");
        else
            return 2;
    }
    try {
        pm::Client client(options);
        for (int i = 0; i < 2; i++) {
            try {
                client.send(pm::Sms::text("+6591234567", "Hello"));
                std::cout << "sent\n";
            } catch (const pm::PartnerMessagingError &error) {
                std::cout << to_string(error.outcome()) << ' ' << error.kind() << '\n';
            }
        }
    } catch (const pm::ConfigError &error) {
        std::cout << error.kind() << ' ' << *error.field() << '\n';
    }
}
