// What a user's TypeScript has to accept, and what it has to refuse.
import { ApiError, Client, ConfigError, InvalidMessageError, Journal, JournalError, MessageRecord, OutcomeUnknownError, PartnerMessagingError, ProtocolError, RateLimitError, Receipt, SpendLimitError, TransportError } from "partner-messaging";
import type { FallbackReceipt, FallbackStep, JournalConflict, JournalRecord, JournalSummary, JournalTotal, Reply, Spending } from "partner-messaging";
import type { CallEvent, ClientOptions, EmailMessage, Kind, Message, OtherMessage, Outcome, CallOptions, SmsMessage, WhatsAppMessage } from "partner-messaging";
import { Sandbox, SandboxError } from "partner-messaging/testing";
import type { Fault, SandboxState } from "partner-messaging/testing";

function onEvent(event: CallEvent): void {
  if (event.step === "retry") void (event.pause satisfies number);
  // @ts-expect-error only the end has an outcome
  else if (event.step === "attempt") void event.outcome;
  else if (event.step === "ended") void (event.outcome satisfies Outcome | null);
}
const options: ClientOptions = {
  apiKey: "k", baseUrl: "https://example.com", timeout: 1000, connectTimeout: 1000, maxRetries: 0, maxConnections: 1, maxHold: 1000, keepAlive: true, clientCertFile: "cert.pem", clientKeyFile: "key.pem",
  http2: false, proxy: "http://127.0.0.1:1", trustEnv: false, caFile: "ca.pem", allowHttp: true, headers: { "x-tag": "a" },
  userAgent: "mine", maxResponseBytes: 1024, onEvent,
};
const client = new Client(options);
new Client();
new Client({ apiKey: process.env["KEY"] });
// @ts-expect-error no such option
new Client({ apikey: "k" });
new Client({ onEvent: ({ text }) => console.log(text) });
// @ts-expect-error no function
new Client({ onEvent: "log" });
// @ts-expect-error a number
new Client({ timeout: "1000" });

const to = "+6591234567";
const receipt: Receipt = await client.send({ channel: "SMS", to, content: "Hello" });
const cost: string | null = receipt.cost;
const id: string = receipt.messageId;
await client.send({ channel: "SMS", to, content: "Hello", senderId: "me", tag: 7 });
await client.send({ channel: "SMS", to, senderId: "me", templateId: "HX", templateVariables: { "1": "x" } });
await client.send({ channel: "WHATSAPP", to, from: to, templateId: "HX", templateVariables: { 1: "x" } });
await client.send({ channel: "EMAIL", to, subject: "s", htmlContent: "h" }, { signal: AbortSignal.timeout(5), timeout: 5, maxRetries: 0, headers: { a: "b" } });
await client.send({ channel: "RCS", whatever: [1, { is: true }] });
// @ts-expect-error no text and no template
await client.send({ channel: "SMS", to });
// @ts-expect-error a text is one string
await client.send({ channel: "SMS", to, content: 7 });
// @ts-expect-error a template wants a sender
await client.send({ channel: "SMS", to, templateId: "HX" });
// @ts-expect-error no number to send from
await client.send({ channel: "WHATSAPP", to, templateId: "HX" });
// @ts-expect-error no body
await client.send({ channel: "EMAIL", to, subject: "s" });
// @ts-expect-error a number
await client.send({ channel: "SMS", to: 6591234567, content: "Hello" });
// @ts-expect-error no channel
await client.send({ to, content: "Hello" });
// @ts-expect-error no such option
await client.send({ channel: "SMS", to, content: "Hello" }, { retries: 1 });
// @ts-expect-error read-only
receipt.cost = "0";
// @ts-expect-error receipts come from the service
new Receipt();

// The whole API.
const accepted: FallbackReceipt = await client.sendWithFallback(
  [{ channel: "WHATSAPP", to, from: to, templateId: "HX" }, { channel: "SMS", to, content: "Hello" }],
  { fallbackCodes: ["CHANNEL_CONFIG_NOT_FOUND"], timeout: 1 },
);
const steps: readonly FallbackStep[] = accepted.trail;
const record: MessageRecord = await client.waitForStatus(accepted.receipt.messageId, { finalStatuses: ["READ"] });
const status: string | null = (await client.getMessage(record.messageId, { maxRetries: 0 })).status;
for await (const listed of client.listMessages({ since: new Date(), until: "2026-11-23", query: { a: 1, b: true } })) {
  const created: string | null = listed.createdAt;
}
for await (const page of client.listMessages().pages()) {
  const total: number | null = page.total;
  const messages: readonly MessageRecord[] = page.messages;
}
const amount: string = (await client.getBalance()).amount;
const spent: string[] = client.spending().map((entry: Spending) => entry.cost);
const reply: Reply<{ id: string }> = await client.request<{ id: string }>("PUT", "/x", { json: { a: [1] }, idempotent: true });
new Client({ endpoints: { getMessage: "/m/{messageId}" } });
// @ts-expect-error no such endpoint
new Client({ endpoints: { send: "/x" } });
// @ts-expect-error no such filter
client.listMessages({ colour: "blue" });
// @ts-expect-error no such method
await client.request("BREW", "/x");
// @ts-expect-error records come from the service
new MessageRecord();

// Keys and journals.
const journal = new Journal("codes.db");
new Client({ journal, onEvent: (event) => void (event.step === "replayed" && (event.text satisfies string)) });
const keyed: boolean = (await client.send({ channel: "SMS", to, content: "Hello" }, { key: "k" })).replayed;
await client.sendWithFallback([{ channel: "SMS", to, content: "Hello" }], { key: "k" });
await client.request("POST", "/x", { json: {}, key: "k" });
const found: JournalRecord | null = await journal.get("k");
const contradicted: JournalConflict | null | undefined = found?.conflict;
for await (const { key, outcome } of journal.records({ outcome: "unknown" })) void (outcome satisfies Outcome | null), key satisfies string;
const sums: readonly JournalTotal[] = ((await journal.summary()) satisfies JournalSummary).totals;
await journal.resolve("k", "sent", { messageId: "m" });
await journal.resolve("k", "not_sent");
// @ts-expect-error what was sent has an id
await journal.resolve("k", "sent");
// @ts-expect-error nobody can say that
await journal.resolve("k", "rejected");
const looked: JournalRecord[] = await journal.reconcile(client, new Map([["k", { channel: "SMS", to, content: "Hello" }]]));
await journal.reconcile(client, [["k", { channel: "RCS" }]], { timeout: 1 });
const purged: number = await journal.purge(new Date());
void [keyed, contradicted, sums, looked, purged];

// A documented channel that lacks a member is no message of another channel's.
// @ts-expect-error no sender and no template
const lacking: Message = { channel: "WHATSAPP", to };
// @ts-expect-error no text
const lackingText: Message = { channel: "SMS", to };
// @ts-expect-error no body
const lackingBody: Message = { channel: "EMAIL", to, subject: "s" };
// @ts-expect-error documented
const documented: OtherMessage = { channel: "EMAIL" };
// @ts-expect-error no sender and no template
await client.sendWithFallback([{ channel: "WHATSAPP", to }, { channel: "SMS", to, content: "Hello" }]);
const open: Message[] = [
  { channel: "RCS", to, anything: [1] }, { channel: "SM" }, { channel: "SMS2" }, { channel: "Sms" }, { channel: "WECHAT" },
  { channel: "SMS", to, content: "Hello", tag: 7 },
];
await client.sendWithFallback(open);
await client.sendWithFallback(new Set(open));
// The channel of a variable is any string; the client checks it when it runs.
const untyped = { channel: "WHATSAPP", to, from: to, templateId: "HX" };
await client.send(untyped);
await client.sendWithFallback([untyped, { channel: "SMS", to, content: "Hello" }]);
function templateOf(message: Message): string | undefined {
  return message.channel === "WHATSAPP" ? message.templateId : undefined;
}
void [lacking, lackingText, lackingBody, documented, templateOf];

// Each class has its outcomes as literals; what reads is null.
function outcomeOf(result: Receipt | PartnerMessagingError): string {
  switch (result.outcome) {
    case "sent":
      return result.messageId;
    case "rejected":
    case "not_sent":
    case "unknown":
    case null:
      return result.message;
  }
}
declare const errors: { api: ApiError; config: ConfigError; invalid: InvalidMessageError; transport: TransportError; unknown: OutcomeUnknownError; protocol: ProtocolError; rate: RateLimitError; spend: SpendLimitError; journal: JournalError };
void (errors.api.outcome satisfies "rejected" | null);
void (errors.rate.outcome satisfies "rejected" | null);
void (errors.config.outcome satisfies "not_sent" | null);
void (errors.invalid.outcome satisfies "not_sent" | null);
void (errors.transport.outcome satisfies "not_sent" | null);
void (errors.unknown.outcome satisfies "unknown");
void (errors.protocol.outcome satisfies null);
void (errors.spend.outcome satisfies "not_sent");
void (errors.journal.outcome satisfies "not_sent" | null);
// @ts-expect-error only a read has none
void (errors.journal.outcome satisfies "not_sent");
void (receipt.outcome satisfies "sent");
void outcomeOf;

// Typed variables, the union, one's own interface, and frozen objects fit, too.
const sms: SmsMessage = { channel: "SMS", to, content: "Hello" };
const whatsApp: WhatsAppMessage = { channel: "WHATSAPP", to, from: to, templateId: "HX" };
const email: EmailMessage = { channel: "EMAIL", to, subject: "s", htmlContent: "h" };
const other: OtherMessage = { channel: "RCS" };
const all: Message[] = [sms, whatsApp, email, other];
for (const message of all) await client.send(message);
await client.send(sms);
interface Mine { channel: "SMS"; to: string; content: string; extra: number }
const mine: Mine = { channel: "SMS", to, content: "x", extra: 1 };
await client.send(mine);
await client.send(Object.freeze({ channel: "SMS", to, content: "x" } as const));
const sendAll = (message: Message, sendOptions: CallOptions): Promise<Receipt> => client.send(message, sendOptions);
void sendAll;

try {
  await client.send(sms);
} catch (error) {
  if (error instanceof RateLimitError) {
    const pause: number | null = error.retryAfter;
    void pause;
  }
  if (error instanceof ApiError) {
    const code: string | null = error.code;
    void code;
  }
  if (error instanceof PartnerMessagingError) {
    const outcome: Exclude<Outcome, "sent"> | null = error.outcome;
    const kind: Kind | null = error.kind;
    switch (error.outcome) {
      case "unknown":
      case "rejected":
      case "not_sent":
      case null:
        break;
      default: {
        const never: never = error.outcome;
        void never;
      }
    }
    void [outcome, kind, error.field, error.body, error.requestId, error.status, error.attempts, error.elapsed, error.toJSON()];
  }
}
new ConfigError("m", { field: "apiKey", outcome: "not_sent", kind: "config" });

{
  await using sandbox = await Sandbox.start({ inbox: "off", apiKey: "k", state: { balance: "1.00", channels: { RCS: "configured", SMS: null } } });
  await using sandboxed: Client = sandbox.client({ timeout: 5 });
  const fault: Fault = { kind: "rate_limit", retryAfter: 1, times: 2 };
  sandbox.pushFault(fault);
  sandbox.setFault(null);
  // @ts-expect-error no such fault
  sandbox.pushFault({ kind: "nonsense" });
  const state: SandboxState = sandbox.state;
  const method: string | undefined = sandbox.requests[0]?.method;
  void [state, method, sandboxed, sandbox.messages, SandboxError];
}
await client.close();
void [cost, id];
