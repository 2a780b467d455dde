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
 * Ownership. What a function hands over through its result or an
 * out-parameter, you free with the pm_..._free() of its type, once. NULL may
 * be freed. What a getter returns belongs to the handle it came from and lives
 * as long as that. No function keeps or frees what you pass to it, but the
 * pm_..._free() functions. No pm_..._free() blocks or does I/O, with the one
 * exception of pm_sandbox_free().
 *
 * Out-parameters come last and are set on every path: to NULL, where there is
 * nothing to hand over. What they held before is neither read nor freed. Any of
 * them may be NULL if you don't want the value, but those of pm_client_new()
 * and pm_sandbox_start() that hand over the handle.
 *
 * NULL. Every function may be given NULL for any handle. A getter then returns
 * NULL, 0 or what its comment says; a setter does nothing; a call that needs
 * the handle fails and says so.
 *
 * Strings are UTF-8 and end in NUL, in both directions. An absent one is NULL.
 * A NUL within a text of the service comes as the six characters \u0000.
 *
 * Errors. A function that can fail returns a pm_status. A setter or a message's
 * builder never fails: what it can't use (NULL, text that isn't UTF-8) is kept,
 * and the call that would use it fails, naming the field (pm_error_field()).
 *
 * Threads. A pm_client, a pm_queue, a pm_call, a pm_message_iter and a pm_sandbox
 * may be used from any number of threads at once. So may any other handle, as
 * long as nobody changes it, which needs one that is not const. A handle is freed
 * when no other thread is using it.
 *
 * Completions and callbacks come exactly once for every call that was submitted
 * with PM_OK, and never for another, whatever is cancelled, closed or freed
 * meanwhile. None comes after pm_client_close() has returned, which waits for
 * them; after pm_client_free() alone, which waits for nothing, they may.
 *
 * Fork. A pm_client works in a forked child. Submitted calls, queues and
 * sandboxes stay with the parent.
 *
 * Signals. The library raises none, not even SIGPIPE. Its threads block all
 * signals, but for one that looks up a host's name for pm_client_send(): that
 * one has the signal mask of the thread that sends.
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

/**
 * The credit that is left.
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
 * It never holds the API key, a message's text or a whole recipient.
 */
typedef struct pm_error pm_error;

/**
 * A step of a call: an attempt, a pause before the next, or the call's end.
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
 */
typedef struct pm_page pm_page;

/**
 * A queue of the completions of submitted calls. Any number of threads and
 * clients may use one.
 */
typedef struct pm_queue pm_queue;

/**
 * The service's word that it accepted a message: its outcome is PM_OUTCOME_SENT.
 */
typedef struct pm_receipt pm_receipt;

/**
 * A message as the service has it now. Reading messages is not in the
 * published document: that a record has the members of a receipt, and the
 * names of its timestamps, are assumptions.
 */
typedef struct pm_record pm_record;

/**
 * The service's answer to a request: a success envelope.
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
 * What the messages sent by a client cost in this process: an entry for each
 * channel and currency.
 */
typedef struct pm_spending pm_spending;

/**
 * What became of each message of a send with fallback that was tried, in order.
 */
typedef struct pm_trail pm_trail;

/**
 * How a call ended: PM_OK, or the class of its error.
 *
 * One of the constants PM_OK to PM_INTERNAL_ERROR. Later versions may add
 * others: treat one you don't know as PM_INTERNAL_ERROR.
 */
typedef int32_t pm_status;

/**
 * What became of a message; every send ends in exactly one outcome.
 *
 * One of the constants PM_OUTCOME_NONE to PM_OUTCOME_UNKNOWN.
 */
typedef int32_t pm_outcome;

/**
 * A function that is told a step of a call; the event lives until it returns.
 *
 * It is called on the thread that the call runs on: the one that is in
 * pm_client_send(), or the library's own for a submitted call; so it may be
 * called by several threads at once. What pm_callback says holds for it, too.
 */
typedef void (*pm_event_callback)(const pm_event *event, void *user_data);

/**
 * A function that is given what a submitted call ended in; it frees the
 * completion with pm_completion_free(), now or later.
 *
 * It is called on the library's own thread, where no lock is held and all
 * signals are blocked. Every submitted call of the process waits until it
 * returns, so it must not block, and it must not throw or longjmp out. It may
 * submit, cancel, close and free; a call that waits is refused in it.
 */
typedef void (*pm_callback)(pm_completion *completion, void *user_data);

/**
 * The call did what it is for. After a send: the service accepted the message.
 */
#define PM_OK 0

/**
 * The options, or an argument that is no message, are unusable. Nothing was sent.
 */
#define PM_CONFIG_ERROR 1

/**
 * The message was refused before any I/O; see pm_error_field(). Nothing was sent.
 */
#define PM_INVALID_MESSAGE 2

/**
 * The network did not allow it. Nothing was sent.
 */
#define PM_TRANSPORT_ERROR 3

/**
 * The service refused; see pm_error_code() and pm_error_http_status().
 */
#define PM_API_ERROR 4

/**
 * A read's answer is not the documented envelope.
 */
#define PM_PROTOCOL_ERROR 5

/**
 * A fault of this library or of the machine; pm_error_outcome() says what it
 * means for the message.
 */
#define PM_INTERNAL_ERROR 7

/**
 * No message was at stake.
 */
#define PM_OUTCOME_NONE 0

/**
 * The service accepted the message.
 */
#define PM_OUTCOME_SENT 1

/**
 * The service answered that it did not take the message.
 */
#define PM_OUTCOME_REJECTED 2

/**
 * Proved: no complete request left this process.
 */
#define PM_OUTCOME_NOT_SENT 3

/**
 * The message may have been accepted, and may not: sending it again may
 * deliver it twice. It is the name of a pm_status, too, with the same value:
 * the status of a send that ended in this outcome.
 */
#define PM_OUTCOME_UNKNOWN 6

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The name of a status, for example "PM_OK"; never NULL. The text is static.
 */
const char *pm_status_name(pm_status status);

/**
 * The stable word for an outcome: "none", "sent", "rejected", "not_sent" or
 * "unknown"; "?" for any other number, never NULL. The text is static.
 */
const char *pm_outcome_name(pm_outcome outcome);

/**
 * The class of the error; PM_OK for NULL.
 */
pm_status pm_error_status(const pm_error *error);

/**
 * What became of the message; PM_OUTCOME_NONE when none was at stake, and for NULL.
 */
pm_outcome pm_error_outcome(const pm_error *error);

/**
 * The stable word for what went wrong: "config", "invalid_message", "dns",
 * "connect", "tls", "proxy", "timeout", "cancelled", "closed", "reset",
 * "refused", "malformed", "too_large", "redirect", "server", "api", "forked"
 * or "internal". Later versions may add others.
 */
const char *pm_error_kind(const pm_error *error);

/**
 * The name of the error's class, as the exceptions of the C++ header are
 * called, for example "InsufficientCreditError": finer than its status.
 */
const char *pm_error_class_name(const pm_error *error);

/**
 * What happened, what that means for the message, and what to do; for people.
 */
const char *pm_error_message(const pm_error *error);

/**
 * The option or the message's field at fault: an option by its name in the
 * setters ("api_key", "timeout"), a message's field by its name on the wire
 * ("templateId"); otherwise NULL.
 */
const char *pm_error_field(const pm_error *error);

/**
 * The service's own code, for example "INSUFFICIENT_CREDIT", or NULL.
 */
const char *pm_error_code(const pm_error *error);

/**
 * The HTTP status of the answer; 0 when there was none.
 */
int32_t pm_error_http_status(const pm_error *error);

/**
 * How many requests were begun for the call, the failed one included; 0 when
 * it was refused before any I/O.
 */
uint32_t pm_error_attempts(const pm_error *error);

/**
 * The time from the start of the call to its end, in milliseconds.
 */
int64_t pm_error_elapsed_ms(const pm_error *error);

/**
 * How long the service asked to wait, in milliseconds; -1 when it did not say.
 */
int64_t pm_error_retry_after_ms(const pm_error *error);

/**
 * The id that the service gave the request, or NULL.
 */
const char *pm_error_request_id(const pm_error *error);

/**
 * The beginning of the answer's body, made safe to print; NULL when there was
 * no answer.
 */
const char *pm_error_body(const pm_error *error);

/**
 * Frees an error that a function handed over; NULL is fine.
 */
void pm_error_free(pm_error *error);

/**
 * The service's id of the message.
 */
const char *pm_receipt_message_id(const pm_receipt *receipt);

/**
 * The recipient as the service gave it back, or NULL.
 */
const char *pm_receipt_recipient(const pm_receipt *receipt);

/**
 * The channel as the service gave it back, for example "SMS", or NULL.
 */
const char *pm_receipt_channel(const pm_receipt *receipt);

/**
 * The message's status, for example "SENT", or NULL. It is an open set.
 */
const char *pm_receipt_status(const pm_receipt *receipt);

/**
 * What the message costs as exact decimal text, for example "0.12", or NULL.
 */
const char *pm_receipt_cost(const pm_receipt *receipt);

/**
 * The currency of the cost, for example "SGD", or NULL.
 */
const char *pm_receipt_currency(const pm_receipt *receipt);

/**
 * The service's own remark, for example "Message sent successfully.", or NULL.
 */
const char *pm_receipt_message(const pm_receipt *receipt);

/**
 * The whole "data" object of the answer, as JSON text.
 */
const char *pm_receipt_raw(const pm_receipt *receipt);

/**
 * How many requests it took: 1, unless earlier ones provably sent nothing or
 * were refused.
 */
uint32_t pm_receipt_attempts(const pm_receipt *receipt);

/**
 * The time from the start of the call to the receipt, in milliseconds.
 */
int64_t pm_receipt_elapsed_ms(const pm_receipt *receipt);

/**
 * Frees a receipt that a function handed over; NULL is fine.
 */
void pm_receipt_free(pm_receipt *receipt);

/**
 * The options of a new client, all at their defaults. Free them with
 * pm_options_free(), at the earliest when pm_client_new() has returned.
 */
pm_options *pm_options_new(void);

/**
 * The key that authenticates every request. Default: the environment variable
 * PARTNER_MESSAGING_API_KEY.
 */
void pm_options_set_api_key(pm_options *options, const char *key);

/**
 * Where the service is: an https origin, with a path if it lies under one.
 * Default: the environment variable PARTNER_MESSAGING_BASE_URL, else the
 * documented address of the service.
 */
void pm_options_set_base_url(pm_options *options, const char *url);

/**
 * The one deadline of a call, over queueing, every attempt and every pause, in
 * milliseconds: from 1 to a year. Default: 30000.
 */
void pm_options_set_timeout_ms(pm_options *options, uint64_t timeout_ms);

/**
 * How long making one connection may take, in milliseconds: from 1 to a year.
 * Default: 5000.
 */
void pm_options_set_connect_timeout_ms(pm_options *options, uint64_t timeout_ms);

/**
 * How often a call may be tried again when nothing was sent, or when the
 * service asked for it. Default: 2.
 */
void pm_options_set_max_retries(pm_options *options, uint32_t retries);

/**
 * How many requests may be under way at once, from 1 to 100000. Further calls
 * wait for their turn. Default: 100.
 */
void pm_options_set_max_connections(pm_options *options, uint32_t connections);

/**
 * Whether to use HTTP/2 where the server offers it. Default: true.
 */
void pm_options_set_http2(pm_options *options, bool http2);

/**
 * The proxy to go through: http://[user:password@]host:port. Default: none, or
 * what the environment says.
 */
void pm_options_set_proxy(pm_options *options, const char *url);

/**
 * Whether HTTPS_PROXY, ALL_PROXY and NO_PROXY of the environment count.
 * Default: true.
 */
void pm_options_set_trust_env(pm_options *options, bool trust);

/**
 * A PEM file of certificates to trust besides the platform's roots. It is read
 * by pm_client_new().
 */
void pm_options_set_ca_file(pm_options *options, const char *path);

/**
 * Whether plain http may go to other hosts than loopback. Default: false.
 */
void pm_options_set_allow_http(pm_options *options, bool allow);

/**
 * Adds a header to send with every request.
 */
void pm_options_add_header(pm_options *options, const char *name, const char *value);

/**
 * The User-Agent to send. Default: "partner-messaging-c/" and the version.
 */
void pm_options_set_user_agent(pm_options *options, const char *user_agent);

/**
 * How many bytes an answer's body may have, at least 1. Default: 1048576.
 */
void pm_options_set_max_response_bytes(pm_options *options, uint64_t bytes);

/**
 * Names a function that is told of every attempt, retry and end of the calls
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
 * Where the service has an endpoint that the published document doesn't
 * describe: "get_message" (default path "/partner/message/{messageId}"),
 * "list_messages" ("/partner/message") or "get_balance"
 * ("/partner/credit/balance"). The defaults are assumptions.
 */
void pm_options_set_endpoint(pm_options *options, const char *name, const char *path);

/**
 * Frees options; NULL is fine.
 */
void pm_options_free(pm_options *options);

/**
 * The options of a call, everything as its client has it. They may be used for
 * any number of calls. Free them with pm_call_options_free().
 */
pm_call_options *pm_call_options_new(void);

/**
 * The call's deadline, from its start, in milliseconds: from 1 to a year.
 */
void pm_call_options_set_timeout_ms(pm_call_options *options, uint64_t timeout_ms);

/**
 * How often this call may be tried again.
 */
void pm_call_options_set_max_retries(pm_call_options *options, uint32_t retries);

/**
 * Adds a header to send with this call; it replaces the client's of the same name.
 */
void pm_call_options_add_header(pm_call_options *options, const char *name, const char *value);

/**
 * For pm_client_send_with_fallback(): adds a code of the service after which
 * the next message is tried. The first one takes the place of the default,
 * "CHANNEL_CONFIG_NOT_FOUND" and "CHANNEL_CREDENTIALS_NOT_FOUND".
 */
void pm_call_options_add_fallback_code(pm_call_options *options, const char *code);

/**
 * Frees options of a call; NULL is fine.
 */
void pm_call_options_free(pm_call_options *options);

/**
 * A WhatsApp message by a template: recipient and sender are phone numbers in
 * E.164 form ("+6591234567"). Add the template's variables with
 * pm_message_set_variable(). Free it with pm_message_free().
 */
pm_message *pm_message_new_whatsapp(const char *to, const char *from, const char *template_id);

/**
 * An SMS with free text. It needs no sender; pm_message_set_sender_id() names
 * one. Free it with pm_message_free().
 */
pm_message *pm_message_new_sms(const char *to, const char *content);

/**
 * An SMS by a template. Add the template's variables with
 * pm_message_set_variable(). Free it with pm_message_free().
 */
pm_message *pm_message_new_sms_template(const char *to,
                                        const char *sender_id,
                                        const char *template_id);

/**
 * An email with an HTML body. Free it with pm_message_free().
 */
pm_message *pm_message_new_email(const char *to, const char *subject, const char *html_content);

/**
 * A message in its wire form: a JSON object with any channel and any field,
 * for example {"channel": "SMS", "to": "+6591234567", "content": "Hello"}.
 * Documented fields are checked, all others pass as they are. Free it with
 * pm_message_free().
 */
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
 * Frees a message; NULL is fine. Sends that were submitted don't need it any more.
 */
void pm_message_free(pm_message *message);

/**
 * A client with these options; NULL takes the key and the address from the
 * environment. No I/O happens but reading the CA file.
 *
 * @param options  NULL, or options; they are copied.
 * @param client   Where the client is written, to be freed with
 *                 pm_client_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
pm_status pm_client_new(const pm_options *options, pm_client **client, pm_error **error);

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
pm_status pm_client_send(const pm_client *client,
                         const pm_message *message,
                         const pm_call_options *options,
                         pm_receipt **receipt,
                         pm_error **error);

/**
 * Closes a client: later calls are refused, and calls under way end at once
 * with the outcome they have by then. Closing twice is fine, and so is NULL.
 *
 * It waits the moment that takes: when it returns, the completions of what was
 * submitted are in their queues, callbacks have returned, and none comes any
 * more. So hold no lock that a callback takes. Within a callback it doesn't
 * wait, nor for a pm_client_send() of another thread.
 */
void pm_client_close(const pm_client *client);

/**
 * Waits until no submitted call of the client is under way, up to timeout_ms
 * milliseconds: 0 doesn't wait, a negative number waits for ever. When it
 * returns true, every one that was submitted before has its completion in its
 * queue, or its callback has returned. Within a callback it doesn't wait.
 *
 * To let what was submitted come to its end, and then to end the use of a client:
 * pm_client_wait(client, -1), pm_client_close(), pm_client_free().
 *
 * @return Whether none is under way; true for NULL.
 */
bool pm_client_wait(const pm_client *client, int64_t timeout_ms);

/**
 * Frees a client; NULL is fine. No thread may be in a call with it. Calls that
 * were submitted go on, and end in their completions or callbacks as before; to
 * end them now, call pm_client_close() first.
 */
void pm_client_free(pm_client *client);

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
pm_status pm_client_submit(const pm_client *client,
                           const pm_message *message,
                           const pm_call_options *options,
                           const pm_queue *queue,
                           void *user_data,
                           pm_call **call,
                           pm_error **error);

/**
 * Begins to send one message in the background; never waits. What became of
 * it is told to a function, on the library's own thread: in exactly one call
 * if this returns PM_OK, and none otherwise. That call may come before this
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
 * Frees the handle of a submitted call; NULL is fine. The call goes on.
 */
void pm_call_free(pm_call *call);

/**
 * A new queue, to be freed with pm_queue_free(); NULL when the process has no
 * file descriptors left. It serves the process that made it, not a forked child.
 */
pm_queue *pm_queue_new(void);

/**
 * Takes the next completion, waiting for it up to timeout_ms milliseconds: 0
 * doesn't wait, a negative number waits for ever. Within a callback it never waits.
 *
 * @return The completion, to be freed with pm_completion_free(); NULL when the
 *         time is over, after pm_queue_wake(), and for NULL.
 */
pm_completion *pm_queue_next(const pm_queue *queue, int64_t timeout_ms);

/**
 * A file descriptor that is readable while the queue is not empty, for poll()
 * and epoll (without EPOLLET): call pm_queue_next(queue, 0) until it gives
 * NULL, then poll again. pm_queue_wake() makes it readable, too. It belongs to
 * the queue: don't read from it, don't close it. -1 for NULL.
 */
int32_t pm_queue_fd(const pm_queue *queue);

/**
 * Makes one pm_queue_next(), waiting or next to come, return NULL, so that a
 * thread that waits for completions can be told something else.
 */
void pm_queue_wake(const pm_queue *queue);

/**
 * Frees a queue with the completions in it; NULL is fine. No thread may be in
 * a call with it. What was submitted to it goes on, and nobody learns what
 * becomes of it.
 */
void pm_queue_free(pm_queue *queue);

/**
 * The pointer that was given to the function that submitted the call.
 */
void *pm_completion_user_data(const pm_completion *completion);

/**
 * What the same call would have returned if it had waited, for example
 * pm_client_send(); PM_INTERNAL_ERROR for NULL.
 */
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
 * The message that was read or waited for; NULL on failure, and for another
 * call. It belongs to the completion: don't free it.
 */
const pm_record *pm_completion_record(const pm_completion *completion);

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
 * Frees a completion with all that it holds; NULL is fine.
 */
void pm_completion_free(pm_completion *completion);

/**
 * Sends the first of these messages that the service takes, and waits until it
 * is known what became of it, at most until the one deadline over all.
 *
 * A message that the service refuses because its channel can't be used is
 * followed by the next one: see pm_call_options_add_fallback_code(). Any other
 * refusal ends the call, and so does an unknown outcome, since the message may
 * arrive; what was not sent is tried again, and never skipped. All messages
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
pm_status pm_client_submit_with_fallback(const pm_client *client,
                                         const pm_message *const *messages,
                                         size_t count,
                                         const pm_call_options *options,
                                         const pm_queue *queue,
                                         void *user_data,
                                         pm_call **call,
                                         pm_error **error);

/**
 * The same for a function, which is told what became of it as it is by
 * pm_client_submit_callback().
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
pm_status pm_client_submit_with_fallback_callback(const pm_client *client,
                                                  const pm_message *const *messages,
                                                  size_t count,
                                                  const pm_call_options *options,
                                                  pm_callback callback,
                                                  void *user_data,
                                                  pm_call **call,
                                                  pm_error **error);

/**
 * How many messages were tried.
 */
size_t pm_trail_count(const pm_trail *trail);

/**
 * The channel of the message at index, from 0; NULL beyond the last.
 */
const char *pm_trail_channel(const pm_trail *trail, size_t index);

/**
 * What became of the message at index; PM_OUTCOME_NONE beyond the last.
 */
pm_outcome pm_trail_outcome(const pm_trail *trail, size_t index);

/**
 * What went wrong with the message at index, in the words of pm_error_kind();
 * NULL when it was sent.
 */
const char *pm_trail_kind(const pm_trail *trail, size_t index);

/**
 * The service's code for the message at index, or NULL.
 */
const char *pm_trail_code(const pm_trail *trail, size_t index);

/**
 * The HTTP status of the answer to the message at index, if it failed; 0 when
 * there was none.
 */
int32_t pm_trail_http_status(const pm_trail *trail, size_t index);

/**
 * The id of the message at index, if it was sent, or NULL.
 */
const char *pm_trail_message_id(const pm_trail *trail, size_t index);

/**
 * How many requests the message at index took.
 */
uint32_t pm_trail_attempts(const pm_trail *trail, size_t index);

/**
 * Frees a trail; NULL is fine.
 */
void pm_trail_free(pm_trail *trail);

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
pm_status pm_client_get_message(const pm_client *client,
                                const char *message_id,
                                const pm_call_options *options,
                                pm_record **record,
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
pm_status pm_client_wait_for_status(const pm_client *client,
                                    const char *message_id,
                                    const char *const *final_statuses,
                                    size_t count,
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
pm_status pm_client_submit_get_message(const pm_client *client,
                                       const char *message_id,
                                       const pm_call_options *options,
                                       const pm_queue *queue,
                                       void *user_data,
                                       pm_call **call,
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
 * The service's id of the message.
 */
const char *pm_record_message_id(const pm_record *record);

/**
 * The recipient, or NULL.
 */
const char *pm_record_recipient(const pm_record *record);

/**
 * The channel, for example "SMS", or NULL.
 */
const char *pm_record_channel(const pm_record *record);

/**
 * The status, for example "DELIVERED", or NULL. It is an open set.
 */
const char *pm_record_status(const pm_record *record);

/**
 * What the message costs as exact decimal text, for example "0.12", or NULL.
 */
const char *pm_record_cost(const pm_record *record);

/**
 * The currency of the cost, for example "SGD", or NULL.
 */
const char *pm_record_currency(const pm_record *record);

/**
 * When the service took the message, as it wrote it, or NULL.
 */
const char *pm_record_created_at(const pm_record *record);

/**
 * When the status last changed, as the service wrote it, or NULL.
 */
const char *pm_record_updated_at(const pm_record *record);

/**
 * The whole record as JSON text.
 */
const char *pm_record_raw(const pm_record *record);

/**
 * Frees a record that a function handed over; NULL is fine.
 */
void pm_record_free(pm_record *record);

/**
 * A filter for all messages. Free it with pm_filter_free(), at the earliest
 * when pm_client_list_messages() has returned.
 */
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
 * Only those taken at this time or later: a date, or a time with its offset
 * from UTC (RFC 3339), such as "2026-11-23T09:00:00Z".
 */
void pm_filter_set_since(pm_filter *filter, const char *time);

/**
 * Only those taken before this time.
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
 * Adds any further parameter of the query.
 */
void pm_filter_add_query(pm_filter *filter, const char *name, const char *value);

/**
 * Frees a filter; NULL is fine.
 */
void pm_filter_free(pm_filter *filter);

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
pm_status pm_message_iter_next_page(const pm_message_iter *iter, pm_page **page, pm_error **error);

/**
 * Frees a list; NULL is fine.
 */
void pm_message_iter_free(pm_message_iter *iter);

/**
 * How many messages the page has.
 */
size_t pm_page_count(const pm_page *page);

/**
 * The message at index, from 0, in the service's order; NULL beyond the last.
 * It belongs to the page: don't free it.
 */
const pm_record *pm_page_message(const pm_page *page, size_t index);

/**
 * The page's number, from 1, as it was asked for; 0 for NULL.
 */
uint32_t pm_page_number(const pm_page *page);

/**
 * How many messages a page has, as the service says; -1 when it doesn't.
 */
int64_t pm_page_limit(const pm_page *page);

/**
 * How many messages there are in all, as the service says; -1 when it doesn't.
 */
int64_t pm_page_total(const pm_page *page);

/**
 * How many pages there are in all, as the service says; -1 when it doesn't.
 */
int64_t pm_page_total_pages(const pm_page *page);

/**
 * Whether there are more pages, as the service says: 1 or 0; -1 when it doesn't.
 */
int32_t pm_page_has_more(const pm_page *page);

/**
 * The whole "data" of the answer, as JSON text.
 */
const char *pm_page_raw(const pm_page *page);

/**
 * Frees a page with its messages; NULL is fine.
 */
void pm_page_free(pm_page *page);

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
pm_status pm_client_submit_get_balance(const pm_client *client,
                                       const pm_call_options *options,
                                       const pm_queue *queue,
                                       void *user_data,
                                       pm_call **call,
                                       pm_error **error);

/**
 * The amount as exact decimal text, for example "99.88".
 */
const char *pm_balance_amount(const pm_balance *balance);

/**
 * The amount's currency, for example "SGD", or NULL.
 */
const char *pm_balance_currency(const pm_balance *balance);

/**
 * The whole "data" object of the answer, as JSON text.
 */
const char *pm_balance_raw(const pm_balance *balance);

/**
 * Frees a balance; NULL is fine.
 */
void pm_balance_free(pm_balance *balance);

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
pm_status pm_client_spending(const pm_client *client, pm_spending **spending, pm_error **error);

/**
 * The same as pm_client_spending(), and begins a new ledger: no message is in
 * both or in neither.
 */
pm_status pm_client_reset_spending(const pm_client *client,
                                   pm_spending **spending,
                                   pm_error **error);

/**
 * How many entries there are.
 */
size_t pm_spending_count(const pm_spending *spending);

/**
 * The channel of the entry at index, from 0; NULL beyond the last.
 */
const char *pm_spending_channel(const pm_spending *spending, size_t index);

/**
 * The currency of the entry at index, or NULL.
 */
const char *pm_spending_currency(const pm_spending *spending, size_t index);

/**
 * The sum of the costs of the entry at index, as exact decimal text.
 */
const char *pm_spending_cost(const pm_spending *spending, size_t index);

/**
 * How many messages the entry at index is about.
 */
uint64_t pm_spending_messages(const pm_spending *spending, size_t index);

/**
 * How many of the messages of the entry at index have no cost on their
 * receipt, so that its cost is without theirs.
 */
uint64_t pm_spending_unpriced(const pm_spending *spending, size_t index);

/**
 * Frees the entries; NULL is fine.
 */
void pm_spending_free(pm_spending *spending);

/**
 * A request with a method ("GET", "POST", "PUT", "PATCH" or "DELETE") and a
 * path that begins with a slash. Free it with pm_request_free().
 */
pm_request *pm_request_new(const char *method, const char *path);

/**
 * Adds a parameter of the query.
 */
void pm_request_add_query(pm_request *request, const char *name, const char *value);

/**
 * The body: the text of any JSON value, sent to the byte. Not for GET.
 */
void pm_request_set_json(pm_request *request, const char *json);

/**
 * Whether making the request twice does no more than making it once. Only then
 * it is tried again when its outcome is unknown. Default: true for GET only.
 */
void pm_request_set_idempotent(pm_request *request, bool idempotent);

/**
 * Frees a request; NULL is fine.
 */
void pm_request_free(pm_request *request);

/**
 * Makes a request, and waits for the answer, at most until the deadline.
 *
 * A GET is a read: it is tried again as reads are, and its error has no
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
pm_status pm_client_submit_request(const pm_client *client,
                                   const pm_request *request,
                                   const pm_call_options *options,
                                   const pm_queue *queue,
                                   void *user_data,
                                   pm_call **call,
                                   pm_error **error);

/**
 * The HTTP status, 200 to 299; 0 for NULL.
 */
int32_t pm_reply_http_status(const pm_reply *reply);

/**
 * The envelope's "data" as JSON text, or NULL.
 */
const char *pm_reply_data(const pm_reply *reply);

/**
 * The envelope's own message, or NULL.
 */
const char *pm_reply_message(const pm_reply *reply);

/**
 * The first value of a header of the answer, by its name in whatever case, or NULL.
 */
const char *pm_reply_header(const pm_reply *reply, const char *name);

/**
 * How many requests it took.
 */
uint32_t pm_reply_attempts(const pm_reply *reply);

/**
 * Frees an answer; NULL is fine.
 */
void pm_reply_free(pm_reply *reply);

/**
 * What happened: "attempt" (a request is about to be made), "retry" (it
 * failed, and there will be another after a pause) or "ended" (the call has
 * its result). Later versions may add others.
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
 * The time from the start of the call to its end, in milliseconds; -1 before the end.
 */
int64_t pm_event_elapsed_ms(const pm_event *event);

/**
 * Starts a sandbox on a free port of 127.0.0.1; it accepts connections when
 * this returns.
 *
 * @param config   NULL, or JSON such as {"api_key": "k", "state": {"balance": "1.00"}}.
 * @param sandbox  Where the sandbox is written, to be freed with
 *                 pm_sandbox_free(); NULL on failure.
 * @param error    NULL, or where the error is written, to be freed with
 *                 pm_error_free(); NULL on success.
 */
pm_status pm_sandbox_start(const char *config, pm_sandbox **sandbox, pm_error **error);

/**
 * The base URL to give to pm_options_set_base_url().
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
pm_status pm_sandbox_control(const pm_sandbox *sandbox,
                             const char *command,
                             char **answer,
                             pm_error **error);

/**
 * Ends the server and all its connections, and waits until it is gone. The
 * handle and its texts stay. Stopping twice is fine, and so is NULL.
 */
void pm_sandbox_stop(const pm_sandbox *sandbox);

/**
 * Frees a sandbox; NULL is fine. One that still runs is stopped: this is the
 * one free function that waits, for the moment that its thread takes to end.
 */
void pm_sandbox_free(pm_sandbox *sandbox);

/**
 * The version of the library that runs, for example "0.1.0"; PM_VERSION is
 * that of the header the program was compiled with. The text is static.
 */
const char *pm_version(void);

/**
 * Frees a text that a function of this library handed over; NULL is fine.
 * Only pm_sandbox_control() hands one over: other texts belong to their handle.
 */
void pm_string_free(char *text);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* PARTNER_MESSAGING_H */
