#include <partner_messaging.hpp>

#include <iostream>

int main() {
    const auto client = partner_messaging::Client::try_new(partner_messaging::Options().api_key("key"));
    std::cout << "partner-messaging " << pm_version() << (client ? " made a client\n" : " made none\n");
    return client ? 0 : 1;
}
