// The options of connections: the client's own certificate, and connections used once.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, ConfigError } from 'partner-messaging';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, sms } = support;
const file = (name) => join(folder, 'test', 'support', 'tls', name);
const caFile = file('ca.pem');
const clientCertFile = file('client.pem');
const clientKeyFile = file('client.key');

/** What becomes of a message. */
const outcome = async (client) => client.send(sms).then(({ outcome }) => outcome, ({ outcome, kind }) => `${outcome} ${kind}`);

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`a server that wants a certificate gets it, by ${version}`, async () => {
    const [key, cert, ca] = ['server.key', 'server.pem', 'client.pem'].map((name) => readFileSync(file(name)));
    const settings = { key, cert, ca, requestCert: true, minVersion: version, maxVersion: version };
    const server = createServer(settings, (request, response) => {
      request.resume();
      response.end('{"success":true,"data":{"messageId":"msg_1"}}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const trusting = { apiKey: 'k', baseUrl: `https://localhost:${server.address().port}`, caFile };
      assert.equal(await outcome(new Client(trusting)), 'not_sent tls');
      // Node's server closes without an alert on a certificate that it doesn't trust.
      const foreign = { clientCertFile: file('server.pem'), clientKeyFile: file('server.key') };
      assert.notEqual(await outcome(new Client({ ...trusting, ...foreign })), 'sent');
      const client = new Client({ ...trusting, clientCertFile, clientKeyFile });
      assert.equal(await outcome(client), 'sent');
      await client.close();
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
}

test('a certificate without its key, and a key without its certificate, are refused', () => {
  for (const [options, field] of [
    [{ clientCertFile }, 'clientKeyFile'],
    [{ clientKeyFile }, 'clientCertFile'],
    [{ clientCertFile, clientKeyFile: file('server.key') }, 'clientKeyFile'],
  ]) {
    assert.throws(
      () => new Client({ apiKey: 'k', ...options }),
      (error) => error instanceof ConfigError && error.field === field,
    );
  }
});

for (const [keepAlive, connections] of [[undefined, [1, 1, 1]], [true, [1, 1, 1]], [false, [1, 2, 3]]]) {
  test(`keepAlive ${keepAlive}: connections ${connections}`, async () => {
    const sandbox = await Sandbox.start();
    const client = sandbox.client({ keepAlive });
    for (let i = 0; i < 3; i += 1) await client.send(sms);
    assert.deepEqual(sandbox.requests.map(({ connection }) => connection), connections);
    await sandbox.stop();
  });
}
