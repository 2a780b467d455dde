/*
 * Partner Messaging: the C library.
 *
 * GENERATED from the library's source by `cargo xtask header`: change it there.
 *
 *     pm_client *client = NULL;
 *     pm_error *error = NULL;
 *     if (pm_client_new(NULL, &client, &error) != PM_OK) {
 *         fprintf(stderr, "%s\n", pm_error_message(error));
 *         pm_error_free(error);
 *         return 1;
 *     }
 *     pm_message *message = pm_message_new_sms("+6591234567", "Hello");
 *     pm_receipt *receipt = NULL;
 *     if (pm_client_send(client, message, NULL, &receipt, &error) == PM_OK)
 *         puts(pm_receipt_message_id(receipt));
 *     else if (pm_error_outcome(error) == PM_OUTCOME_UNKNOWN)
 *         puts("it may have been sent: find out before sending it again");
 *     pm_receipt_free(receipt);
 *     pm_error_free(error);
 *     pm_message_free(message);
 *     pm_client_free(client);
 *
 * CONVENTIONS
 *
 * Outcomes. Every message costs money and must not go out twice, so a send
 * ends in exactly one outcome: PM_OK means sent, and otherwise
 * pm_error_outcome() says rejected, not sent, or unknown. Never send again by
 * yourself what ended in PM_OUTCOME_UNKNOWN.
 *
 * Ownership. What a function gives you through its result or an
 * out-parameter, you free with the pm_..._free() of its type, once. NULL may
 * be freed. What a getter returns belongs to the handle it came from and lives
 * as long as that. No function keeps or frees what you pass to it, but the
 * pm_..._free() functions. No pm_..._free() blocks or does I/O, with the one
 * exception of pm_sandbox_free().
 *
 * Out-parameters come last and are set on every path: to NULL, where there is
 * nothing to write out. What they held before is neither read nor freed. Any of
 * them may be NULL if you don't want the value, but those of pm_client_new()
 * and pm_sandbox_start() for the handle.
 *
 * NULL. Every function may be given NULL for any handle. A getter then returns
 * NULL, 0 or what its comment says; a setter does nothing; a call that needs
 * the handle fails and says so.
 *
 * Strings are UTF-8 and end in NUL, in both directions. An absent one is NULL.
 * A NUL within a string of the service comes as the six characters \u0000.
 *
 * Errors. A function that can fail returns a pm_status. A setter or a message's
 * builder never fails: what it can't use (NULL, text that isn't UTF-8) is kept,
 * and the call that would use it fails, naming the field (pm_error_field()).
 *
 * Threads. A pm_client, a pm_journal, a pm_queue, a pm_call, a pm_message_iter, a
 * pm_journal_iter and a pm_sandbox may be used from any number of threads at once. So may any other handle, as
 * long as nobody changes it, which needs one that is not const. A handle is freed
 * when no other thread is using it.
 *
 * Completions and callbacks come exactly once for every call that was submitted
 * with PM_OK, and never for another, whatever is cancelled, closed or freed
 * meanwhile. None comes after pm_client_close() has returned, which waits for
 * them; after pm_client_free() alone, which waits for nothing, they may.
 *
 * The library has one thread for all submitted calls, and one for as long as the
 * system looks a name up. pm_shutdown() ends them, for the end of a program; they
 * begin again when they are needed. A sandbox has one of its own, and so has a journal.
 *
 * Cancellation. A thread that is in a function of this library, or in one that the library
 * has called, is not cancelled: pthread_cancel() takes effect when the library has
 * returned. To end a call early, close its client, or submit it and use pm_cancel().
 *
 * Fork. A pm_client and a pm_journal work in a forked child. Submitted calls, queues and
 * sandboxes stay with the parent.
 *
 * Signals. The library raises none, not even SIGPIPE. Its threads block all
 * signals, but for one that looks up a host's name for pm_client_send(): that
 * one has the signal mask of the thread that sends.
 *
 * Platforms. Linux with glibc 2.34 or later, on the architecture that the library was made
 * for. A thread that calls the library needs 128 KB of stack; the library's own threads see
 * to theirs.
 *
 * Descriptors. The library has some of its own, which must not be closed behind its back: a
 * daemon closes what it inherited before it makes its first client. A call that meets
 * descriptors that were closed fails, with the outcome that can be told of it. exit() in a
 * callback ends the program as anywhere else.
 *
 * Versions. Functions and constants are added, not changed: a program goes on
 * working with any later library of the same SONAME. The layout of every
 * handle is private.
 */


#ifndef PARTNER_MESSAGING_H
#define PARTNER_MESSAGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The version of this header; pm_version() is that of the library that runs. */
#define PM_VERSION "0.1.0"
#define PM_VERSION_MAJOR 0
#define PM_VERSION_MINOR 1
#define PM_VERSION_PATCH 0
/** The same as a number, to be compared: 10203 for "1.2.3". */
#define PM_VERSION_NUMBER (PM_VERSION_MAJOR * 10000 + PM_VERSION_MINOR * 100 + PM_VERSION_PATCH)

/* A function of yours that this library calls must not throw, and C++ holds it to that. A
 * program may define this itself, as nothing for example: what throws ends it all the same. */
#ifndef PM_NOEXCEPT
#if defined(__cplusplus) && __cplusplus >= 201703L
#define PM_NOEXCEPT noexcept
#else
#define PM_NOEXCEPT
#endif
#endif

/**
 * How a call ended: PM_OK, or the class of its error.
 *
 * Later versions may add others: treat one you don't know as
 * PM_INTERNAL_ERROR. No status has the value of a pm_outcome.
 */
typedef enum pm_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
    : int32_t
#endif
{
    /**
     * The call did what it is for. After a send: the service accepted the message.
     */
    PM_OK = 0,
    /**
     * The options, or an argument that is no message, are unusable. Nothing was sent.
     */
    PM_CONFIG_ERROR = 1,
    /**
     * The message was refused before any I/O; see pm_error_field(). Nothing was sent.
     */
    PM_INVALID_MESSAGE = 2,
    /**
     * The network or the time did not allow it. Nothing was sent.
     */
    PM_TRANSPORT_ERROR = 3,
    /**
     * The service refused; see pm_error_code() and pm_error_http_status().
     */
    PM_API_ERROR = 4,
    /**
     * A read's answer is not the documented envelope.
     */
    PM_PROTOCOL_ERROR = 5,
    /**
     * A send whose answer never came or could not be read: the message may have
     * been accepted, and may not. Sending it again may deliver it twice.
     */
    PM_UNKNOWN = 6,
    /**
     * A fault of this library; pm_error_outcome() says what it means for the message.
     */
    PM_INTERNAL_ERROR = 7,
    /**
     * A spend limit would be passed. Nothing was sent.
     */
    PM_SPEND_LIMIT_ERROR = 8,
    /**
     * The journal could not be opened, read or written. Nothing was sent.
     */
    PM_JOURNAL_ERROR = 9,
    /**
     * The machine has no more of something, for example of file descriptors or
     * threads; pm_error_outcome() says what it means for the message.
     */
    PM_RESOURCE_ERROR = 10,
    /**
     * As many calls as the client allows are submitted already. Nothing was sent.
     */
    PM_QUEUE_FULL = 11,
} pm_status;

/**
 * What became of a message; every send ends in exactly one outcome. No outcome
 * has the value of a pm_status.
 */
typedef enum pm_outcome
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
    : int32_t
#endif
{
    /**
     * No message was at stake.
     */
    PM_OUTCOME_NONE = 100,
    /**
     * The service accepted the message.
     */
    PM_OUTCOME_SENT = 101,
    /**
     * The service answered that it did not take the message.
     */
    PM_OUTCOME_REJECTED = 102,
    /**
     * Proved: no complete request left this process.
     */
    PM_OUTCOME_NOT_SENT = 103,
    /**
     * The message may have been accepted, and may not: sending it again may
     * deliver it twice.
     */
    PM_OUTCOME_UNKNOWN = 104,
} pm_outcome;

/**
 * Which call a completion is of. Later versions may add others. No kind has the value
 * of a pm_status or of a pm_outcome.
 */
typedef enum pm_call_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
    : int32_t
#endif
{
    /**
     * There is no completion.
     */
    PM_CALL_NONE = 200,
    /**
     * pm_client_submit() and pm_client_submit_callback(): see pm_completion_receipt().
     */
    PM_CALL_SEND = 201,
    /**
     * pm_client_submit_with_fallback(): see pm_completion_receipt() and pm_completion_trail().
     */
    PM_CALL_SEND_WITH_FALLBACK = 202,
    /**
     * pm_client_submit_get_message(): see pm_completion_record().
     */
    PM_CALL_GET_MESSAGE = 203,
    /**
     * pm_client_submit_wait_for_status(): see pm_completion_record().
     */
    PM_CALL_WAIT_FOR_STATUS = 204,
    /**
     * pm_message_iter_submit_next(): see pm_completion_record().
     */
    PM_CALL_NEXT = 205,
    /**
     * pm_message_iter_submit_next_page(): see pm_completion_page().
     */
    PM_CALL_NEXT_PAGE = 206,
    /**
     * pm_client_submit_get_balance(): see pm_completion_balance().
     */
    PM_CALL_GET_BALANCE = 207,
    /**
     * pm_client_submit_request(): see pm_completion_reply().
     */
    PM_CALL_REQUEST = 208,
} pm_call_kind;

/**
 * The credit that is left.
 *
 * Asking for it is not in the published document: that the answer's "data" has
 * "balance" (or "amount") and "currency" is an assumption.
 */
typedef struct pm_balance pm_balance;

/**
 * A submitted call, to cancel it.
 */
typedef struct pm_call pm_call;

/**
 * What one call may have different from its client.
 *
 * A setter never fails: an argument that can't be used is kept, and the call
 * that is given these options refuses them with PM_CONFIG_ERROR.
 */
typedef struct pm_call_options pm_call_options;

/**
 * A client of the service. It may be used from any number of threads at once,
 * and in a process forked from the one that made it.
 */
typedef struct pm_client pm_client;

/**
 * What a submitted call ended in. Every call that was submitted makes exactly
 * one completion, also when it was cancelled or its client was closed or freed.
 */
typedef struct pm_completion pm_completion;

/**
 * Why a call failed, and what that means for the message.
 *
 * An error says three things in one sentence each: what happened, what that means
 * for the message, and what to do. The same facts are available as fields. No
 * error ever holds the API key, a message's text or a whole recipient.
 */
typedef struct pm_error pm_error;

/**
 * A step of a call: an attempt, a pause before the next, what its journal says, or
 * the call's end.
 *
 * It never holds the API key, a message's text or a whole recipient.
 */
typedef struct pm_event pm_event;

/**
 * Which messages to list, and in pages of what size. The names of the query's
 * parameters are assumptions: those of the setters.
 *
 * A setter never fails: an argument that can't be used is kept, and
 * pm_client_list_messages() refuses the filter, naming the one at fault.
 */
typedef struct pm_filter pm_filter;

/**
 * An open journal: what became of the message under a key, over crashes, processes
 * and machines. Several clients and threads may share one, and a forked child may
 * use it, too.
 */
typedef struct pm_journal pm_journal;

/**
 * What a call told of a key after the record had said something else: a person
 * resolved it wrongly, or the service gave one message id twice.
 */
typedef struct pm_journal_conflict pm_journal_conflict;

/**
 * Counts and costs of all that a journal has ever recorded; what was purged is in
 * them.
 */
typedef struct pm_journal_counts pm_journal_counts;

/**
 * Records of a journal, one after another. It keeps the journal, which may be
 * freed before it. Of several threads that ask it for the next record at once, each is
 * given another.
 */
typedef struct pm_journal_iter pm_journal_iter;

/**
 * What a journal has under one key: what became of its message. It holds neither
 * the message's text nor its recipient.
 */
typedef struct pm_journal_record pm_journal_record;

/**
 * A list, each: the part of a pm_journal_counts with one outcome, channel and currency.
 */
typedef struct pm_journal_totals pm_journal_totals;

/**
 * A message to send, any number of times; a send doesn't change it. Each
 * pm_message_new_...() gives one that is to be freed with pm_message_free().
 *
 * A builder never fails: an argument that can't be used is kept, and the send
 * refuses the message with PM_INVALID_MESSAGE, naming the field at fault.
 */
typedef struct pm_message pm_message;

/**
 * The messages of a list, from as many pages as it has. It keeps what it needs
 * of its client, which may be freed before it. Of several threads that ask it
 * for the next message at once, each is given another.
 */
typedef struct pm_message_iter pm_message_iter;

/**
 * The options of a client. All have defaults but the API key.
 *
 * A setter never fails: an argument that can't be used is kept, and
 * pm_client_new() refuses the options, naming the one at fault.
 */
typedef struct pm_options pm_options;

/**
 * One page of a list of messages.
 *
 * The list's form is not in the published document. What is read: the list is the
 * envelope's "data" itself, or the member "messages" of it, or its only member
 * that is a list; the totals are members of "data" or of its member "pagination".
 */
typedef struct pm_page pm_page;

/**
 * A queue of the completions of submitted calls. Any number of threads and
 * clients may use one.
 */
typedef struct pm_queue pm_queue;

/**
 * The service's word that it accepted a message: its outcome is always "sent".
 *
 * All but "message_id" and "raw" may be absent; their absence does not change the
 * outcome.
 */
typedef struct pm_receipt pm_receipt;

/**
 * A message as the service has it now.
 *
 * Reading messages is not in the published document: that a record has the members
 * of a receipt, and the names of its timestamps, are assumptions. All but
 * "message_id" and "raw" may be absent.
 */
typedef struct pm_record pm_record;

/**
 * The service's answer to a pm_request: a success envelope.
 */
typedef struct pm_reply pm_reply;

/**
 * A request to any endpoint of the service, for those that this library has no
 * function for. It goes under the client's base URL, with the key.
 *
 * A setter never fails: an argument that can't be used is kept, and
 * pm_client_request() refuses the request, naming the one at fault.
 */
typedef struct pm_request pm_request;

/**
 * A real server on loopback that speaks the service's API, for development and
 * for a program's own tests. It runs on a thread of its own.
 */
typedef struct pm_sandbox pm_sandbox;

/**
 * A list, each: what the messages of one channel cost, in one currency.
 */
typedef struct pm_spending pm_spending;

/**
 * A list, each: what became of one message of a pm_client_send_with_fallback().
 */
typedef struct pm_trail pm_trail;

/**
 * A function that is called at every step of a call; the event lives until it returns.
 *
 * It is called on the thread that the call runs on: the one that is in
 * pm_client_send(), or the library's own for a submitted call; so it may be
 * called by several threads at once. What pm_callback says holds for it, too.
 */
typedef void (*pm_event_callback)(const pm_event *event, void *user_data) PM_NOEXCEPT;

/**
 * A function that releases what another one was given; see pm_options_set_event_handler().
 */
typedef void (*pm_release_callback)(void *user_data) PM_NOEXCEPT;

/**
 * A function that is given what a submitted call ended in; it frees the
 * completion with pm_completion_free(), now or later.
 *
 * It is called on the library's own thread, where no lock is held and all
 * signals are blocked. Every submitted call of the process waits until it
 * returns, so it must not block. It must not throw, longjmp out or end
 * the thread: the program ends then (abort()), with a line on standard error that says
 * so. It may submit, cancel, close and free; a call that waits is refused in it.
 */
typedef void (*pm_callback)(pm_completion *completion, void *user_data) PM_NOEXCEPT;

/**
 * A function that is given a line for people, without a line feed; the string lives
 * until it returns.
 *
 * It is called on whatever thread has something to say, by several at once. It must
 * not throw or longjmp out; a call that waits is refused in it.
 */
typedef void (*pm_log_callback)(const char *line, void *user_data) PM_NOEXCEPT;

/* With -fshort-enums these would be another size than the library's. */
typedef char pm_enums_have_32_bits[sizeof(pm_status) == 4 && sizeof(pm_outcome) == 4 && sizeof(pm_call_kind) == 4 ? 1 : -1];

/* What a compiler may hold you to: a status or a new handle must not be
 * discarded, a handle has to be freed by its own function, a pointer must not be
 * NULL. A program may define each of them itself, as nothing for example. */
#ifndef PM_NODISCARD
#if defined(__cplusplus) ? __cplusplus >= 201703L : __STDC_VERSION__ >= 202311L
#define PM_NODISCARD [[nodiscard]]
#elif defined(__GNUC__)
#define PM_NODISCARD __attribute__((warn_unused_result))
#else
#define PM_NODISCARD
#endif
#endif

#ifndef PM_FREED_BY
#if defined(__GNUC__) && __GNUC__ >= 11 && !defined(__clang__)
#define PM_FREED_BY(function) __attribute__((malloc(function, 1)))
#else
#define PM_FREED_BY(function)
#endif
#endif

#ifndef PM_NEW
#if defined(__GNUC__)
#define PM_NEW __attribute__((malloc))
#else
#define PM_NEW
#endif
#endif

#ifndef PM_NONNULL
#if defined(__GNUC__)
#define PM_NONNULL(parameter) __attribute__((nonnull(parameter)))
#else
#define PM_NONNULL(parameter)
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * Frees an error that a function wrote out; NULL is fine.
 */
void pm_error_free(pm_error *error);

/**
 * Frees a receipt that a function wrote out; NULL is fine.
 */
void pm_receipt_free(pm_receipt *receipt);

/**
 * Frees options; NULL is fine.
 */
void pm_options_free(pm_options *options);

/**
 * Frees options of a call; NULL is fine.
 */
void pm_call_options_free(pm_call_options *options);

/**
 * Frees a trail; NULL is fine.
 */
void pm_trail_free(pm_trail *trail);

/**
 * Frees a record that a function wrote out; NULL is fine.
 */
void pm_record_free(pm_record *record);

/**
 * Frees a filter; NULL is fine.
 */
void pm_filter_free(pm_filter *filter);

/**
 * Frees a page with its messages; NULL is fine.
 */
void pm_page_free(pm_page *page);

/**
 * Frees a balance; NULL is fine.
 */
void pm_balance_free(pm_balance *balance);

/**
 * Frees the entries; NULL is fine.
 */
void pm_spending_free(pm_spending *spending);

/**
 * Frees a request; NULL is fine.
 */
void pm_request_free(pm_request *request);

/**
 * Frees an answer; NULL is fine.
 */
void pm_reply_free(pm_reply *reply);

/**
 * Frees a journal; NULL is fine. It is closed once no client has it any more; see
 * pm_journal_close().
 */
void pm_journal_free(pm_journal *journal);

/**
 * Frees a record of a journal; NULL is fine.
 */
void pm_journal_record_free(pm_journal_record *record);

/**
 * Frees the records of a journal that a function wrote out; NULL is fine.
 */
void pm_journal_iter_free(pm_journal_iter *iter);

/**
 * Frees the counts of a journal; NULL is fine.
 */
void pm_journal_counts_free(pm_journal_counts *counts);

/**
 * Frees a message; NULL is fine. Sends that were submitted don't need it any more.
 */
void pm_message_free(pm_message *message);

/**
 * Frees a client; NULL is fine. No thread may be in a call with it. Calls that
 * were submitted go on, and end in their completions or callbacks as before; to
 * end them now, call pm_client_close() first.
 */
void pm_client_free(pm_client *client);

/**
 * Frees the handle of a submitted call; NULL is fine. The call goes on.
 */
void pm_call_free(pm_call *call);

/**
 * Frees a queue with the completions in it; NULL is fine. No thread may be in
 * a call with it. What was submitted to it goes on, and nobody learns what
 * becomes of it.
 */
void pm_queue_free(pm_queue *queue);

/**
 * Frees a completion with all that it holds; NULL is fine.
 */
void pm_completion_free(pm_completion *completion);

/**
 * Frees a list; NULL is fine.
 */
void pm_message_iter_free(pm_message_iter *iter);

/**
 * Frees a sandbox; NULL is fine. One that still runs is stopped: this is the
 * one free function that waits, for the moment that its thread takes to end.
 */
void pm_sandbox_free(pm_sandbox *sandbox);

/**
 * Frees a string that a function of this library wrote out; NULL is fine.
 * Only pm_sandbox_control() writes one out: other strings belong to their handle.
 */
void pm_string_free(char *text);

/**
 * The name of a status, for example "PM_OK"; "?" for a number that is none,
 * never NULL. The string is static.
 */
const char *pm_status_name(pm_status status);

/**
 * The stable word for an outcome: "none", "sent", "rejected", "not_sent" or
 * "unknown"; "?" for any other number, never NULL. The string is static.
 */
const char *pm_outcome_name(pm_outcome outcome);

/**
 * The class of the error; PM_OK for NULL.
 */
PM_NODISCARD
pm_status pm_error_status(const pm_error *error);

/**
 * For wrappers in other languages: the error of an argument that they can't use,
 * as the library words it. Free it with pm_error_free().
 *
 * @param field        The argument's name.
 * @param problem      What is wrong with it, without its value: "must be a string".
 * @param has_outcome  Whether the call may change something; a read has no outcome.
 */
PM_NODISCARD PM_FREED_BY(pm_error_free) PM_NEW
pm_error *pm_error_new_config(const char *field, const char *problem, bool has_outcome);

/**
 * The class of the error, by whose name every language has one.
 */
const char *pm_error_class_name(const pm_error *error);

/**
 * The stable word for what went wrong. One of "config", "invalid_message", "dns",
 * "connect", "tls", "proxy", "timeout", "cancelled", "closed", "reset", "refused",
 * "malformed", "too_large", "redirect", "server", "api", "forked", "internal",
 * "spend_limit", "journal", "in_progress", "interrupted"; later versions may add
 * others.
 */
const char *pm_error_kind(const pm_error *error);

/**
 * What became of the message; absent when none was at stake, as in a read.
 * PM_OUTCOME_NONE when absent.
 */
pm_outcome pm_error_outcome(const pm_error *error);

/**
 * The option or the message's field at fault: an option by its name ("api_key"), a
 * message's field by its name on the wire ("templateId"). NULL when absent.
 */
const char *pm_error_field(const pm_error *error);

/**
 * How many requests were begun for this call, the failed one included; 0 when the
 * call was refused before any I/O.
 */
uint32_t pm_error_attempts(const pm_error *error);

/**
 * The time from the start of the call to its end, in milliseconds.
 */
int64_t pm_error_elapsed_ms(const pm_error *error);

/**
 * What happened, what that means for the message, and what to do: the whole text,
 * for people.
 */
const char *pm_error_message(const pm_error *error);

/**
 * The HTTP status of the answer, if there was one. 0 when absent.
 */
int32_t pm_error_http_status(const pm_error *error);

/**
 * The service's own code, for example "INSUFFICIENT_CREDIT". NULL when absent.
 */
const char *pm_error_code(const pm_error *error);

/**
 * The id that the service gave the request ("x-request-id", or Cloud Run's trace
 * id; an assumption, the API document names none). NULL when absent.
 */
const char *pm_error_request_id(const pm_error *error);

/**
 * How long the service asked to wait ("Retry-After", RFC 9110 section 10.2.3), in
 * milliseconds. -1 when absent.
 */
int64_t pm_error_retry_after_ms(const pm_error *error);

/**
 * The beginning of the answer's body: at most 2 KiB, control characters escaped,
 * the message's own texts and the key redacted. NULL when absent.
 */
const char *pm_error_body(const pm_error *error);

/**
 * What became of each message of a pm_client_send_with_fallback() that was tried,
 * in order; empty for other calls. It belongs to the error: don't free it.
 */
const pm_trail *pm_error_trail(const pm_error *error);

/**
 * The service's id of the message.
 */
const char *pm_receipt_message_id(const pm_receipt *receipt);

/**
 * The recipient, as the service gave it back. NULL when absent.
 */
const char *pm_receipt_recipient(const pm_receipt *receipt);

/**
 * The channel, as the service gave it back. NULL when absent.
 */
const char *pm_receipt_channel(const pm_receipt *receipt);

/**
 * The message's status, for example "SENT"; an open set. NULL when absent.
 */
const char *pm_receipt_status(const pm_receipt *receipt);

/**
 * What the message costs, exactly as the service wrote it. Exact decimal text, for
 * example "0.12"; NULL when absent.
 */
const char *pm_receipt_cost(const pm_receipt *receipt);

/**
 * The currency of "cost", for example "SGD". NULL when absent.
 */
const char *pm_receipt_currency(const pm_receipt *receipt);

/**
 * The envelope's own message, for example "Message sent successfully." NULL when
 * absent.
 */
const char *pm_receipt_message(const pm_receipt *receipt);

/**
 * Whether the journal answered: the message was accepted before, and this call
 * sent nothing. Then there are "message_id", "channel", "cost" and "currency", and
 * no more.
 */
bool pm_receipt_replayed(const pm_receipt *receipt);

/**
 * How many requests it took: 1 unless earlier ones provably sent nothing or were
 * refused; 0 where the journal answered.
 */
uint32_t pm_receipt_attempts(const pm_receipt *receipt);

/**
 * The time from the start of the call to the receipt, in milliseconds.
 */
int64_t pm_receipt_elapsed_ms(const pm_receipt *receipt);

/**
 * The envelope's whole "data" object: JSON, as the service wrote it.
 */
const char *pm_receipt_raw(const pm_receipt *receipt);

/**
 * The options of a new client, all at their defaults. Free them with
 * pm_options_free(), at the earliest when pm_client_new() has returned.
 */
PM_NODISCARD PM_FREED_BY(pm_options_free) PM_NEW
pm_options *pm_options_new(void);

/**
 * Names a function that is called at every attempt, retry and end of the calls
 * of the clients made with these options; NULL for none. For the function and
 * what it must not do see pm_event_callback.
 *
 * A call's last event comes before its result: none of a submitted call comes
 * after pm_client_close() has returned. Until then user_data has to be there.
 *
 * Besides, a client that is made while the environment variable
 * PARTNER_MESSAGING_LOG is "debug" writes its events to standard error.
 */
void pm_options_set_event_callback(pm_options *options,
                                   pm_event_callback callback,
                                   void *user_data);

/**
 * Like pm_options_set_event_callback(), with a function that releases user_data.
 *
 * It is called once, when nothing will call the callback any more: the options are freed or
 * have another callback, the clients made with them are, too, and their calls have ended. That
 * may be on any thread, and it must not wait, throw or longjmp. NULL for none. Where the
 * options or the callback are NULL it is called at once.
 */
void pm_options_set_event_handler(pm_options *options,
                                  pm_event_callback callback,
                                  void *user_data,
                                  pm_release_callback release);

/**
 * Whether the client has a background thread of its own: then no callback of another
 * client holds its submitted calls up, and its callbacks hold up none of another's.
 * Default: false, all such clients share one. It ends with the client and its calls.
 */
void pm_options_set_own_thread(pm_options *options, bool own_thread);

/**
 * Where it is remembered what became of messages that have a key: a journal, by the
 * path of its file, which is made if it doesn't exist, or by its URL. Each client opens it
 * for itself, and closes it with itself; a file that this process has open already is not
 * opened twice. It belongs to the origin of the client that first used it; a client
 * of another one is refused. See pm_call_options_set_key(). Default: none.
 */
void pm_options_set_journal(pm_options *options, const char *path_or_url);

/**
 * Like pm_options_set_journal(), with a journal that is open: several clients may share
 * it. The options and the clients keep it, and the handle may be freed before them.
 */
void pm_options_set_journal_handle(pm_options *options, const pm_journal *journal);

/**
 * The options of a call, everything as its client has it. They may be used for
 * any number of calls. Free them with pm_call_options_free().
 */
PM_NODISCARD PM_FREED_BY(pm_call_options_free) PM_NEW
pm_call_options *pm_call_options_new(void);

/**
 * The key that authenticates every request (header "x-api-key"). Default: the
 * environment variable "PARTNER_MESSAGING_API_KEY".
 */
void pm_options_set_api_key(pm_options *options, const char *key);

/**
 * Where the service is: an "https" origin, with a path if it lies under one.
 * Default: the environment variable "PARTNER_MESSAGING_BASE_URL", else the base
 * URL of the API document.
 */
void pm_options_set_base_url(pm_options *options, const char *url);

/**
 * The one deadline of a call, over queueing, every attempt and every pause, in
 * milliseconds. Default: 30 seconds.
 */
void pm_options_set_timeout_ms(pm_options *options, uint64_t timeout_ms);

/**
 * How long making one connection may take, in milliseconds. Name, TCP, proxy and
 * TLS count; the addresses of a name share it, so that each is tried. Default: 5
 * seconds.
 */
void pm_options_set_connect_timeout_ms(pm_options *options, uint64_t timeout_ms);

/**
 * How often a call may be tried again when nothing was sent, or a read met a
 * transient failure. Default: 2.
 *
 * All calls of a client share a budget for that, so that an outage is not
 * multiplied: a hundred retries at once, and one more for every ten calls. Where
 * it ends a call, the error says so. Retries after a 429 use neither: they are
 * bound by the deadline only. 0 turns them off, too.
 */
void pm_options_set_max_retries(pm_options *options, uint32_t retries);

/**
 * How many requests may be under way at once, and how many connections open: over
 * HTTP/1.1 each request has one of its own, over HTTP/2 all share one. Further
 * calls wait for a slot. Default: 100.
 */
void pm_options_set_max_connections(pm_options *options, uint32_t connections);

/**
 * The longest pause that a 429 of the service imposes on the whole client, in
 * milliseconds. It is its "Retry-After", or, without one, a pause that grows from
 * 0.5 to 8 seconds; a longer "Retry-After" binds only the call that got it.
 * Default: 60 seconds.
 */
void pm_options_set_max_hold_ms(pm_options *options, uint64_t pause_ms);

/**
 * How many submitted calls a client has at most, with those that have ended and
 * whose result nobody has taken yet; a further one is refused. For languages whose
 * calls are submitted to queues (C, C++). Default: 10,000.
 */
void pm_options_set_max_queued(pm_options *options, uint32_t calls);

/**
 * How many messages may leave in a second, retries counted: no second has more.
 * What is beyond waits within its deadline. A fraction is left out; below 1 it is
 * one message in so many seconds. Clients that share a journal share the count,
 * those of other processes and, on a server, of other machines, too: each process
 * takes a share for a second, so that a message costs no round trip of its own.
 * Default: no limit.
 */
void pm_options_set_max_rate(pm_options *options, double messages);

/**
 * What messages may cost in a currency, for example "SGD" and "100.00": what is
 * spent and what those under way may cost at most, by the highest cost seen on
 * their channel, stays within it. Until a channel's cost is known its messages go
 * one at a time. One that would pass it is not sent: "SpendLimitError". A message
 * whose outcome is unknown counts as spent; one in another currency ends all
 * sending. Default: no limit.
 *
 * With a journal what it knows counts, whoever sent it, and a message with a key
 * is counted with its claim: so all who share the journal stay within the limit
 * together. A message without a key counts in its own process alone.
 */
void pm_options_set_spend_limit(pm_options *options, const char *currency, const char *amount);

/**
 * What one message costs at most in a currency of the "spend_limit", for example
 * "SGD" and "0.12". It is what counts for a message under way, and for one whose
 * receipt has no cost; without it such a receipt ends all sending. Default: none.
 */
void pm_options_set_max_cost(pm_options *options, const char *currency, const char *amount);

/**
 * Whether to use HTTP/2 where the server offers it (by ALPN). Default: true.
 */
void pm_options_set_http2(pm_options *options, bool http2);

/**
 * Whether connections are used again. Without, each request has one of its own,
 * over HTTP/1.1. A connection is not used within a second of the end that the
 * service announced ("Keep-Alive: timeout=N"), nor after 15 idle seconds. Default:
 * true.
 */
void pm_options_set_keep_alive(pm_options *options, bool keep_alive);

/**
 * The proxy to go through: "http://[user:password@]host:port", or with the scheme
 * "https", "socks5" or "socks5h" (which has the proxy look the service's name up).
 * It is never used for loopback. Default: none, or what the environment says.
 */
void pm_options_set_proxy(pm_options *options, const char *url);

/**
 * Whether these variables of the environment count: "HTTPS_PROXY", "ALL_PROXY" and
 * "NO_PROXY" (names with their subdomains, addresses, networks, each with ":port"
 * or not, or "*", as curl reads them); "SSL_CERT_FILE" (a PEM file) and
 * "SSL_CERT_DIR" (folders of them), which replace the platform's certificates.
 * Default: true.
 */
void pm_options_set_trust_env(pm_options *options, bool trust);

/**
 * A PEM file of certificates to trust besides the platform's, or besides those
 * that the environment replaces them with.
 */
void pm_options_set_ca_file(pm_options *options, const char *path);

/**
 * A PEM file of the certificate that the client shows where the service wants one
 * (mutual TLS), followed by those that it was issued by. Default: none.
 */
void pm_options_set_client_cert_file(pm_options *options, const char *path);

/**
 * A PEM file of the private key, without a password, of "client_cert_file".
 * Default: that file itself.
 */
void pm_options_set_client_key_file(pm_options *options, const char *path);

/**
 * Whether plain "http" may go to other hosts than loopback. Default: false.
 */
void pm_options_set_allow_http(pm_options *options, bool allow);

/**
 * A header to send with every request.
 */
void pm_options_add_header(pm_options *options, const char *name, const char *value);

/**
 * The "User-Agent" to send. Default: the name and the version of this package.
 */
void pm_options_set_user_agent(pm_options *options, const char *user_agent);

/**
 * How many bytes an answer's body may have. Default: 1 MiB.
 */
void pm_options_set_max_response_bytes(pm_options *options, uint64_t bytes);

/**
 * Where the service has an endpoint that the published document doesn't describe,
 * under the base URL. "name" is "get_message" (default path
 * "/partner/message/{messageId}"), "list_messages" ("/partner/message") or
 * "get_balance" ("/partner/credit/balance"); all three defaults are assumptions.
 */
void pm_options_set_endpoint(pm_options *options, const char *name, const char *path);

/**
 * The call's deadline, from its start, in milliseconds.
 */
void pm_call_options_set_timeout_ms(pm_call_options *options, uint64_t timeout_ms);

/**
 * How often this call may be tried again.
 */
void pm_call_options_set_max_retries(pm_call_options *options, uint32_t retries);

/**
 * A header to send with this call; it replaces the client's of the same name.
 */
void pm_call_options_add_header(pm_call_options *options, const char *name, const char *value);

/**
 * For pm_client_send_with_fallback(): the codes of the service after which the
 * next message is tried. Default: "CHANNEL_CONFIG_NOT_FOUND" and
 * "CHANNEL_CREDENTIALS_NOT_FOUND". Adds one; the first takes the place of the
 * default.
 */
void pm_call_options_add_fallback_code(pm_call_options *options, const char *code);

/**
 * The caller's name for what this call is to do at most once: whatever crashes, is
 * repeated or runs twice at a time, under one key of the client's journal a
 * message is accepted at most once. Of a pm_client_send_with_fallback() it is one
 * key for all messages.
 *
 * A key is 1 to 255 bytes of UTF-8 without control characters. It stands for one
 * message: another one with the same key is refused.
 */
void pm_call_options_set_key(pm_call_options *options, const char *key);

/**
 * A WhatsApp message by a template: recipient and sender are phone numbers in
 * E.164 form ("+6591234567"). Add the template's variables with
 * pm_message_set_variable(). Free it with pm_message_free().
 */
PM_NODISCARD PM_FREED_BY(pm_message_free) PM_NEW
pm_message *pm_message_new_whatsapp(const char *to, const char *from, const char *template_id);

/**
 * An SMS with free text. It needs no sender; pm_message_set_sender_id() names
 * one. Free it with pm_message_free().
 */
PM_NODISCARD PM_FREED_BY(pm_message_free) PM_NEW
pm_message *pm_message_new_sms(const char *to, const char *content);

/**
 * An SMS by a template. Add the template's variables with
 * pm_message_set_variable(). Free it with pm_message_free().
 */
PM_NODISCARD PM_FREED_BY(pm_message_free) PM_NEW
pm_message *pm_message_new_sms_template(const char *to,
                                        const char *sender_id,
                                        const char *template_id);

/**
 * An email with an HTML body. Free it with pm_message_free().
 */
PM_NODISCARD PM_FREED_BY(pm_message_free) PM_NEW
pm_message *pm_message_new_email(const char *to, const char *subject, const char *html_content);

/**
 * A message in its wire form: a JSON object with any channel and any field,
 * for example {"channel": "SMS", "to": "+6591234567", "content": "Hello"}.
 * Documented fields are checked, all others pass as they are. Free it with
 * pm_message_free().
 */
PM_NODISCARD PM_FREED_BY(pm_message_free) PM_NEW
pm_message *pm_message_new_json(const char *json);

/**
 * Puts a value in a template's place, called "1", "2" and so on; a second
 * value for the same place replaces the first. For WhatsApp and SMS messages.
 */
void pm_message_set_variable(pm_message *message, const char *name, const char *value);

/**
 * Names the sender of an SMS.
 */
void pm_message_set_sender_id(pm_message *message, const char *sender_id);

/**
 * A client with these options; NULL takes the key and the address from the
 * environment. No I/O happens but reading the CA file, and opening the journal if it
 * is a file.
 *
 * @param options  NULL, or options; they are copied.
 * @param client   Where the client is written, to be freed with
 *                 pm_client_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD PM_NONNULL(2)
pm_status pm_client_new(const pm_options *options, pm_client **client, pm_error **error);

/**
 * Closes a client: later calls are refused, and calls in flight end at once
 * with the outcome they have by then. Closing twice is fine, and so is NULL.
 *
 * It waits the moment that takes: when it returns, the completions of what was
 * submitted are in their queues, callbacks have returned, and none comes any
 * more. So hold no lock that a callback takes. Within a callback it doesn't
 * wait, nor for a pm_client_send() of another thread.
 */
void pm_client_close(const pm_client *client);

/**
 * Waits until no submitted call of the client is in flight, up to timeout_ms
 * milliseconds: 0 doesn't wait, a negative number waits for ever. When it
 * returns true, every one that was submitted before has its completion in its
 * queue, or its callback has returned. Within a callback it doesn't wait.
 *
 * To let what was submitted come to its end, and then to end the use of a client:
 * pm_client_wait(client, -1), pm_client_close(), pm_client_free().
 *
 * @return Whether none is in flight; true for NULL.
 */
bool pm_client_wait(const pm_client *client, int64_t timeout_ms);

/**
 * How many submitted calls of the client are in flight: those whose completion is not
 * in its queue yet, or whose callback has not returned. 0 for NULL.
 */
uint32_t pm_client_in_flight(const pm_client *client);

/**
 * Sends one message and waits until it is known what became of it, at most
 * until the deadline.
 *
 * @param client   The client.
 * @param message  The message; it is not changed.
 * @param options  NULL, or what this call has different from its client.
 * @param receipt  NULL, or where the receipt is written, to be freed with
 *                 pm_receipt_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 * @return PM_OK: the service accepted the message. Anything else:
 *         pm_error_outcome() says what became of it.
 */
PM_NODISCARD
pm_status pm_client_send(const pm_client *client,
                         const pm_message *message,
                         const pm_call_options *options,
                         pm_receipt **receipt,
                         pm_error **error);

/**
 * Begins to send one message in the background; never waits. What became of
 * it comes as a completion to the queue: exactly one if this returns PM_OK,
 * none otherwise.
 *
 * @param client     The client.
 * @param message    The message; it may be changed or freed afterwards.
 * @param options    NULL, or what this call has different from its client.
 * @param queue      Where the completion goes.
 * @param user_data  Handed back by pm_completion_user_data(); not looked into.
 * @param call       NULL, or where a handle to cancel the send is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit(const pm_client *client,
                           const pm_message *message,
                           const pm_call_options *options,
                           const pm_queue *queue,
                           void *user_data,
                           pm_call **call,
                           pm_error **error);

/**
 * Begins to send one message in the background; never waits. A function
 * is called with its completion, on the library's own thread: exactly once
 * if this returns PM_OK, and never otherwise. That call may come before this
 * has returned, and after the client was freed, but not after pm_client_close()
 * has returned. On a closed client nothing begins.
 *
 * @param client     The client.
 * @param message    The message; it may be changed or freed afterwards.
 * @param options    NULL, or what this call has different from its client.
 * @param callback   The function; see pm_callback for what it may do.
 * @param user_data  Given to the function, and by pm_completion_user_data().
 * @param call       NULL, or where a handle to cancel the send is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_callback(const pm_client *client,
                                    const pm_message *message,
                                    const pm_call_options *options,
                                    pm_callback callback,
                                    void *user_data,
                                    pm_call **call,
                                    pm_error **error);

/**
 * Cancels a submitted call; never waits. A send ends at once with its true
 * outcome: not sent if its request had not left, unknown if it had, or sent or
 * rejected if its answer is there already. A read has no outcome. The
 * completion comes all the same. Cancelling twice, or when the call has ended,
 * is fine, and so is NULL.
 */
void pm_cancel(const pm_call *call);

/**
 * A new queue, to be freed with pm_queue_free(); NULL when the process has no
 * file descriptors left. It serves the process that made it, not a forked child.
 */
PM_NODISCARD PM_FREED_BY(pm_queue_free) PM_NEW
pm_queue *pm_queue_new(void);

/**
 * Takes the next completion, waiting for it up to timeout_ms milliseconds: 0
 * doesn't wait, a negative number waits for ever. Within a callback it never waits.
 *
 * @return The completion, to be freed with pm_completion_free(); NULL when the
 *         time is over, after pm_queue_wake(), and for NULL.
 */
PM_NODISCARD PM_FREED_BY(pm_completion_free)
pm_completion *pm_queue_next(const pm_queue *queue, int64_t timeout_ms);

/**
 * How many completions are in the queue; 0 for NULL.
 */
size_t pm_queue_length(const pm_queue *queue);

/**
 * A file descriptor that is readable while the queue is not empty, for poll()
 * and epoll (without EPOLLET): call pm_queue_next(queue, 0) until it gives
 * NULL, then poll again. pm_queue_wake() makes it readable, too. It belongs to
 * the queue: don't read from it, don't close it. -1 for NULL.
 */
int32_t pm_queue_fd(const pm_queue *queue);

/**
 * Makes one pm_queue_next(), waiting or next to come, return NULL, so that a
 * thread that waits for completions can do something else.
 */
void pm_queue_wake(const pm_queue *queue);

/**
 * The pointer that was given to the function that submitted the call.
 */
void *pm_completion_user_data(const pm_completion *completion);

/**
 * Which call it is of; PM_CALL_NONE for NULL.
 */
pm_call_kind pm_completion_kind(const pm_completion *completion);

/**
 * The stable word for a kind of call: "none", "send", "send_with_fallback",
 * "get_message", "wait_for_status", "next", "next_page", "get_balance" or "request";
 * "?" for any other number, never NULL. The string is static.
 */
const char *pm_call_kind_name(pm_call_kind kind);

/**
 * What the same call would have returned if it had waited, for example
 * pm_client_send(); PM_INTERNAL_ERROR for NULL.
 */
PM_NODISCARD
pm_status pm_completion_status(const pm_completion *completion);

/**
 * The receipt of a send, with fallback or without; NULL on failure, and for
 * another call. It belongs to the completion: don't free it.
 */
const pm_receipt *pm_completion_receipt(const pm_completion *completion);

/**
 * What became of each message of a send with fallback that was tried, on
 * success and on failure; NULL when none was, and for another call. It belongs
 * to the completion: don't free it.
 */
const pm_trail *pm_completion_trail(const pm_completion *completion);

/**
 * The message that was read, waited for or next in a list; NULL on failure, at the
 * end of a list, and for another call. It belongs to the completion: don't free it.
 */
const pm_record *pm_completion_record(const pm_completion *completion);

/**
 * The next page of a list; NULL on failure, after the last one, and for another
 * call. It belongs to the completion: don't free it.
 */
const pm_page *pm_completion_page(const pm_completion *completion);

/**
 * The credit that is left; NULL on failure, and for another call. It belongs
 * to the completion: don't free it.
 */
const pm_balance *pm_completion_balance(const pm_completion *completion);

/**
 * The answer to a request; NULL on failure, and for another call. It belongs
 * to the completion: don't free it.
 */
const pm_reply *pm_completion_reply(const pm_completion *completion);

/**
 * The error, NULL on success. It belongs to the completion: don't free it.
 */
const pm_error *pm_completion_error(const pm_completion *completion);

/**
 * Sends the first of these messages that the service takes, and waits until it
 * is known what became of it, at most until the one deadline over all.
 *
 * A message that the service refuses because its channel can't be used is
 * followed by the next one: see pm_call_options_add_fallback_code(). Any other
 * refusal ends the call, and so does an unknown outcome, since the message may
 * arrive; what was not sent is retried, and never skipped. All messages
 * are checked before the first is sent.
 *
 * @param client    The client.
 * @param messages  The messages, in an array of const pm_message *; they are
 *                  not changed.
 * @param count     How many they are, at least one.
 * @param options   NULL, or what this call has different from its client.
 * @param receipt   NULL, or where the receipt is written, to be freed with
 *                  pm_receipt_free(); NULL on failure.
 * @param trail     NULL, or where it is written what became of each message
 *                  that was tried, on success and on failure, to be freed with
 *                  pm_trail_free(); NULL when none was tried.
 * @param error     NULL, or where the error is written, to be freed with
 *                  pm_error_free(); NULL on success. It is that of the last
 *                  message that was tried; pm_error_field() names one that
 *                  can't be sent, for example "messages[1].to".
 */
PM_NODISCARD
pm_status pm_client_send_with_fallback(const pm_client *client,
                                       const pm_message *const *messages,
                                       size_t count,
                                       const pm_call_options *options,
                                       pm_receipt **receipt,
                                       pm_trail **trail,
                                       pm_error **error);

/**
 * Begins a pm_client_send_with_fallback() in the background; never waits. What
 * became of it comes as a completion to the queue, with a receipt or an error
 * and with a trail: exactly one if this returns PM_OK, none otherwise.
 *
 * @param client     The client.
 * @param messages   The messages, in an array of const pm_message *; they may
 *                   be changed or freed afterwards.
 * @param count      How many they are, at least one.
 * @param options    NULL, or what this call has different from its client.
 * @param queue      Where the completion goes.
 * @param user_data  Handed back by pm_completion_user_data(); not looked into.
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_with_fallback(const pm_client *client,
                                         const pm_message *const *messages,
                                         size_t count,
                                         const pm_call_options *options,
                                         const pm_queue *queue,
                                         void *user_data,
                                         pm_call **call,
                                         pm_error **error);

/**
 * Like pm_client_submit_with_fallback(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param client     The client.
 * @param messages   The messages, in an array of const pm_message *; they may
 *                   be changed or freed afterwards.
 * @param count      How many they are, at least one.
 * @param options    NULL, or what this call has different from its client.
 * @param callback   The function; see pm_callback for what it may do.
 * @param user_data  Given to the function, and by pm_completion_user_data().
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_with_fallback_callback(const pm_client *client,
                                                  const pm_message *const *messages,
                                                  size_t count,
                                                  const pm_call_options *options,
                                                  pm_callback callback,
                                                  void *user_data,
                                                  pm_call **call,
                                                  pm_error **error);

/**
 * How many entries there are.
 */
size_t pm_trail_count(const pm_trail *trail);

/**
 * The message's channel, for the entry at index.
 */
const char *pm_trail_channel(const pm_trail *trail, size_t index);

/**
 * What became of it, for the entry at index. PM_OUTCOME_NONE when absent.
 */
pm_outcome pm_trail_outcome(const pm_trail *trail, size_t index);

/**
 * What went wrong, unless it was sent, for the entry at index. NULL when absent.
 */
const char *pm_trail_kind(const pm_trail *trail, size_t index);

/**
 * The HTTP status of the answer, if it failed and there was one, for the entry at
 * index. 0 when absent.
 */
int32_t pm_trail_http_status(const pm_trail *trail, size_t index);

/**
 * The service's code, if it refused, for the entry at index. NULL when absent.
 */
const char *pm_trail_code(const pm_trail *trail, size_t index);

/**
 * The message's id, if it was sent, for the entry at index. NULL when absent.
 */
const char *pm_trail_message_id(const pm_trail *trail, size_t index);

/**
 * How many requests it took, for the entry at index.
 */
uint32_t pm_trail_attempts(const pm_trail *trail, size_t index);

/**
 * Asks what became of a message that was accepted before, and waits for the
 * answer, at most until the deadline. The published document doesn't describe
 * this: see pm_options_set_endpoint().
 *
 * @param client      The client.
 * @param message_id  The message's id, from its receipt.
 * @param options     NULL, or what this call has different from its client.
 * @param record      NULL, or where the record is written, to be freed with
 *                    pm_record_free(); NULL on failure.
 * @param error       NULL, or where the error is written, to be freed with
 *                    pm_error_free(); NULL on success. Its outcome is
 *                    PM_OUTCOME_NONE, as of every read.
 */
PM_NODISCARD
pm_status pm_client_get_message(const pm_client *client,
                                const char *message_id,
                                const pm_call_options *options,
                                pm_record **record,
                                pm_error **error);

/**
 * Begins a pm_client_get_message() in the background; never waits. The record
 * or the error comes as a completion to the queue: exactly one if this returns
 * PM_OK, none otherwise.
 *
 * @param client      The client.
 * @param message_id  The message's id, from its receipt; it is copied.
 * @param options     NULL, or what this call has different from its client.
 * @param queue       Where the completion goes.
 * @param user_data   Handed back by pm_completion_user_data(); not looked into.
 * @param call        NULL, or where a handle to cancel the call is written, to be
 *                    freed with pm_call_free() at any time; NULL on failure.
 * @param error       NULL, or where the error is written, to be freed with
 *                    pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_get_message(const pm_client *client,
                                       const char *message_id,
                                       const pm_call_options *options,
                                       const pm_queue *queue,
                                       void *user_data,
                                       pm_call **call,
                                       pm_error **error);

/**
 * Like pm_client_submit_get_message(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param client      The client.
 * @param message_id  The message's id, from its receipt; it is copied.
 * @param options     NULL, or what this call has different from its client.
 * @param callback    The function; see pm_callback for what it may do.
 * @param user_data   Given to the function, and by pm_completion_user_data().
 * @param call        NULL, or where a handle to cancel the call is written, to be
 *                    freed with pm_call_free() at any time; NULL on failure.
 * @param error       NULL, or where the error is written, to be freed with
 *                    pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_get_message_callback(const pm_client *client,
                                                const char *message_id,
                                                const pm_call_options *options,
                                                pm_callback callback,
                                                void *user_data,
                                                pm_call **call,
                                                pm_error **error);

/**
 * Waits until a message's status is final, or the call's deadline passes,
 * looking again and again at growing intervals. Gives the message as it was
 * seen last: where its status is not final, the time was over.
 *
 * @param client          The client.
 * @param message_id      The message's id, from its receipt.
 * @param final_statuses  The statuses to wait for, in capitals or not. NULL:
 *                        "DELIVERED", "READ", "FAILED", "UNDELIVERED",
 *                        "REJECTED" and "EXPIRED"; an assumption.
 * @param count           How many they are, at least one; not looked at with NULL.
 * @param options         NULL, or what this call has different from its client.
 * @param record          NULL, or where the record is written, to be freed
 *                        with pm_record_free(); NULL on failure.
 * @param error           NULL, or where the error is written, to be freed with
 *                        pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_wait_for_status(const pm_client *client,
                                    const char *message_id,
                                    const char *const *final_statuses,
                                    size_t count,
                                    const pm_call_options *options,
                                    pm_record **record,
                                    pm_error **error);

/**
 * Begins a pm_client_wait_for_status() in the background; never waits. The
 * record or the error comes as a completion to the queue: exactly one if this
 * returns PM_OK, none otherwise.
 *
 * @param client          The client.
 * @param message_id      The message's id, from its receipt; it is copied.
 * @param final_statuses  The statuses to wait for, or NULL: see
 *                        pm_client_wait_for_status(); they are copied.
 * @param count           How many they are, at least one; not looked at with NULL.
 * @param options         NULL, or what this call has different from its client.
 * @param queue           Where the completion goes.
 * @param user_data       Handed back by pm_completion_user_data(); not looked into.
 * @param call            NULL, or where a handle to cancel the call is written, to be
 *                        freed with pm_call_free() at any time; NULL on failure.
 * @param error           NULL, or where the error is written, to be freed with
 *                        pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_wait_for_status(const pm_client *client,
                                           const char *message_id,
                                           const char *const *final_statuses,
                                           size_t count,
                                           const pm_call_options *options,
                                           const pm_queue *queue,
                                           void *user_data,
                                           pm_call **call,
                                           pm_error **error);

/**
 * Like pm_client_submit_wait_for_status(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param client          The client.
 * @param message_id      The message's id, from its receipt; it is copied.
 * @param final_statuses  The statuses to wait for, or NULL: see
 *                        pm_client_wait_for_status(); they are copied.
 * @param count           How many they are, at least one; not looked at with NULL.
 * @param options         NULL, or what this call has different from its client.
 * @param callback        The function; see pm_callback for what it may do.
 * @param user_data       Given to the function, and by pm_completion_user_data().
 * @param call            NULL, or where a handle to cancel the call is written, to be
 *                        freed with pm_call_free() at any time; NULL on failure.
 * @param error           NULL, or where the error is written, to be freed with
 *                        pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_wait_for_status_callback(const pm_client *client,
                                                    const char *message_id,
                                                    const char *const *final_statuses,
                                                    size_t count,
                                                    const pm_call_options *options,
                                                    pm_callback callback,
                                                    void *user_data,
                                                    pm_call **call,
                                                    pm_error **error);

/**
 * The service's id of the message.
 */
const char *pm_record_message_id(const pm_record *record);

/**
 * The recipient. NULL when absent.
 */
const char *pm_record_recipient(const pm_record *record);

/**
 * The channel. NULL when absent.
 */
const char *pm_record_channel(const pm_record *record);

/**
 * The status, for example "SENT" or "DELIVERED"; an open set. NULL when absent.
 */
const char *pm_record_status(const pm_record *record);

/**
 * What the message costs, exactly as the service wrote it. Exact decimal text, for
 * example "0.12"; NULL when absent.
 */
const char *pm_record_cost(const pm_record *record);

/**
 * The currency of "cost". NULL when absent.
 */
const char *pm_record_currency(const pm_record *record);

/**
 * When the service took the message, as it wrote it ("createdAt"). NULL when
 * absent.
 */
const char *pm_record_created_at(const pm_record *record);

/**
 * When the status last changed, as the service wrote it ("updatedAt"). NULL when
 * absent.
 */
const char *pm_record_updated_at(const pm_record *record);

/**
 * The whole record: JSON, as the service wrote it.
 */
const char *pm_record_raw(const pm_record *record);

/**
 * A filter for all messages. Free it with pm_filter_free(), at the earliest
 * when pm_client_list_messages() has returned.
 */
PM_NODISCARD PM_FREED_BY(pm_filter_free) PM_NEW
pm_filter *pm_filter_new(void);

/**
 * Only those of one channel, for example "SMS".
 */
void pm_filter_set_channel(pm_filter *filter, const char *channel);

/**
 * Only those with one status, for example "DELIVERED".
 */
void pm_filter_set_status(pm_filter *filter, const char *status);

/**
 * Only those to one recipient.
 */
void pm_filter_set_recipient(pm_filter *filter, const char *recipient);

/**
 * Only those from one sender: a phone number or a sender's name.
 */
void pm_filter_set_sender(pm_filter *filter, const char *sender);

/**
 * Only those taken at this time or later: a date, or a time with its offset from
 * UTC (RFC 3339), such as "2026-11-23T09:00:00Z".
 */
void pm_filter_set_since(pm_filter *filter, const char *time);

/**
 * Only those taken before this time, given as for "since".
 */
void pm_filter_set_until(pm_filter *filter, const char *time);

/**
 * The page to begin with, from 1. Default: 1.
 */
void pm_filter_set_page(pm_filter *filter, uint32_t page);

/**
 * How many messages to ask for at a time: 1 to 1000. Default: 50.
 */
void pm_filter_set_limit(pm_filter *filter, uint32_t limit);

/**
 * Any further parameter of the query.
 */
void pm_filter_add_query(pm_filter *filter, const char *name, const char *value);

/**
 * Begins a list of messages: all pages, each fetched when it is needed. No I/O
 * happens before the first message or page is asked for. The published
 * document doesn't describe this: see pm_options_set_endpoint().
 *
 * @param client   The client.
 * @param filter   NULL, or which messages; it is copied.
 * @param options  NULL, or what each of the calls has different from its client.
 * @param iter     NULL, or where the list is written, to be freed with
 *                 pm_message_iter_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_list_messages(const pm_client *client,
                                  const pm_filter *filter,
                                  const pm_call_options *options,
                                  pm_message_iter **iter,
                                  pm_error **error);

/**
 * Gives the next message of a list, waiting for its page if need be. An error
 * ends the list.
 *
 * @param iter    The list.
 * @param record  NULL, or where the message is written, to be freed with
 *                pm_record_free(); NULL after the last one (and PM_OK is
 *                returned), and on failure.
 * @param error   NULL, or where the error is written, to be freed with
 *                pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_message_iter_next(const pm_message_iter *iter, pm_record **record, pm_error **error);

/**
 * Gives the next page of a list; what is left of the page at hand is passed
 * over. An error ends the list. The first page is given even if it is empty.
 *
 * @param iter   The list.
 * @param page   NULL, or where the page is written, to be freed with
 *               pm_page_free(); NULL after the last one (and PM_OK is
 *               returned), and on failure.
 * @param error  NULL, or where the error is written, to be freed with
 *               pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_message_iter_next_page(const pm_message_iter *iter, pm_page **page, pm_error **error);

/**
 * Begins a pm_message_iter_next() in the background; never waits. The completion
 * has the message, or nothing after the last one, with PM_OK: exactly one comes to the
 * queue if this returns PM_OK, none otherwise. It is submitted to the list's client.
 *
 * @param iter       The list; it may be freed afterwards.
 * @param queue      Where the completion goes.
 * @param user_data  Handed back by pm_completion_user_data(); not looked into.
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_message_iter_submit_next(const pm_message_iter *iter,
                                      const pm_queue *queue,
                                      void *user_data,
                                      pm_call **call,
                                      pm_error **error);

/**
 * Like pm_message_iter_submit_next(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param iter       The list; it may be freed afterwards.
 * @param callback   The function; see pm_callback for what it may do.
 * @param user_data  Given to the function, and by pm_completion_user_data().
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_message_iter_submit_next_callback(const pm_message_iter *iter,
                                               pm_callback callback,
                                               void *user_data,
                                               pm_call **call,
                                               pm_error **error);

/**
 * Begins a pm_message_iter_next_page() in the background; never waits. The completion
 * has the page, or nothing after the last one, with PM_OK: exactly one comes to the
 * queue if this returns PM_OK, none otherwise. It is submitted to the list's client.
 *
 * @param iter       The list; it may be freed afterwards.
 * @param queue      Where the completion goes.
 * @param user_data  Handed back by pm_completion_user_data(); not looked into.
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_message_iter_submit_next_page(const pm_message_iter *iter,
                                           const pm_queue *queue,
                                           void *user_data,
                                           pm_call **call,
                                           pm_error **error);

/**
 * Like pm_message_iter_submit_next_page(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param iter       The list; it may be freed afterwards.
 * @param callback   The function; see pm_callback for what it may do.
 * @param user_data  Given to the function, and by pm_completion_user_data().
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_message_iter_submit_next_page_callback(const pm_message_iter *iter,
                                                    pm_callback callback,
                                                    void *user_data,
                                                    pm_call **call,
                                                    pm_error **error);

/**
 * How many messages there are.
 */
size_t pm_page_count(const pm_page *page);

/**
 * The messages, in the service's order. The one at index, from 0; NULL beyond the
 * last. It belongs to the page: don't free it.
 */
const pm_record *pm_page_message(const pm_page *page, size_t index);

/**
 * The page's number, from 1, as it was asked for.
 */
uint32_t pm_page_number(const pm_page *page);

/**
 * How many messages a page has, if the service says so. -1 when absent.
 */
int64_t pm_page_limit(const pm_page *page);

/**
 * How many messages there are in all, if the service says so. -1 when absent.
 */
int64_t pm_page_total(const pm_page *page);

/**
 * How many pages there are in all, if the service says so. -1 when absent.
 */
int64_t pm_page_total_pages(const pm_page *page);

/**
 * Whether there are more pages, if the service says so. 1 or 0; -1 when absent.
 */
int32_t pm_page_has_more(const pm_page *page);

/**
 * The envelope's whole "data": JSON, as the service wrote it.
 */
const char *pm_page_raw(const pm_page *page);

/**
 * Asks for the credit that is left, and waits for the answer, at most until
 * the deadline. The published document doesn't describe this: see
 * pm_options_set_endpoint().
 *
 * @param client   The client.
 * @param options  NULL, or what this call has different from its client.
 * @param balance  NULL, or where the balance is written, to be freed with
 *                 pm_balance_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_get_balance(const pm_client *client,
                                const pm_call_options *options,
                                pm_balance **balance,
                                pm_error **error);

/**
 * Begins a pm_client_get_balance() in the background; never waits. The balance
 * or the error comes as a completion to the queue: exactly one if this returns
 * PM_OK, none otherwise.
 *
 * @param client     The client.
 * @param options    NULL, or what this call has different from its client.
 * @param queue      Where the completion goes.
 * @param user_data  Handed back by pm_completion_user_data(); not looked into.
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_get_balance(const pm_client *client,
                                       const pm_call_options *options,
                                       const pm_queue *queue,
                                       void *user_data,
                                       pm_call **call,
                                       pm_error **error);

/**
 * Like pm_client_submit_get_balance(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param client     The client.
 * @param options    NULL, or what this call has different from its client.
 * @param callback   The function; see pm_callback for what it may do.
 * @param user_data  Given to the function, and by pm_completion_user_data().
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_get_balance_callback(const pm_client *client,
                                                const pm_call_options *options,
                                                pm_callback callback,
                                                void *user_data,
                                                pm_call **call,
                                                pm_error **error);

/**
 * The amount, exactly as the service wrote it. Exact decimal text, for example
 * "0.12".
 */
const char *pm_balance_amount(const pm_balance *balance);

/**
 * Its currency, for example "SGD". NULL when absent.
 */
const char *pm_balance_currency(const pm_balance *balance);

/**
 * The envelope's whole "data" object: JSON, as the service wrote it.
 */
const char *pm_balance_raw(const pm_balance *balance);

/**
 * What the messages sent by the client, waiting or submitted, have cost in this
 * process, as their receipts say. Costs are added up exactly. No I/O happens.
 *
 * @param client    The client.
 * @param spending  NULL, or where the entries are written, to be freed with
 *                  pm_spending_free(); NULL on failure.
 * @param error     NULL, or where the error is written, to be freed with
 *                  pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_spending(const pm_client *client, pm_spending **spending, pm_error **error);

/**
 * Like pm_client_spending(), and begins a new ledger: no message is in
 * both or in neither.
 */
PM_NODISCARD
pm_status pm_client_reset_spending(const pm_client *client,
                                   pm_spending **spending,
                                   pm_error **error);

/**
 * How many entries there are.
 */
size_t pm_spending_count(const pm_spending *spending);

/**
 * The channel, as the receipts say, else as the messages said, for the entry at
 * index.
 */
const char *pm_spending_channel(const pm_spending *spending, size_t index);

/**
 * The currency, if the receipts say, for the entry at index. NULL when absent.
 */
const char *pm_spending_currency(const pm_spending *spending, size_t index);

/**
 * The sum of the costs, exact, for the entry at index. Exact decimal text, for
 * example "0.12".
 */
const char *pm_spending_cost(const pm_spending *spending, size_t index);

/**
 * How many messages were sent, for the entry at index.
 */
uint64_t pm_spending_messages(const pm_spending *spending, size_t index);

/**
 * How many of them have no cost on their receipt, so that "cost" is without
 * theirs, for the entry at index.
 */
uint64_t pm_spending_unpriced(const pm_spending *spending, size_t index);

/**
 * A request with a method ("GET", "POST", "PUT", "PATCH" or "DELETE") and a
 * path that begins with a slash. Free it with pm_request_free().
 */
PM_NODISCARD PM_FREED_BY(pm_request_free) PM_NEW
pm_request *pm_request_new(const char *method, const char *path);

/**
 * A parameter of the query.
 */
void pm_request_add_query(pm_request *request, const char *name, const char *value);

/**
 * The body: the text of any JSON value, sent to the byte.
 */
void pm_request_set_json(pm_request *request, const char *json);

/**
 * Whether making the request twice does no more than making it once. Only then it
 * is tried again when its outcome is unknown. Default: true for "GET", false for
 * the others.
 */
void pm_request_set_idempotent(pm_request *request, bool idempotent);

/**
 * Makes a request, and waits for the answer, at most until the deadline.
 *
 * A GET is a read: it is retried as reads are, and its error has no
 * outcome. Any other method changes something: it is never made twice unless
 * it is idempotent, and pm_error_outcome() says what became of it.
 *
 * @param client   The client.
 * @param request  The request; it is not changed.
 * @param options  NULL, or what this call has different from its client.
 * @param reply    NULL, or where the answer is written, to be freed with
 *                 pm_reply_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_request(const pm_client *client,
                            const pm_request *request,
                            const pm_call_options *options,
                            pm_reply **reply,
                            pm_error **error);

/**
 * Begins a pm_client_request() in the background; never waits. The answer or
 * the error comes as a completion to the queue: exactly one if this returns
 * PM_OK, none otherwise.
 *
 * @param client     The client.
 * @param request    The request; it may be changed or freed afterwards.
 * @param options    NULL, or what this call has different from its client.
 * @param queue      Where the completion goes.
 * @param user_data  Handed back by pm_completion_user_data(); not looked into.
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_request(const pm_client *client,
                                   const pm_request *request,
                                   const pm_call_options *options,
                                   const pm_queue *queue,
                                   void *user_data,
                                   pm_call **call,
                                   pm_error **error);

/**
 * Like pm_client_submit_request(), with a function in place of the queue:
 * see pm_client_submit_callback().
 *
 * @param client     The client.
 * @param request    The request; it may be changed or freed afterwards.
 * @param options    NULL, or what this call has different from its client.
 * @param callback   The function; see pm_callback for what it may do.
 * @param user_data  Given to the function, and by pm_completion_user_data().
 * @param call       NULL, or where a handle to cancel the call is written, to be
 *                   freed with pm_call_free() at any time; NULL on failure.
 * @param error      NULL, or where the error is written, to be freed with
 *                   pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_client_submit_request_callback(const pm_client *client,
                                            const pm_request *request,
                                            const pm_call_options *options,
                                            pm_callback callback,
                                            void *user_data,
                                            pm_call **call,
                                            pm_error **error);

/**
 * The HTTP status, 200 to 299.
 */
int32_t pm_reply_http_status(const pm_reply *reply);

/**
 * The envelope's own message. NULL when absent.
 */
const char *pm_reply_message(const pm_reply *reply);

/**
 * How many headers there are: see pm_reply_header_name().
 */
size_t pm_reply_header_count(const pm_reply *reply);

/**
 * The name of the header at index, from 0; NULL beyond the last.
 */
const char *pm_reply_header_name(const pm_reply *reply, size_t index);

/**
 * The value of the header at index, from 0; NULL beyond the last.
 */
const char *pm_reply_header_value(const pm_reply *reply, size_t index);

/**
 * The first value of a header, by its name in whatever case; NULL when absent.
 */
const char *pm_reply_header(const pm_reply *reply, const char *name);

/**
 * Whether the journal answered: the request was carried out before, and this call
 * made none. Then there is nothing of the answer: no data, no headers, status 200.
 */
bool pm_reply_replayed(const pm_reply *reply);

/**
 * How many requests it took; 0 where the journal answered.
 */
uint32_t pm_reply_attempts(const pm_reply *reply);

/**
 * The time from the start of the call to the answer, in milliseconds.
 */
int64_t pm_reply_elapsed_ms(const pm_reply *reply);

/**
 * The envelope's "data": JSON, as the service wrote it. NULL when absent.
 */
const char *pm_reply_data(const pm_reply *reply);

/**
 * Opens a journal: a file, which is made if it doesn't exist, or what a URL names. A
 * file that this process has open already is not opened twice. The processes of one machine
 * may share it; it must lie on a local disk.
 *
 * @param path_or_url  The path of the file, or the URL.
 * @param journal      NULL, or where the journal is written, to be freed with
 *                     pm_journal_free(); NULL on failure.
 * @param error        NULL, or where the error is written, to be freed with
 *                     pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_open(const char *path_or_url, pm_journal **journal, pm_error **error);

/**
 * Closes a journal for all who share this handle, and waits until it is: what they
 * were asked for is done. Sends with a key that are under way come to their end; later
 * ones fail with PM_JOURNAL_ERROR, and nothing is sent. Closing twice is fine, and so is NULL.
 * Within a callback it doesn't wait. Freeing alone closes it, too, once no client has it any more.
 */
void pm_journal_close(const pm_journal *journal);

/**
 * What the journal has under a key.
 *
 * @param journal  The journal.
 * @param key      The key.
 * @param record   NULL, or where the record is written, to be freed with
 *                 pm_journal_record_free(); NULL where there is nothing under the
 *                 key (and PM_OK is returned), and on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_get(const pm_journal *journal,
                         const char *key,
                         pm_journal_record **record,
                         pm_error **error);

/**
 * Begins a list of the journal's records in the order of their keys, which are read as
 * they are asked for.
 *
 * @param journal  The journal.
 * @param outcome  Which ones: those with this outcome, or all with PM_OUTCOME_NONE.
 * @param iter     NULL, or where the list is written, to be freed with
 *                 pm_journal_iter_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_records(const pm_journal *journal,
                             pm_outcome outcome,
                             pm_journal_iter **iter,
                             pm_error **error);

/**
 * Gives the next record of a list. An error ends the list.
 *
 * @param iter    The list.
 * @param record  NULL, or where the record is written, to be freed with
 *                pm_journal_record_free(); NULL after the last one (and PM_OK is
 *                returned), and on failure.
 * @param error   NULL, or where the error is written, to be freed with
 *                pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_iter_next(const pm_journal_iter *iter,
                               pm_journal_record **record,
                               pm_error **error);

/**
 * Counts and costs of all that the journal ever recorded.
 *
 * @param journal  The journal.
 * @param counts   NULL, or where they are written, to be freed with
 *                 pm_journal_counts_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_summary(const pm_journal *journal,
                             pm_journal_counts **counts,
                             pm_error **error);

/**
 * Says what became of a message whose outcome is unknown: PM_OUTCOME_SENT with the id
 * that the service gave it, or PM_OUTCOME_NOT_SENT, so that its key may be used again.
 *
 * That it was not sent is the risk of whoever says it: what had left the process may
 * still be on its way, and then the message goes out twice. Ask the service first.
 *
 * @param journal     The journal.
 * @param key         The key. Where nothing unknown stands under it (any more), that is
 *                    PM_CONFIG_ERROR, and pm_error_field() is "key".
 * @param outcome     PM_OUTCOME_SENT or PM_OUTCOME_NOT_SENT.
 * @param message_id  The service's id of a message that was sent, else NULL.
 * @param record      NULL, or where the record as it is then is written, to be freed
 *                    with pm_journal_record_free(); NULL on failure.
 * @param error       NULL, or where the error is written, to be freed with
 *                    pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_resolve(const pm_journal *journal,
                             const char *key,
                             pm_outcome outcome,
                             const char *message_id,
                             pm_journal_record **record,
                             pm_error **error);

/**
 * Looks messages whose outcome is unknown up in the service's list of messages. If it
 * has exactly one to that recipient by that channel, made within the call's time by the
 * service's clock (5 seconds more or less) and under no other key, the key is resolved as
 * sent with that one's id. Nothing found proves nothing: then it stays unknown. A message
 * that is not the one that its key stands for is left as it is.
 *
 * The published document doesn't describe the list; this is an assumption.
 *
 * @param journal   The journal.
 * @param client    The client that asks.
 * @param keys      The keys, in an array.
 * @param messages  The message of each key, in an array of const pm_message *.
 * @param count     How many they are.
 * @param options   NULL, or what each request has different from its client.
 * @param records   NULL, or where the records of the keys as they are then are written, to
 *                  be freed with pm_journal_iter_free(); those that the journal doesn't
 *                  have are not among them. NULL on failure.
 * @param error     NULL, or where the error is written, to be freed with
 *                  pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_reconcile(const pm_journal *journal,
                               const pm_client *client,
                               const char *const *keys,
                               const pm_message *const *messages,
                               size_t count,
                               const pm_call_options *options,
                               pm_journal_iter **records,
                               pm_error **error);

/**
 * Forgets what was sent, rejected or not sent and ended before a moment. What is unknown
 * or has a conflict stays, and so do the counts of pm_journal_summary(). A key that was
 * forgotten is a new key.
 *
 * @param journal  The journal.
 * @param before   The moment: RFC 3339, for example "2026-11-29T02:47:00Z", or a day,
 *                 which begins in UTC.
 * @param purged   NULL, or where it is written how many were forgotten; 0 on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_journal_purge(const pm_journal *journal,
                           const char *before,
                           uint64_t *purged,
                           pm_error **error);

/**
 * The key, as the caller gave it.
 */
const char *pm_journal_record_key(const pm_journal_record *journal_record);

/**
 * What became of the message; absent while its call is in progress.
 * PM_OUTCOME_NONE when absent.
 */
pm_outcome pm_journal_record_outcome(const pm_journal_record *journal_record);

/**
 * Whether a person said so, or a look at the service's list: the call itself did
 * not.
 */
bool pm_journal_record_resolved(const pm_journal_record *journal_record);

/**
 * The channel: of the accepted message, else of the one that was to be sent. NULL
 * when absent.
 */
const char *pm_journal_record_channel(const pm_journal_record *journal_record);

/**
 * Why the call failed, if it did. NULL when absent.
 */
const char *pm_journal_record_kind(const pm_journal_record *journal_record);

/**
 * The service's own code, if it refused with one. NULL when absent.
 */
const char *pm_journal_record_code(const pm_journal_record *journal_record);

/**
 * The service's id of the accepted message. NULL when absent.
 */
const char *pm_journal_record_message_id(const pm_journal_record *journal_record);

/**
 * What the message cost, exact. Exact decimal text, for example "0.12"; NULL when
 * absent.
 */
const char *pm_journal_record_cost(const pm_journal_record *journal_record);

/**
 * The currency of "cost". NULL when absent.
 */
const char *pm_journal_record_currency(const pm_journal_record *journal_record);

/**
 * When the key was claimed for the call: RFC 3339, UTC, to the millisecond.
 */
const char *pm_journal_record_claimed_at(const pm_journal_record *journal_record);

/**
 * After this moment nothing of the call leaves its process any more.
 */
const char *pm_journal_record_deadline(const pm_journal_record *journal_record);

/**
 * When the outcome was recorded or resolved. NULL when absent.
 */
const char *pm_journal_record_ended_at(const pm_journal_record *journal_record);

/**
 * The id of the claim: each call that claims the key has another.
 */
const char *pm_journal_record_claim_id(const pm_journal_record *journal_record);

/**
 * What contradicts the record, if anything does. NULL when absent. It belongs to
 * the record: don't free it.
 */
const pm_journal_conflict *pm_journal_record_conflict(const pm_journal_record *journal_record);

/**
 * What became of the message according to the call.
 */
pm_outcome pm_journal_conflict_outcome(const pm_journal_conflict *journal_conflict);

/**
 * The service's id of the message, if it accepted one. NULL when absent.
 */
const char *pm_journal_conflict_message_id(const pm_journal_conflict *journal_conflict);

/**
 * When the call told it: RFC 3339, UTC, to the millisecond.
 */
const char *pm_journal_conflict_at(const pm_journal_conflict *journal_conflict);

/**
 * How many messages the service accepted.
 */
uint64_t pm_journal_counts_sent(const pm_journal_counts *journal_counts);

/**
 * How many it refused.
 */
uint64_t pm_journal_counts_rejected(const pm_journal_counts *journal_counts);

/**
 * How many provably did not leave.
 */
uint64_t pm_journal_counts_not_sent(const pm_journal_counts *journal_counts);

/**
 * How many may have been accepted.
 */
uint64_t pm_journal_counts_unknown(const pm_journal_counts *journal_counts);

/**
 * How many calls are in progress.
 */
uint64_t pm_journal_counts_in_progress(const pm_journal_counts *journal_counts);

/**
 * How many records have a conflict.
 */
uint64_t pm_journal_counts_conflicts(const pm_journal_counts *journal_counts);

/**
 * The same by outcome, channel and currency, in that order. It belongs to the
 * counts: don't free it.
 */
const pm_journal_totals *pm_journal_counts_totals(const pm_journal_counts *journal_counts);

/**
 * How many entries there are.
 */
size_t pm_journal_totals_count(const pm_journal_totals *journal_totals);

/**
 * What became of these messages; absent while their calls are in progress, for the
 * entry at index. PM_OUTCOME_NONE when absent.
 */
pm_outcome pm_journal_totals_outcome(const pm_journal_totals *journal_totals, size_t index);

/**
 * Their channel, for the entry at index.
 */
const char *pm_journal_totals_channel(const pm_journal_totals *journal_totals, size_t index);

/**
 * The currency of their costs, if the receipts say, for the entry at index. NULL
 * when absent.
 */
const char *pm_journal_totals_currency(const pm_journal_totals *journal_totals, size_t index);

/**
 * How many there are, for the entry at index.
 */
uint64_t pm_journal_totals_messages(const pm_journal_totals *journal_totals, size_t index);

/**
 * The sum of their costs, exact, for the entry at index. Exact decimal text, for
 * example "0.12".
 */
const char *pm_journal_totals_cost(const pm_journal_totals *journal_totals, size_t index);

/**
 * How many accepted ones have no cost, so that "cost" is without theirs, for the
 * entry at index.
 */
uint64_t pm_journal_totals_unpriced(const pm_journal_totals *journal_totals, size_t index);

/**
 * What happened: "attempt" (a request is about to be made), "retry" (it
 * failed, and there will be another after a pause), "ended" (the call has
 * its result) or "slow_callback" (a callback has been running for more than 100 ms,
 * while all that its thread does waits: told when another call is submitted to that
 * thread meanwhile, and when the callback has returned). Of a call with a key, too:
 * "claimed" (its request may leave), "waiting" (another call has the key), "replayed" (it
 * was accepted before), "conflict" (what became of it contradicts the journal) or
 * "unrecorded" (that is not in the journal yet). Later versions may add others.
 */
const char *pm_event_step(const pm_event *event);

/**
 * The whole event as a line for a log, without a line feed.
 */
const char *pm_event_text(const pm_event *event);

/**
 * The call that it is about: "send", "get_message", "list_messages",
 * "get_balance" or "request". Later versions may add others.
 */
const char *pm_event_call(const pm_event *event);

/**
 * The channel of the message to send, for example "SMS", or NULL.
 */
const char *pm_event_channel(const pm_event *event);

/**
 * The recipient with only its last four characters left, or NULL.
 */
const char *pm_event_recipient(const pm_event *event);

/**
 * The number of the attempt, from 1; at the end, how many were begun.
 */
uint32_t pm_event_attempts(const pm_event *event);

/**
 * What became of the message; PM_OUTCOME_NONE before the end.
 */
pm_outcome pm_event_outcome(const pm_event *event);

/**
 * What went wrong, in the words of pm_error_kind(); NULL when nothing did.
 */
const char *pm_event_kind(const pm_event *event);

/**
 * The HTTP status of the answer that decided, unless the message was sent; otherwise 0.
 */
int32_t pm_event_http_status(const pm_event *event);

/**
 * The pause before the next attempt, in milliseconds; -1 when there is none.
 */
int64_t pm_event_pause_ms(const pm_event *event);

/**
 * The time from the start of the call to its end, or of a slow callback until now, in
 * milliseconds; -1 before the end.
 */
int64_t pm_event_elapsed_ms(const pm_event *event);

/**
 * Starts a sandbox on a free port of 127.0.0.1; it accepts connections when
 * this returns.
 *
 * @param config   NULL, or JSON such as {"api_key": "k", "state": {"balance": "1.00"}}.
 *                 "inbox": "print" writes the address of its page on standard error,
 *                 "inbox": "open" opens it in a browser; without it the environment
 *                 variable PARTNER_MESSAGING_INBOX decides ("print", "open", "off").
 * @param sandbox  Where the sandbox is written, to be freed with
 *                 pm_sandbox_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD PM_NONNULL(2)
pm_status pm_sandbox_start(const char *config, pm_sandbox **sandbox, pm_error **error);

/**
 * The base URL to give to pm_options_set_base_url(). A browser shows there what the
 * sandbox got, live.
 */
const char *pm_sandbox_url(const pm_sandbox *sandbox);

/**
 * The key to give to pm_options_set_api_key().
 */
const char *pm_sandbox_api_key(const pm_sandbox *sandbox);

/**
 * Carries out a command, such as {"op": "requests"} or
 * {"op": "push_fault", "fault": {"kind": "stall", "ms": 200}}.
 *
 * @param sandbox  The sandbox.
 * @param command  The command, in JSON.
 * @param answer   NULL, or where the answer is written, JSON to be freed with
 *                 pm_string_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
PM_NODISCARD
pm_status pm_sandbox_control(const pm_sandbox *sandbox,
                             const char *command,
                             char **answer,
                             pm_error **error);

/**
 * Ends the server and all its connections, and waits until it is gone. The
 * handle and its strings stay. Stopping twice is fine, and so is NULL.
 */
void pm_sandbox_stop(const pm_sandbox *sandbox);

/**
 * Ends the library's background threads, and waits for that; for the end of a
 * program, so that tools which look for leaks find none.
 *
 * Nothing is cut off: it waits until the submitted calls of all clients have ended,
 * at their deadlines at the latest (with pm_client_close() before, at once), and
 * until the system's resolver has given up the names it was asked for. When it
 * returns true, every completion is in its queue and every callback has returned.
 * Calls that block go on in their threads.
 *
 * Everything stays usable: the next submitted call starts a thread again. Sandboxes
 * and journals have a thread of their own, which ends with them: see pm_journal_close().
 * Within a callback nothing happens.
 *
 * @return Whether the threads have ended: false within a callback.
 */
bool pm_shutdown(void);

/**
 * Names a function for the lines that would go to standard error: what
 * PARTNER_MESSAGING_LOG=debug asks for, and faults of this library (panics), without
 * anything of a message. It holds for the whole process, from now on; another
 * thread may be calling the one before until it has returned.
 *
 * @param callback   The function; NULL: standard error again.
 * @param user_data  Given to the function; not looked into.
 */
void pm_set_log_callback(pm_log_callback callback, void *user_data);

/**
 * The version of the library that runs, for example "0.1.0"; PM_VERSION is
 * that of the header the program was compiled with. The string is static.
 */
const char *pm_version(void);

/**
 * The same as a number that can be compared: PM_VERSION_NUMBER of the library that runs.
 */
uint32_t pm_version_number(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PARTNER_MESSAGING_H */
