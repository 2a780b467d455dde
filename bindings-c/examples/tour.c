/*
 * A tour of the whole API: sends, waits for what becomes of a message, lists
 * messages over several pages, compares the balance with the ledger, and lets a
 * message take the next channel. Prints one line, with tabs between the columns.
 *
 * It wants a service where SMS is configured and WhatsApp is not.
 */
#include <partner_messaging.h>

#include <stdio.h>
#include <stdlib.h>

enum { SENT = 5 };

/* Ends the program if a call failed. */
static void check(pm_status status, pm_error *error) {
    if (status == PM_OK)
        return;
    fprintf(stderr, "%s\n", pm_error_message(error));
    pm_error_free(error);
    exit(1);
}

/* An amount with two decimals in cents. */
static long cents(const char *amount) {
    return (long)(strtod(amount, NULL) * 100 + 0.5);
}

static long balance(const pm_client *client) {
    pm_balance *balance = NULL;
    pm_error *error = NULL;
    check(pm_client_get_balance(client, NULL, &balance, &error), error);
    long amount = cents(pm_balance_amount(balance));
    pm_balance_free(balance);
    return amount;
}

/* Sends several messages, and prints what became of the last of them. */
static void send_and_wait(const pm_client *client) {
    pm_error *error = NULL;
    pm_receipt *receipt = NULL;
    for (int n = 0; n < SENT; n++) {
        char to[16];
        snprintf(to, sizeof to, "+659123456%d", n);
        pm_message *message = pm_message_new_sms(to, "Hello from C!");
        pm_receipt_free(receipt);
        check(pm_client_send(client, message, NULL, &receipt, &error), error);
        pm_message_free(message);
    }
    pm_record *record = NULL;
    check(pm_client_wait_for_status(client, pm_receipt_message_id(receipt), NULL, 0, NULL, &record, &error),
          error);
    printf("%d sent\t%s\t", SENT, pm_record_status(record));
    pm_record_free(record);
    pm_receipt_free(receipt);
}

static void list(const pm_client *client) {
    pm_error *error = NULL;
    pm_filter *filter = pm_filter_new();
    pm_filter_set_channel(filter, "SMS");
    pm_filter_set_limit(filter, 2);
    pm_message_iter *iter = NULL;
    check(pm_client_list_messages(client, filter, NULL, &iter, &error), error);
    size_t listed = 0, pages = 0;
    for (;;) {
        pm_page *page = NULL;
        check(pm_message_iter_next_page(iter, &page, &error), error);
        if (page == NULL)
            break;
        listed += pm_page_count(page);
        pages++;
        pm_page_free(page);
    }
    printf("%zu on %zu pages\t", listed, pages);
    pm_message_iter_free(iter);
    pm_filter_free(filter);
}

/* Sends by the first channel that can be used; gives what became of each message. */
static pm_trail *fall_back(const pm_client *client) {
    pm_error *error = NULL;
    pm_trail *trail = NULL;
    pm_message *whatsapp =
        pm_message_new_whatsapp("+6591234567", "+6581234567", "HXf8aa5a783ac6df54b1d28473f2de4c75");
    pm_message *sms = pm_message_new_sms("+6591234567", "Hello from C!");
    const pm_message *messages[] = {whatsapp, sms};
    check(pm_client_send_with_fallback(client, messages, 2, NULL, NULL, &trail, &error), error);
    pm_message_free(whatsapp);
    pm_message_free(sms);
    return trail;
}

static long ledger(const pm_client *client) {
    pm_error *error = NULL;
    pm_spending *spending = NULL;
    check(pm_client_spending(client, &spending, &error), error);
    long sum = 0;
    for (size_t i = 0; i < pm_spending_count(spending); i++)
        sum += cents(pm_spending_cost(spending, i));
    pm_spending_free(spending);
    return sum;
}

int main(void) {
    pm_client *client = NULL;
    pm_error *error = NULL;
    check(pm_client_new(NULL, &client, &error), error);
    long before = balance(client);
    send_and_wait(client);
    list(client);
    pm_trail *trail = fall_back(client);
    long sank = before - balance(client), spent = ledger(client);
    printf("%ld.%02ld SGD\t%ld.%02ld SGD\t", sank / 100, sank % 100, spent / 100, spent % 100);
    for (size_t i = 0; i < pm_trail_count(trail); i++)
        printf("%s%s %s", i == 0 ? "" : ", ", pm_trail_channel(trail, i),
               pm_outcome_name(pm_trail_outcome(trail, i)));
    putchar('\n');
    pm_trail_free(trail);
    pm_client_free(client);
    return 0;
}
