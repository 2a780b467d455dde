// Which certificates are trusted: those that Node's own fetch trusts, too.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from 'partner-messaging';
import support from './support/support.cjs';

const { folder, run, sms } = support;
// Made for this test, for a hundred years: an authority, and its certificate for localhost.
const file = (name) => join(folder, 'test', 'support', 'tls', name);
const ca = file('ca.pem');

let server;
let url;
before(async () => {
  server = createServer({ key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')) }, (request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/json');
    response.end('{"success":true,"data":{"messageId":"msg_1"}}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `https://localhost:${server.address().port}`;
});
after(() => server.close());

const program = (options) => `
  const { Client } = require('partner-messaging');
  (async () => {
    const fetched = await fetch('URL').then(() => 'trusted', () => 'not trusted');
    const client = new Client({ apiKey: 'k', baseUrl: 'URL', maxRetries: 0, ...${JSON.stringify(options)} });
    const sent = await client.send(${JSON.stringify(sms)}).then(({ messageId }) => messageId, ({ kind, outcome }) => kind + ' ' + outcome);
    console.log(fetched + ', ' + sent);
  })();`;

test('the option that puts it right is named as it is here', async () => {
  const client = new Client({ apiKey: 'k', baseUrl: url, maxRetries: 0, trustEnv: false });
  await assert.rejects(client.send(sms), /if the issuer is your own, name its certificate by caFile\./);
});

for (const [what, env, options, expected] of [
  ['nothing names the authority', {}, {}, 'not trusted, tls not_sent'],
  ['NODE_EXTRA_CA_CERTS names it, as for fetch', { NODE_EXTRA_CA_CERTS: ca }, {}, 'trusted, msg_1'],
  ['trustEnv is off', { NODE_EXTRA_CA_CERTS: ca }, { trustEnv: false }, 'trusted, tls not_sent'],
  ['caFile names it', {}, { caFile: ca }, 'not trusted, msg_1'],
  ['caFile names it, and the environment another', { NODE_EXTRA_CA_CERTS: file('server.pem') }, { caFile: ca }, 'not trusted, msg_1'],
  ['SSL_CERT_FILE replaces the platform’s, and NODE_EXTRA_CA_CERTS adds', { SSL_CERT_FILE: file('server.pem'), NODE_EXTRA_CA_CERTS: ca }, {}, 'trusted, msg_1'],
]) {
  test(what, async () => {
    const cleared = { NODE_EXTRA_CA_CERTS: '', SSL_CERT_FILE: '', SSL_CERT_DIR: '' };
    const result = await run(['-e', program(options).replaceAll('URL', url)], { env: { ...cleared, ...env } });
    assert.equal(result.stdout, `${expected}\n`, result.stderr);
  });
}
