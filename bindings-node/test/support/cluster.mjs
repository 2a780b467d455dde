// Workers of a cluster that all send the same hundred messages, under the same keys.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { Client, Journal } from 'partner-messaging';

const keys = Array.from({ length: 100 }, (_, n) => `order-${n}`);
const journal = process.env.JOURNAL;

if (cluster.isPrimary) {
  const workers = Array.from({ length: 4 }, () => cluster.fork());
  const counts = await Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]));
  console.log(counts.reduce((sum, count) => sum + count, 0));
  console.log(JSON.stringify(await new Journal(journal).summary()));
  for (const worker of workers) worker.disconnect();
} else {
  const client = new Client({ journal, timeout: 300_000 });
  const sms = { channel: 'SMS', to: '+6591234567', content: 'Hello from Node!' };
  const receipts = await Promise.all(keys.map((key) => client.send(sms, { key })));
  process.send(receipts.filter(({ replayed }) => !replayed).length);
}
