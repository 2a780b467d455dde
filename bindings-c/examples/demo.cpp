// Sends the four documented messages and prints a line for each, its columns
// separated by tabs: the form of the message, the outcome, the message's id (or
// the class of the error), the cost, and how many requests it took.
#include <partner_messaging.hpp>

#include <iostream>

namespace pm = partner_messaging;

// Sends a message; returns whether it was sent.
static bool send_and_print(const pm::Client &client, const char *form, const pm::Message &message) {
    std::cout << form << '\t';
    try {
        const pm::Receipt receipt = client.send(message);
        std::cout << to_string(pm::Outcome::sent) << '\t' << receipt.message_id << '\t'
                  << receipt.cost.value_or("-") << ' ' << receipt.currency.value_or("-") << '\t'
                  << receipt.attempts << '\n';
        return true;
    } catch (const pm::PartnerMessagingError &error) {
        std::cout << to_string(error.outcome()) << '\t' << error.class_name() << "\t-\t"
                  << error.attempts() << '\n';
        std::cerr << error.what() << '\n';
        return false;
    }
}

int main() {
    const char *const template_id = "HXf8aa5a783ac6df54b1d28473f2de4c75";
    try {
        const pm::Client client;
        bool sent = send_and_print(
            client, "whatsapp", pm::WhatsApp("+6591234567", "+6581234567", template_id).variable("1", "123456"));
        sent &= send_and_print(
            client, "sms-template",
            pm::Sms::from_template("+6591234567", "Pathomics", template_id).variable("1", "123456"));
        sent &= send_and_print(client, "sms-text", pm::Sms::text("+6591234567", "Hello from C++"));
        sent &= send_and_print(client, "email",
                               pm::Email("user@example.com", "Hello", "<h1>Hello from C++</h1>"));
        return sent ? 0 : 1;
    } catch (const pm::PartnerMessagingError &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
