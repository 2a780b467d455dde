// Many messages with a bound: sends the text to each phone number of a file, a line each,
// and says what became of those that were not sent. A journal remembers who has got it, so
// that it may be stopped and run again.
//
//     ./many recipients.txt "We are closed tomorrow."
//
// One thread: it submits while there is room, and takes completions as they come. What
// would meet every further message ends it; what is in flight is waited for.
#include <partner_messaging.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <string>

namespace pm = partner_messaging;

namespace {

constexpr std::size_t max_in_flight = 64;

struct Sums {
    std::uintptr_t taken = 0;
    unsigned sent = 0, rejected = 0, not_sent = 0, unknown = 0;
    bool stopped = false;
};

/// Refusals that are the account's, not the message's; a spend limit; the journal.
bool meets_all(const pm::Error &error) {
    static const std::string classes[] = {
        "AuthenticationError", "InsufficientCreditError", "OrgNotFoundError", "OrgInactiveError",
        "AppNotFoundError",    "AppInactiveError",        "SpendLimitError",  "JournalError",
    };
    return std::count(std::begin(classes), std::end(classes), error.class_name()) > 0;
}

/// The line's number names the message: a phone number has no business in a log.
void count(Sums &sums, std::uintptr_t line, const pm::Error *error) {
    switch (error ? error->outcome() : pm::Outcome::sent) {
    case pm::Outcome::sent: sums.sent++; break;
    case pm::Outcome::rejected: sums.rejected++; break;
    case pm::Outcome::unknown: sums.unknown++; break;
    case pm::Outcome::not_sent:
    case pm::Outcome::none: sums.not_sent++; break;
    }
    if (error) {
        std::cerr << "line " << line << ": " << error->message() << '\n';
        sums.stopped = sums.stopped || meets_all(*error);
    }
}

Sums send_lines(std::istream &lines, const std::string &text, const std::string &journal) {
    const pm::Client client(pm::Options().max_rate(50).spend_limit("SGD", "100.00").journal(journal));
    const pm::Queue queue;
    Sums sums;
    std::string number;
    bool more = true;
    std::size_t in_flight = 0;
    while (more || in_flight > 0) {
        while (more && in_flight < max_in_flight && (more = bool(std::getline(lines, number)))) {
            const std::uintptr_t line = ++sums.taken;
            const auto options = pm::CallOptions().key("line-" + std::to_string(line));
            void *const data = reinterpret_cast<void *>(line);
            if (const auto begun = client.submit(pm::Sms::text(number, text), queue, data, options)) {
                in_flight++;
            } else {
                count(sums, line, &begun.error());
            }
            more = !sums.stopped;
        }
        if (in_flight > 0) {
            const auto done = queue.next();
            const auto receipt = done->result();
            in_flight--;
            count(sums, reinterpret_cast<std::uintptr_t>(done->user_data()), receipt ? nullptr : &receipt.error());
            more = more && !sums.stopped;
        }
    }
    return sums;
}

} // namespace

int main(int argc, char **argv) {
    std::ifstream lines(argc == 3 ? argv[1] : "");
    if (!lines) {
        std::cerr << "usage: " << argv[0] << " FILE TEXT\n";
        return 2;
    }
    try {
        const Sums sums = send_lines(lines, argv[2], std::string(argv[1]) + ".journal");
        std::cout << sums.taken << " taken: " << sums.sent << " sent, " << sums.rejected << " rejected, "
                  << sums.not_sent << " not sent, " << sums.unknown << " unknown"
                  << (sums.stopped ? "; stopped" : "") << '\n';
        return sums.stopped ? 4 : sums.unknown ? 3 : sums.sent == sums.taken ? 0 : 1;
    } catch (const pm::PartnerMessagingError &error) {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
