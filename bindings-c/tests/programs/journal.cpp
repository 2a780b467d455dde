// Journals in C++: by Result, compiled with -fno-exceptions, too; and by exceptions.
#include "check.h"

#include <partner_messaging.hpp>

#include <cstdlib>
#include <string>

namespace pm = partner_messaging;

struct Folder {
    char name[32] = "/tmp/pm-journal-XXXXXX";
    Folder() { CHECK(mkdtemp(name) != nullptr); }
    ~Folder() { CHECK(std::system(("rm -r " + std::string(name)).c_str()) == 0); }
    [[nodiscard]] std::string journal() const { return std::string(name) + "/journal.db"; }
};

static const pm::Sms hello = pm::Sms::text("+6591234567", "Hello");

static void by_results(const pm::Sandbox &sandbox, const pm::Journal &journal) {
    const auto client = pm::Client::try_new(sandbox.options().journal(journal).max_retries(0));
    const auto receipt = client->try_send(hello, pm::CallOptions().key("a"));
    CHECK(receipt && !receipt->replayed);
    const auto again = client->try_send(hello, pm::CallOptions().key("a"));
    CHECK(again && again->replayed && again->message_id == receipt->message_id && again->attempts == 0);
    CHECK(client->try_send(pm::Sms::text("+6591234567", "Other"), pm::CallOptions().key("a")).error().field() ==
          "key");

    CHECK(sandbox.try_control(R"({"op": "push_fault", "fault": {"kind": "close_after_read"}})"));
    CHECK(client->try_send(hello, pm::CallOptions().key("b")).error().outcome() == pm::Outcome::unknown);
    const auto record = journal.try_get("b");
    CHECK(record && *record && (*record)->outcome == pm::Outcome::unknown && !(*record)->conflict);
    CHECK(journal.try_get("nothing") && !*journal.try_get("nothing"));
    CHECK(journal.try_get("").error().class_name() == "InvalidMessageError");
    CHECK(journal.try_resolve_sent("b", nullptr).error().field() == "message_id");
    CHECK(journal.try_resolve_not_sent("a").error().field() == "key");
    const auto found = journal.try_reconcile(*client, {{"b", hello}, {"nothing", hello}});
    CHECK(found && found->size() == 1 && found->at(0).outcome == pm::Outcome::sent && found->at(0).resolved);

    auto records = journal.try_records(pm::Outcome::sent);
    for (const char *key : {"a", "b"}) {
        CHECK((*records->try_next())->key == key);
    }
    CHECK(records->try_next() && !*records->try_next());
    const auto summary = journal.try_summary();
    CHECK(summary && summary->sent == 2 && summary->unknown == 0 && summary->totals.size() == 1);
    CHECK(summary->totals[0].cost == "0.10" && summary->totals[0].outcome == pm::Outcome::sent);
    CHECK(journal.try_purge("2020-01-01") && *journal.try_purge("2020-01-01") == 0);
    CHECK(journal.try_purge("soon").error().field() == "before");
}

#if PARTNER_MESSAGING_EXCEPTIONS
static void by_exceptions(const pm::Sandbox &sandbox, const std::string &path) {
    const pm::Client client(sandbox.options().journal(path));
    const pm::Journal journal(path);
    CHECK(client.send(hello, pm::CallOptions().key("c")).message_id ==
          client.send(hello, pm::CallOptions().key("c")).message_id);
    CHECK(journal.get("c")->outcome == pm::Outcome::sent && !journal.get("nothing"));
    std::string keys;
    for (const pm::JournalRecord &record : journal.records()) {
        keys += record.key;
    }
    CHECK(keys == "abc" && journal.summary().sent == 3);
    CHECK(journal.reconcile(client, {}).empty());
    try {
        static_cast<void>(journal.resolve_not_sent("c"));
        CHECK(false);
    } catch (const pm::ConfigError &error) {
        CHECK(error.field() == "key" && error.outcome() == pm::Outcome::none);
    }
    try {
        const pm::Journal nowhere("/dev/null/journal.db");
        CHECK(false);
    } catch (const pm::JournalError &) {
    }
    CHECK(journal.purge("2999-01-01") == 3);
    journal.close();
    try {
        static_cast<void>(journal.summary());
        CHECK(false);
    } catch (const pm::JournalError &error) {
        CHECK(error.kind() == "journal");
    }
}
#endif

static void test() {
    const Folder folder;
    const pm::Result<pm::Sandbox> sandbox = pm::Sandbox::try_start();
    pm::Result<pm::Journal> journal = pm::Journal::try_open(folder.journal());
    by_results(*sandbox, *journal);
    CHECK(pm::Journal::try_open("").error().field() == "journal");
    // What was moved from refuses, and so do options that are given it.
    const pm::Journal moved = *std::move(journal);
    CHECK(journal->try_summary().error().field() == "journal"); // NOLINT(bugprone-use-after-move)
    CHECK(pm::Client::try_new(sandbox->options().journal(*journal)).error().field() == "journal");
#if PARTNER_MESSAGING_EXCEPTIONS
    by_exceptions(*sandbox, folder.journal());
#endif
    CHECK(moved.try_summary().has_value());
}

int main() {
    test();
    return end_of_test();
}
