// The first program: sends one SMS.
//
//     c++ -std=c++17 first.cpp $(pkg-config --cflags --libs partner-messaging) -pthread -o first
//     PARTNER_MESSAGING_API_KEY=... ./first +6591234567
//
// The library reads PARTNER_MESSAGING_API_KEY, and PARTNER_MESSAGING_BASE_URL
// if it is set.
#include <partner_messaging.hpp>

#include <iostream>

int main(int argc, char **argv) {
    namespace pm = partner_messaging;
    if (argc != 2) {
        std::cerr << "usage: " << argv[0] << " +6591234567\n";
        return 2;
    }
    try {
        const pm::Client client;
        const pm::Receipt receipt = client.send(pm::Sms::text(argv[1], "Hello from C++"));
        std::cout << "sent as " << receipt.message_id << " for " << receipt.cost.value_or("-") << ' '
                  << receipt.currency.value_or("-") << '\n';
        return 0;
    } catch (const pm::OutcomeUnknownError &error) {
        // It may have gone out: never send it again without finding out.
        std::cerr << "perhaps sent: " << error.what() << '\n';
    } catch (const pm::PartnerMessagingError &error) {
        std::cerr << to_string(error.outcome()) << ": " << error.what() << '\n';
    }
    return 1;
}
