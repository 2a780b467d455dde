// The API document's Node example, word for word but for its key and address,
// against the sandbox: what users have today, and what this package replaces.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const EXAMPLE = String.raw`const axios = require('axios');
const API_KEY = 'your_api_key_here';
const BASE_URL = 'https://your-api-domain.com';
const headers = { 'x-api-key': API_KEY, 'Content-Type': 'application/json' };
async function sendEmail(to, subject, htmlContent) {
const response = await axios.post(
${'`${BASE_URL}/partner/message/send`'},
{ request: { channel: 'EMAIL', to, subject, htmlContent } },
{ headers }
);
return response.data;
}
sendEmail('user@example.com', 'Test', '<h1>Hello</h1>').then(console.log);`;

test('the document’s example and this package send the same', async () => {
  const sandbox = await Sandbox.start();
  const example = EXAMPLE.replace('your_api_key_here', sandbox.apiKey).replace('https://your-api-domain.com', sandbox.url);
  const { code, stdout, stderr } = await support.run(['-e', example], { env: { NO_PROXY: '127.0.0.1' } });
  assert.deepEqual([code, stderr], [0, '']);
  assert.match(stdout, /success: true/);
  assert.match(stdout, /status: 'SENT'/);
  await sandbox.client().send({ channel: 'EMAIL', to: 'user@example.com', subject: 'Test', htmlContent: '<h1>Hello</h1>' });
  const [theirs, ours] = sandbox.requests;
  assert.deepEqual(ours.json, theirs.json);
  assert.equal(`${ours.method} ${ours.path}`, `${theirs.method} ${theirs.path}`);
  const [theirHeaders, ourHeaders] = [theirs, ours].map(({ headers }) => new Map(headers));
  for (const name of ['x-api-key', 'content-type']) assert.equal(ourHeaders.get(name), theirHeaders.get(name), name);
  await sandbox.stop();
});
