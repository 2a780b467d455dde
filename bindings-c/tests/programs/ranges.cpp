// Lists as ranges: in loops, in algorithms, and in C++20 as the concepts have
// it. It is compiled as C++17, and once more as C++20.
#include "check.h"

#include <partner_messaging.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>
#if __cplusplus >= 202002L
#include <ranges>
#endif

namespace pm = partner_messaging;

template <class Range, class Value> constexpr bool input_range() {
    using Iterator = typename Range::Iterator;
    using Traits = std::iterator_traits<Iterator>;
    static_assert(std::is_same_v<typename Traits::iterator_category, std::input_iterator_tag>);
    static_assert(std::is_same_v<typename Traits::value_type, Value>);
    static_assert(std::is_same_v<typename Traits::reference, const Value &>);
    static_assert(std::is_same_v<typename Traits::pointer, const Value *>);
    static_assert(std::is_same_v<typename Traits::difference_type, std::ptrdiff_t>);
    static_assert(std::is_same_v<decltype(++std::declval<Iterator &>()), Iterator &>);
    static_assert(std::is_convertible_v<decltype(*std::declval<Iterator &>()++), Value>);
    static_assert(std::is_default_constructible_v<Iterator> && std::is_copy_constructible_v<Iterator>);
    static_assert(std::is_same_v<decltype(std::declval<Range &>().begin()), Iterator>);
    static_assert(std::is_same_v<decltype(std::declval<Range &>().end()), Iterator>);
#if __cplusplus >= 202002L
    static_assert(std::input_iterator<Iterator> && std::sentinel_for<Iterator, Iterator>);
    static_assert(std::ranges::input_range<Range> && std::movable<Range>);
#endif
    return true;
}
static_assert(input_range<pm::Messages, pm::MessageRecord>());
static_assert(input_range<pm::Pages, pm::Page>());

static pm::Filter pages_of(std::uint32_t limit) {
    pm::Filter filter;
    filter.limit(limit);
    return filter;
}

static bool is_email(const pm::MessageRecord &record) { return record.channel == "EMAIL"; }

static void messages(const pm::Client &client) {
    pm::Messages list = client.list_messages(pages_of(2));
    std::vector<pm::MessageRecord> emails;
    std::copy_if(list.begin(), list.end(), std::back_inserter(emails), is_email);
    CHECK(emails.size() == 3 && std::all_of(emails.begin(), emails.end(), is_email));
    CHECK(list.begin() == list.end());

    list = client.list_messages(pages_of(4));
    CHECK(std::count_if(list.begin(), list.end(), is_email) == 3);
    list = client.list_messages();
    const auto found = std::find_if(list.begin(), list.end(), is_email);
    CHECK(found != list.end() && found->message_id == emails[0].message_id);
    // The rest is still there for another loop.
    std::size_t rest = 0;
    for (const pm::MessageRecord &record : list) {
        CHECK(record.message_id != emails[0].message_id);
        rest++;
    }
    CHECK(rest == 5 || rest == 6);

    list = client.list_messages();
    auto at = list.begin();
    const auto copy = at;
    const pm::MessageRecord first = *at++;
    CHECK(copy->message_id == first.message_id && at->message_id != first.message_id);
#if __cplusplus >= 202002L
    list = client.list_messages();
    std::vector<std::string> ids;
    for (const pm::MessageRecord &record : list | std::views::filter(is_email)) {
        ids.push_back(record.message_id);
    }
    CHECK(std::ranges::equal(ids, emails, {}, {}, &pm::MessageRecord::message_id));
#endif
}

static void pages(const pm::Client &client) {
    std::vector<std::size_t> sizes;
    for (const pm::Page &page : client.list_messages(pages_of(3)).pages()) {
        CHECK(page.number == sizes.size() + 1);
        sizes.push_back(page.messages.size());
    }
    CHECK((sizes == std::vector<std::size_t>{3, 3, 1}));
}

// An error ends a loop by an exception, and the iterator is at the end after it.
static void errors(const pm::Sandbox &sandbox, const pm::Client &client) {
    pm::Messages list = client.list_messages(pages_of(1));
    auto at = list.begin();
    sandbox.control(R"({"op": "push_fault", "fault": {"kind": "code", "code": "INVALID_PAGINATION"}})");
    try {
        ++at;
        CHECK(!"it went on");
    } catch (const pm::InvalidPaginationError &) {
    }
    CHECK(at == list.end() && list.begin() == list.end());
    pm::Messages none = client.list_messages();
    const pm::Messages moved = std::move(none);
    try {
        static_cast<void>(none.begin()); // NOLINT(bugprone-use-after-move)
        CHECK(!"it began");
    } catch (const pm::ConfigError &error) {
        CHECK(error.field() == "iter");
    }
}

int main() {
    const pm::Sandbox sandbox;
    const pm::Client client(sandbox.options());
    const pm::Sms sms = pm::Sms::text("+6591234567", "Hello");
    const pm::Email email("a@example.com", "Hi", "<p>Hi</p>");
    for (int i = 0; i < 7; i++) {
        client.send(i % 2 == 0 ? static_cast<const pm::Message &>(sms) : email);
    }
    messages(client);
    pages(client);
    errors(sandbox, client);
    return end_of_test();
}
