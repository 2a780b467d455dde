// Sends every documented kind of message, and prints a line for each, with tabs
// between the columns.
import { Client } from 'partner-messaging';

const templateId = 'HXf8aa5a783ac6df54b1d28473f2de4c75';
const templateVariables = { 1: '123456' };
const to = '+6591234567';

const messages = {
  'whatsapp': { channel: 'WHATSAPP', to, from: '+6581234567', templateId, templateVariables },
  'sms-template': { channel: 'SMS', to, senderId: 'Pathomics', templateId, templateVariables },
  'sms-text': { channel: 'SMS', to, content: 'Hello from Node!' },
  'email': { channel: 'EMAIL', to: 'user@example.com', subject: 'Hello', htmlContent: '<h1>Hello from Node!</h1>' },
};

async function main() {
  const client = new Client();
  for (const [kind, message] of Object.entries(messages)) {
    try {
      const { messageId, cost, currency, attempts } = await client.send(message);
      console.log([kind, 'sent', messageId, `${cost ?? ''} ${currency ?? ''}`, attempts].join('\t'));
    } catch (error) {
      console.log([kind, error.outcome, error.name, '', error.attempts].join('\t'));
      process.exitCode = 1;
    }
  }
}

await main();
