// A campaign in Node: ours, and what its user would write instead.
//
// many.mjs <who> <base URL> <warm-up> <sends> <in flight> <characters>
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { measure } from './measure.mjs';

const key = 'bench-key';
const to = '+6591234567';
const [who, baseUrl, warmUp, sends, inFlight, characters] = process.argv.slice(2);
const content = 'x'.repeat(Number(characters));

async function ours(journal) {
  const { Client } = await import('partner-messaging');
  const connections = { maxConnections: Number(inFlight) };
  const client = new Client({ apiKey: key, baseUrl, ...connections, ...(journal && { journal }) });
  function* messages(first, count) {
    for (let n = first; n < first + count; n++) {
      const message = { channel: 'SMS', to, content };
      yield journal ? [String(n), message] : message;
    }
  }
  return async (first, count) => {
    const results = client.sendMany(messages(first, count), { maxInFlight: Number(inFlight) });
    for await (const { error } of results) if (error) throw error;
    if (results.summary.sent !== count) throw new Error('another count');
  };
}

const programs = {
  ours: () => ours(),

  async 'ours-journal'() {
    const folder = mkdtempSync(join(process.env.BENCH_FOLDER, 'many-'));
    process.on('exit', () => rmSync(folder, { recursive: true }));
    return ours(join(folder, 'campaign.db'));
  },

  async undici() {
    const { Agent, request } = await import('undici');
    const { default: pLimit } = await import('p-limit');
    const dispatcher = new Agent({ connections: Number(inFlight), headersTimeout: 30_000, bodyTimeout: 30_000 });
    const headers = { 'x-api-key': key, 'Content-Type': 'application/json' };
    const url = `${baseUrl}/partner/message/send`;
    const send = async () => {
      const body = JSON.stringify({ request: { channel: 'SMS', to, content } });
      const answer = await request(url, { method: 'POST', headers, body, dispatcher });
      const envelope = await answer.body.json();
      if (answer.statusCode !== 200 || envelope.success !== true) throw new Error('refused');
    };
    return async (_first, count) => {
      const limit = pLimit(Number(inFlight));
      await Promise.all(Array.from({ length: count }, () => limit(send)));
    };
  },
};

const count = Number(sends);
const sendAll = await programs[who]();
await sendAll(0, Number(warmUp));
await measure(count, () => sendAll(Number(warmUp), count));
