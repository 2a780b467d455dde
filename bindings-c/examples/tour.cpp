// A tour of the whole API: sends, waits for what becomes of a message, lists
// messages over several pages, compares the balance with the ledger, and lets a
// message take the next channel. Prints one line, with tabs between the columns.
//
// It wants a service where SMS is configured and WhatsApp is not.
#include <partner_messaging.hpp>

#include <cmath>
#include <cstdio>
#include <iostream>
#include <string>

namespace pm = partner_messaging;

// Amounts are exact text; with two decimals, cents are whole numbers.
static long cents(const std::string &amount) { return std::lround(std::stod(amount) * 100); }

static std::string money(long cents, const std::string &currency) {
    char text[64];
    std::snprintf(text, sizeof text, "%ld.%02ld ", cents / 100, cents % 100);
    return text + currency;
}

static int tour() {
    constexpr int sent = 5;
    const pm::Client client;
    const pm::Balance before = client.get_balance();

    std::string last;
    for (int n = 0; n < sent; n++) {
        const std::string to = "+659123456" + std::to_string(n);
        last = client.send(pm::Sms::text(to, "Hello from C++!")).message_id;
    }
    const std::string status = client.wait_for_status(last).status.value_or("");

    pm::Filter filter;
    filter.channel("SMS").limit(2);
    std::size_t listed = 0, count = 0;
    pm::Pages pages = client.list_messages(filter).pages();
    while (const std::optional<pm::Page> page = pages.next()) {
        listed += page->messages.size();
        count++;
    }

    const pm::WhatsApp whatsapp("+6591234567", "+6581234567", "HXf8aa5a783ac6df54b1d28473f2de4c75");
    const pm::Sms sms = pm::Sms::text("+6591234567", "Hello from C++!");
    std::string trail;
    for (const pm::FallbackStep &step : client.send_with_fallback({whatsapp, sms}).trail) {
        trail += (trail.empty() ? "" : ", ") + step.channel + ' ' + to_string(step.outcome);
    }

    const pm::Balance after = client.get_balance();
    const std::string currency = after.currency.value_or("");
    long ledger = 0;
    for (const pm::Spending &entry : client.spending()) {
        ledger += cents(entry.cost);
    }
    std::cout << sent << " sent\t" << status << '\t' << listed << " on " << count << " pages\t"
              << money(cents(before.amount) - cents(after.amount), currency) << '\t'
              << money(ledger, currency) << '\t' << trail << '\n';
    return 0;
}

int main() {
    try {
        return tour();
    } catch (const pm::PartnerMessagingError &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
