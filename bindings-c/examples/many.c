/*
 * Many messages with a bound: sends the text to each phone number of a file, a line each,
 * and says what became of those that were not sent.
 *
 *     ./many recipients.txt "We are closed tomorrow."
 *
 * One thread: it submits while there is room, and takes completions as they come. What
 * would meet every further message ends it; what is in flight is waited for.
 */
#include <partner_messaging.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IN_FLIGHT = 64, MAX_LINE = 256 };

struct sums {
    unsigned long taken, sent, rejected, not_sent, unknown;
    bool stopped;
};

/* Refusals that are the account's, not the message's; and a spend limit. */
static bool meets_all(const pm_error *error) {
    static const char *const classes[] = {
        "AuthenticationError", "InsufficientCreditError", "OrgNotFoundError", "OrgInactiveError",
        "AppNotFoundError",    "AppInactiveError",        "SpendLimitError",
    };
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        if (strcmp(pm_error_class_name(error), classes[i]) == 0)
            return true;
    return false;
}

static void count(struct sums *sums, const char *number, const pm_error *error) {
    switch (error ? pm_error_outcome(error) : PM_OUTCOME_SENT) {
    case PM_OUTCOME_SENT: sums->sent++; break;
    case PM_OUTCOME_REJECTED: sums->rejected++; break;
    case PM_OUTCOME_UNKNOWN: sums->unknown++; break;
    case PM_OUTCOME_NOT_SENT:
    case PM_OUTCOME_NONE: sums->not_sent++; break;
    }
    if (error) {
        fprintf(stderr, "line %s: %s\n", number, pm_error_message(error));
        sums->stopped = sums->stopped || meets_all(error);
    }
}

/* The line's number is the user data: a phone number has no business in a log. */
static void submit(pm_client *client, pm_queue *queue, struct sums *sums, const char *to, const char *text) {
    char *number = malloc(24);
    if (!number)
        abort();
    snprintf(number, 24, "%lu", ++sums->taken);
    pm_message *message = pm_message_new_sms(to, text);
    pm_error *error = NULL;
    if (pm_client_submit(client, message, NULL, queue, number, NULL, &error) != PM_OK) {
        count(sums, number, error);
        free(number);
    }
    pm_error_free(error);
    pm_message_free(message);
}

int main(int argc, char **argv) {
    FILE *lines = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!lines) {
        fprintf(stderr, "usage: many FILE TEXT\n");
        return 2;
    }
    pm_options *options = pm_options_new();
    pm_options_set_max_rate(options, 50);
    pm_options_set_spend_limit(options, "SGD", "100.00");
    pm_client *client = NULL;
    pm_error *error = NULL;
    pm_status status = pm_client_new(options, &client, &error);
    pm_options_free(options);
    if (status != PM_OK) {
        fprintf(stderr, "%s\n", pm_error_message(error));
        pm_error_free(error);
        fclose(lines);
        return 2;
    }

    pm_queue *queue = pm_queue_new();
    struct sums sums = {0};
    char line[MAX_LINE];
    bool more = true;
    while (more || pm_client_in_flight(client) > 0 || pm_queue_length(queue) > 0) {
        while (more && !sums.stopped && pm_client_in_flight(client) < IN_FLIGHT) {
            more = fgets(line, sizeof line, lines) != NULL;
            if (more) {
                line[strcspn(line, "\r\n")] = '\0';
                submit(client, queue, &sums, line, argv[2]);
            }
        }
        more = more && !sums.stopped;
        int wait_ms = pm_client_in_flight(client) > 0 ? 1000 : 0;
        for (pm_completion *done; (done = pm_queue_next(queue, wait_ms)) != NULL; wait_ms = 0) {
            char *number = pm_completion_user_data(done);
            count(&sums, number, pm_completion_error(done));
            free(number);
            pm_completion_free(done);
        }
    }
    printf("%lu taken: %lu sent, %lu rejected, %lu not sent, %lu unknown%s\n", sums.taken, sums.sent,
           sums.rejected, sums.not_sent, sums.unknown, sums.stopped ? "; stopped" : "");

    fclose(lines);
    pm_queue_free(queue);
    pm_client_free(client);
    pm_shutdown();
    return sums.stopped ? 4 : sums.unknown ? 3 : sums.sent == sums.taken ? 0 : 1;
}
