// What the README and the examples say, run against the sandbox.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { Sandbox } from 'partner-messaging/testing';
import support from './support/support.cjs';

const { folder, isElsewhere, pointedAt, readmePrograms, run, sms } = support;

let sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.stop());

/** Writes them as JavaScript beside each other, where the package's own name resolves. */
async function compiled(programs, scratch) {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const sources = programs.map(({ code }, n) => {
    const path = join(scratch, `${n}.mts`);
    writeFileSync(path, code);
    return path;
  });
  const options = ['--module', 'node20', '--target', 'es2022', '--strict', '--skipLibCheck', '--types', 'node'];
  const { code, stdout, stderr } = await run([tsc, ...options, ...sources]);
  assert.equal(code, 0, stdout + stderr);
  return programs.map((program, n) => ({ ...program, path: join(scratch, `${n}.mjs`) }));
}

const said = {
  'Getting started': /^msg_\S+ 0\.05 SGD\n$/,
  'Keys and the journal': /^1 (msg_\S+) sent now\n2 \1 sent before\n1 sent\n$/,
  'Logging and events': /: attempt 1\n.*: sent after 1 attempts.*\nMap\(1\) { 'SMS sent null' => 1 }\n$/,
  'A bar that shows how far a campaign is': /200\/200, 0 unknown\n+$/,
  'Tests with node:test': /^(#|ℹ) pass 2$/m,
  Testing: /99\.95[^]*\nInsufficientCreditError\nunknown\n$/,
};

const drivers = {
  'A service with Fastify': async ({ app }) => {
    const post = async (payload) => {
      const { statusCode, body } = await app.inject({ method: 'POST', url: '/codes', payload });
      return [statusCode, JSON.parse(body)];
    };
    await answersByOutcome(post);
    await app.close();
  },
  'A service with Express': async ({ app }) => {
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await answersByOutcome(async (body) => {
      const url = `http://127.0.0.1:${server.address().port}/codes`;
      const headers = { 'content-type': 'application/json', connection: 'close' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
      return [response.status, await response.json()];
    });
    server.close();
  },
  'A route of Next.js': async ({ POST, runtime }) => {
    assert.equal(runtime, 'nodejs');
    await answersByOutcome(async (body) => {
      const response = await POST(new Request('http://localhost/api/codes', { method: 'POST', body: JSON.stringify(body) }));
      return [response.status, await response.json()];
    });
  },
  'A queue worker': async ({ work }) => {
    const reported = [];
    const { to, content } = sms;
    const report = (what) => async (job) => reported.push([what, job.content]);
    await work({
      async *jobs() {
        yield { to, content: 'first' };
        sandbox.pushFault({ kind: 'reset' });
        yield { to, content: 'lost' };
        sandbox.pushFault({ kind: 'code', code: 'ORG_INACTIVE' });
        yield { to, content: 'refused' };
        yield { to: '1', content: 'nobody' };
        sandbox.pushFault({ kind: 'rate_limit', retryAfter: 3600, times: 3 });
        yield { to, content: 'too many' };
      },
      done: report('done'),
      retry: report('retry'),
      fail: report('fail'),
      review: report('review'),
    });
    const expected = { first: 'done', lost: 'review', refused: 'fail', nobody: 'fail', 'too many': 'retry' };
    assert.deepEqual(reported, Object.entries(expected).map(([text, what]) => [what, text]));
  },
};

/** A service that sends codes: what it answers follows from the outcome. */
async function answersByOutcome(post) {
  const [status, { messageId }] = await post({ to: sms.to });
  assert.deepEqual([status, messageId], [202, sandbox.messages[0].messageId]);
  assert.deepEqual(await post({ to: '1' }), [400, { outcome: 'not_sent' }]);
  sandbox.pushFault({ kind: 'reset' });
  assert.deepEqual(await post({ to: sms.to }), [504, { outcome: 'unknown' }]);
  sandbox.setState({ balance: '0' });
  assert.deepEqual(await post({ to: sms.to }), [503, { outcome: 'rejected' }]);
}

test('the README’s programs compile and run', async (t) => {
  const scratch = mkdtempSync(join(folder, 'test', 'readme-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  Object.assign(process.env, pointedAt(sandbox));
  const programs = await compiled(readmePrograms().filter((program) => !isElsewhere(program)), scratch);
  assert.equal(programs.length, 14);
  for (const { heading, path } of programs) {
    await t.test(heading, async () => {
      sandbox.reset();
      if (drivers[heading]) {
        await drivers[heading](await import(path));
        return;
      }
      // A test in the README would take this one's variable for its own runner's.
      const result = await run([path], { env: { NODE_TEST_CONTEXT: undefined }, cwd: scratch });
      assert.deepEqual([result.code, result.stderr], [0, '']);
      if (heading === 'Messages') assert.equal(sandbox.requests.length, 4);
      if (said[heading]) assert.match(result.stdout, said[heading]);
    });
  }
});

test('examples/tour.mjs', async () => {
  sandbox.setState({ channels: { WHATSAPP: 'not_configured' }, delivery: { after_ms: 200 } });
  const { code, stdout, stderr } = await run(['examples/tour.mjs'], { env: pointedAt(sandbox) });
  assert.deepEqual([code, stderr], [0, '']);
  const row = ['5 sent', 'DELIVERED', '5 on 3 pages', '0.30 SGD', '0.30 SGD', 'WHATSAPP rejected, SMS sent'];
  assert.deepEqual(stdout.trimEnd().split('\t'), row);
});

for (const kind of ['mjs', 'cjs']) {
  const example = (name, args = [], env = pointedAt(sandbox)) => run([`examples/${name}.${kind}`, ...args], { env });

  test(`examples/demo.${kind}`, async () => {
    const { code, stdout, stderr } = await example('demo');
    assert.deepEqual([code, stderr], [0, '']);
    const rows = stdout.trimEnd().split('\n').map((line) => line.split('\t'));
    assert.deepEqual(
      rows.map(([name, outcome, id, ...rest]) => [name, outcome, id.startsWith('msg_'), ...rest]),
      [
        ['whatsapp', 'sent', true, '0.12 SGD', '1'],
        ['sms-template', 'sent', true, '0.05 SGD', '1'],
        ['sms-text', 'sent', true, '0.05 SGD', '1'],
        ['email', 'sent', true, '0.01 SGD', '1'],
      ],
    );
    sandbox.setState({ channels: { EMAIL: 'not_configured' } });
    sandbox.pushFault({ kind: 'reset' });
    const failed = await example('demo');
    assert.equal(failed.code, 1);
    const lines = failed.stdout.split('\n');
    assert.equal(lines[0], 'whatsapp\tunknown\tOutcomeUnknownError\t\t1');
    assert.equal(lines[3], 'email\trejected\tChannelConfigNotFoundError\t\t1');
  });

  test(`examples/first.${kind}`, async () => {
    const sent = await example('first', ['+6591234567']);
    assert.equal(sent.code, 0);
    assert.match(sent.stdout, /^sent as msg_\S+\ncost 0\.05 SGD\n$/);
    sandbox.pushFault({ kind: 'close_after_read' });
    const unknown = await example('first', ['+6591234567']);
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /^perhaps sent/);
    const refused = await example('first', ['91234567']);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^not accepted: to: /);
    assert.equal((await example('first')).code, 2);
    assert.equal((await example('first', ['+6591234567'], { ...pointedAt(sandbox), PARTNER_MESSAGING_API_KEY: '' })).code, 2);
  });
}
