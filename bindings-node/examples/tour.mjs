// A tour of the whole API: sends, waits for what becomes of a message, lists
// messages over several pages, compares the balance with the ledger, and lets a
// message take the next channel. Prints one line, with tabs between the columns.
//
// It wants a service where SMS is configured and WhatsApp is not.
import { Client } from 'partner-messaging';

const SENT = 5;
const client = new Client();
const before = await client.getBalance();

let last;
for (let n = 0; n < SENT; n += 1) {
  last = await client.send({ channel: 'SMS', to: `+659123456${n}`, content: 'Hello from Node!' });
}
const { status } = await client.waitForStatus(last.messageId);

let [listed, pages] = [0, 0];
for await (const page of client.listMessages({ channel: 'SMS', limit: 2 }).pages()) {
  listed += page.messages.length;
  pages += 1;
}

const { trail } = await client.sendWithFallback([
  { channel: 'WHATSAPP', to: '+6591234567', from: '+6581234567', templateId: 'HXf8aa5a783ac6df54b1d28473f2de4c75' },
  { channel: 'SMS', to: '+6591234567', content: 'Hello from Node!' },
]);

// Amounts are exact text; with two decimals, cents are whole numbers.
const cents = (amount) => Math.round(Number(amount) * 100);
const money = (amount) => `${(amount / 100).toFixed(2)} ${after.currency}`;
const after = await client.getBalance();
const ledger = client.spending().reduce((sum, { cost }) => sum + cents(cost), 0);
console.log([
  `${SENT} sent`,
  status,
  `${listed} on ${pages} pages`,
  money(cents(before.amount) - cents(after.amount)),
  money(ledger),
  trail.map(({ channel, outcome }) => `${channel} ${outcome}`).join(', '),
].join('\t'));
