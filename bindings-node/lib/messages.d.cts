// Messages have further fields at will: what is not documented goes to the
// service as it is. `any` rather than `unknown`, so that interfaces fit, too.

/**
 * A WhatsApp message made of a template.
 *
 * @example
 * ```ts
 * import type { WhatsAppMessage } from "partner-messaging";
 *
 * const otp: WhatsAppMessage = {
 *   channel: "WHATSAPP",
 *   to: "+6591234567",
 *   from: "+6581234567",
 *   templateId: "HXf8aa5a783ac6df54b1d28473f2de4c75",
 *   templateVariables: { "1": "123456" },
 * };
 * ```
 */
export interface WhatsAppMessage {
  channel: "WHATSAPP";
  /** The recipient's phone number in E.164 form. */
  to: string;
  /** The sender's phone number in E.164 form. */
  from: string;
  /** The template's id. */
  templateId: string;
  /** What goes in the template's places, by their names. */
  templateVariables?: Record<string, string>;
  /** Fields that this version does not know. */
  [field: string]: any;
}

/** An SMS with free text. */
export interface SmsTextMessage {
  channel: "SMS";
  /** The recipient's phone number in E.164 form. */
  to: string;
  /** The text. */
  content: string;
  /** The sender's name. */
  senderId?: string;
  /** Fields that this version does not know. */
  [field: string]: any;
}

/** An SMS made of a template. */
export interface SmsTemplateMessage {
  channel: "SMS";
  /** The recipient's phone number in E.164 form. */
  to: string;
  /** The sender's name. */
  senderId: string;
  /** The template's id. */
  templateId: string;
  /** What goes in the template's places, by their names. */
  templateVariables?: Record<string, string>;
  /** Fields that this version does not know. */
  [field: string]: any;
}

/**
 * An SMS: free text, or a template.
 *
 * @example
 * ```ts
 * import type { SmsMessage } from "partner-messaging";
 *
 * const text: SmsMessage = { channel: "SMS", to: "+6591234567", content: "Hello" };
 * const otp: SmsMessage = {
 *   channel: "SMS",
 *   to: "+6591234567",
 *   senderId: "Pathomics",
 *   templateId: "HXf8aa5a783ac6df54b1d28473f2de4c75",
 *   templateVariables: { "1": "123456" },
 * };
 * ```
 */
export type SmsMessage = SmsTextMessage | SmsTemplateMessage;

/**
 * An email.
 *
 * @example
 * ```ts
 * import type { EmailMessage } from "partner-messaging";
 *
 * const mail: EmailMessage = { channel: "EMAIL", to: "a@example.com", subject: "Hi", htmlContent: "<p>Hi</p>" };
 * ```
 */
export interface EmailMessage {
  channel: "EMAIL";
  /** The recipient's address. */
  to: string;
  /** The subject line. */
  subject: string;
  /** The body, as HTML. */
  htmlContent: string;
  /** Fields that this version does not know. */
  [field: string]: any;
}

type Letter =
  | "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L" | "M"
  | "N" | "O" | "P" | "Q" | "R" | "S" | "T" | "U" | "V" | "W" | "X" | "Y" | "Z";
type Character = Letter | Lowercase<Letter> | "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "_" | "-" | ".";

/** The names that begin with `Start` and are not `Start` and `Rest` together. */
type Unlike<Rest extends string, Start extends string> = Rest extends `${infer Next}${infer Further}`
  ? Start | `${Start}${Exclude<Character, Next>}${string}` | Unlike<Further, `${Start}${Next}`>
  : `${Start}${Character}${string}`;

/**
 * The name of a channel that this version does not know: any but the documented ones,
 * so that a documented message which lacks a field is not taken for another channel's.
 */
export type OtherChannel =
  | `${Exclude<Character, "W" | "S" | "E">}${string}`
  | Unlike<"HATSAPP", "W">
  | Unlike<"MS", "S">
  | Unlike<"MAIL", "E">;

/** A message on a channel that this version does not know. */
export interface OtherMessage {
  channel: OtherChannel;
  /** Whatever the channel wants. */
  [field: string]: any;
}

/**
 * A message in its wire form. On a documented channel it has the documented fields, and
 * others at will; on any other channel whatever fields that wants.
 */
export type Message = WhatsAppMessage | SmsMessage | EmailMessage | OtherMessage;

/** A message whose channel is only known when the program runs; the client checks it. */
export interface AnyMessage {
  channel: string;
  /** The channel's fields. */
  [field: string]: any;
}

/** The messages of one channel: a documented one has its documented fields. */
export type MessageOn<Channel extends string> = string extends Channel
  ? AnyMessage
  : Channel extends "WHATSAPP"
    ? WhatsAppMessage
    : Channel extends "SMS"
      ? SmsMessage
      : Channel extends "EMAIL"
        ? EmailMessage
        : AnyMessage;
