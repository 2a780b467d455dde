// The Node programs of the benchmark: ours, and each peer as a careful user has it.
//
// send.mjs <who> <base URL> <warm-up> <sends> <in flight> <characters>; with BENCH_CA the URL is https.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';

import { measure } from './measure.mjs';

const key = 'bench-key';
const to = '+6591234567';
const headers = { 'x-api-key': key, 'Content-Type': 'application/json' };
const ca = process.env.BENCH_CA;

const [who, baseUrl, warmUp, sends, inFlight, characters] = process.argv.slice(2);
const url = `${baseUrl}/partner/message/send`;
const content = 'x'.repeat(Number(characters));
const body = () => ({ request: { channel: 'SMS', to, content } });

function check(envelope) {
  if (envelope.success !== true) throw new Error('refused');
  checkId(envelope.data.messageId);
}

function checkId(messageId) {
  if (messageId !== 'msg_123456789') throw new Error('another message id');
}

function checkStatus(status) {
  if (status !== 200) throw new Error(`the status is ${status}`);
}

const programs = {
  async ours() {
    const { Client } = await import('partner-messaging');
    const client = new Client({ apiKey: key, baseUrl, ...(ca && { caFile: ca }) });
    return async () => checkId((await client.send({ channel: 'SMS', to, content })).messageId);
  },

  async axios() {
    const { default: axios } = await import('axios');
    const client = axios.create({ headers, timeout: 30_000, httpAgent: new HttpAgent({ keepAlive: true }) });
    return async () => check((await client.post(url, body())).data);
  },

  /** The form of the API document. */
  async 'axios-document'() {
    const { default: axios } = await import('axios');
    return async () => check((await axios.post(url, body(), { headers })).data);
  },

  async undici() {
    const { Agent, request } = await import('undici');
    const times = { headersTimeout: 30_000, bodyTimeout: 30_000 };
    const dispatcher = new Agent(ca ? { ...times, allowH2: true, connect: { ca: readFileSync(ca) } } : times);
    return async () => {
      const answer = await request(url, { method: 'POST', headers, body: JSON.stringify(body()), dispatcher });
      checkStatus(answer.statusCode);
      check(await answer.body.json());
    };
  },

  async fetch() {
    return async () => {
      const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body()) });
      checkStatus(answer.status);
      check(await answer.json());
    };
  },
};

/** Makes so many sends, never more at once than are to be in flight. */
async function together(send, count) {
  let left = count;
  const work = async () => {
    while (left-- > 0) await send();
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, work));
}

const count = Number(sends);
const send = await programs[who]();
await together(send, Number(warmUp));
await measure(count, () => together(send, count));
