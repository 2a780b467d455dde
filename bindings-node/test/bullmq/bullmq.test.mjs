// The README's recipe for BullMQ, over a real Redis: workers die, and jobs run again. `BULLMQ` is
// the folder with the packages that it needs.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Journal } from '../../index.js';
import { Sandbox } from '../../testing.js';
import support from '../support/support.cjs';

const { ELSEWHERE, folder, pointedAt, readmePrograms, run } = support;
const place = process.env.BULLMQ;
const { Queue } = createRequire(join(place, 'package.json'))('bullmq');

// A job whose worker died is found half a minute later, or a whole one. On a busy machine all takes longer.
const PATIENCE = 300_000;

const order = (n) => ({ order: `order-${n}`, phone: `+65${91000000 + n}`, code: `${100000 + n}` });

let sandbox;
let redis;
let scratch;
const ended = [];

before(async () => {
  sandbox = await Sandbox.start({ state: { balance: '1000' } });
  scratch = mkdtempSync(join(place, 'recipe-'));
  redis = await startRedis();
  const { code } = readmePrograms().find(({ heading }) => heading === ELSEWHERE.bullmq);
  writeFileSync(join(scratch, 'recipe.mts'), code);
  const tsc = join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--module', 'node20', '--target', 'es2022', '--strict', '--skipLibCheck', '--types', 'node'];
  const roots = ['--typeRoots', join(folder, 'node_modules', '@types')];
  const { code: status, stdout } = await run([tsc, ...options, ...roots, join(scratch, 'recipe.mts')]);
  assert.equal(status, 0, stdout);
});
after(async () => {
  for (const end of ended.reverse()) await end();
  redis?.process.kill('SIGKILL');
  await sandbox?.stop();
  if (scratch) rmSync(scratch, { recursive: true, force: true });
});

/** On a port that was free a moment ago; on another, if somebody else was faster. */
async function startRedis() {
  for (let tries = 0; tries < 5; tries += 1) {
    const free = createServer().listen(0, '127.0.0.1');
    await once(free, 'listening');
    const { port } = free.address();
    free.close();
    await once(free, 'close');
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', scratch];
    const process = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ready = (async () => {
      for await (const text of process.stdout) if (`${text}`.includes('Ready to accept connections')) return true;
      return false;
    })();
    if (await ready) {
      process.stdout.resume();
      return { process, port, url: `redis://127.0.0.1:${port}` };
    }
  }
  throw new Error('redis-server does not start');
}

/** A way to Redis on which nothing gets there any more once it is cut. */
async function startWay() {
  const ways = [];
  let isCut = false;
  const server = createServer((worker) => {
    const queue = connect(redis.port, '127.0.0.1');
    ways.push(worker, queue);
    for (const way of [worker, queue]) way.on('error', () => {});
    worker.on('data', (data) => isCut || queue.write(data));
    queue.on('data', (data) => worker.write(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => (isCut = true);
  const close = () => [server.close(), ...ways.map((way) => way.destroy())];
  return { url: `redis://127.0.0.1:${server.address().port}`, cut, close };
}

/** A process that runs the recipe. */
function startWorker(t, url = redis.url) {
  const env = { ...process.env, ...pointedAt(sandbox), REDIS_URL: url, NODE_TEST_CONTEXT: undefined };
  const worker = spawn(process.execPath, ['recipe.mjs'], { cwd: scratch, env, stdio: 'inherit' });
  t.after(() => worker.kill('SIGKILL'));
  return worker;
}

async function kill(worker) {
  worker.kill('SIGKILL');
  await once(worker, 'exit');
}

async function until(isTrue) {
  const end = performance.now() + PATIENCE;
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, `it never came to be: ${isTrue}`);
    await sleep(50);
  }
}

function openQueue() {
  const queue = new Queue('codes', { connection: { url: redis.url } });
  ended.push(() => queue.close());
  return queue;
}

/** Gives the queue so many orders, as the recipe's own queue would. */
const add = (queue, first, count) => {
  const opts = { attempts: 10, backoff: { type: 'exponential', delay: 1000 } };
  const jobs = Array.from({ length: count }, (_, n) => ({ name: 'code', data: order(first + n), opts }));
  return queue.addBulk(jobs);
};

/** What became of jobs, once nothing more will: the state and the result of each. */
async function ends(queue, jobs) {
  const state = async ({ id }) => {
    const job = await queue.getJob(id);
    const name = await job.getState();
    return { order: job.data.order, name, result: job.returnvalue, reason: job.failedReason };
  };
  let states;
  await until(async () => {
    states = await Promise.all(jobs.map(state));
    return states.every(({ name }) => name === 'completed' || name === 'failed');
  });
  return states;
}

const times = (phone) => sandbox.messages.filter(({ recipient }) => recipient === phone).length;

test('a worker that is killed in mid-send doubles nothing', async (t) => {
  const count = 60;
  const queue = openQueue();
  sandbox.setFault({ kind: 'stall', ms: 20_000 });
  const killed = startWorker(t);
  const jobs = await add(queue, 0, count);
  await until(() => sandbox.requests.length >= 50);
  await kill(killed);
  sandbox.setFault(null);
  const inFlight = sandbox.requests.length;
  startWorker(t);
  const states = await ends(queue, jobs);
  const failed = states.filter(({ name }) => name === 'failed');
  assert.equal(failed.length, inFlight, 'what was under way is unknown, and nothing else');
  for (const { reason } of failed) assert.match(reason, /OutcomeUnknownError/);
  for (let n = 0; n < count; n += 1) assert.equal(times(order(n).phone), 1);
  const journal = new Journal(join(scratch, 'codes.db'));
  const { sent, unknown } = await journal.summary();
  await journal.close();
  assert.deepEqual([sent, unknown], [count - inFlight, inFlight]);
});

test('a job that was sent and not reported gets the same receipt when it runs again', async (t) => {
  sandbox.reset();
  const queue = openQueue();
  const way = await startWay();
  t.after(way.close);
  sandbox.setFault({ kind: 'stall', ms: 5000 });
  const killed = startWorker(t, way.url);
  const jobs = await add(queue, 1000, 5);
  await until(() => sandbox.requests.length === 5);
  way.cut();
  const journal = new Journal(join(scratch, 'codes.db'));
  const sent = async (n) => (await journal.get(`${order(1000 + n).order}-code`))?.outcome === 'sent';
  await until(async () => (await Promise.all([0, 1, 2, 3, 4].map(sent))).every(Boolean));
  await kill(killed);
  sandbox.setFault(null);
  const before = await Promise.all(jobs.map(async ({ id }) => (await queue.getJob(id)).getState()));
  assert.deepEqual(new Set(before), new Set(['active']));
  startWorker(t);
  const states = await ends(queue, jobs);
  for (const { order: key, name, result } of states) {
    assert.deepEqual([name, result], ['completed', (await journal.get(`${key}-code`)).messageId]);
  }
  await journal.close();
  assert.equal(sandbox.requests.length, 5);
});
