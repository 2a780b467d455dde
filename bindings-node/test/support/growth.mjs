// Sends COUNT messages in the way MODE, and writes how much memory it had on the way:
// `node --expose-gc growth.mjs MODE COUNT`.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'partner-messaging';

const [mode, count] = [process.argv[2], Number(process.argv[3])];
const SAMPLES = 10;
const AT_ONCE = 32;

const message = { channel: 'SMS', to: '+6591234567', content: 'Hello from Node!' };
const { signal } = new AbortController();
const client = new Client({ onEvent: mode === 'listener' ? () => {} : undefined });

const ways = {
  plain: () => client.send(message),
  listener: () => client.send(message),
  'shared signal': () => client.send(message, { signal }),
  refused: () => client.send({ ...message, to: '1' }).catch(() => {}),
};

async function sendAll(number) {
  const sendSome = async () => {
    while (number > 0) {
      number -= 1;
      await ways[mode]();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
}

/** The memory in use when nothing more is collected. */
async function settled() {
  let least = { heap: Infinity };
  for (let vain = 0; vain < 3; ) {
    globalThis.gc();
    await sleep(5); // finalizers
    const { heapUsed, external, rss } = process.memoryUsage();
    const heap = heapUsed + external;
    vain = heap < least.heap - 1024 ? 0 : vain + 1;
    if (heap < least.heap) least = { heap, rss };
  }
  return least;
}

const curve = [];
for (let sample = 0; sample < SAMPLES; sample += 1) {
  await sendAll(Math.ceil(count / SAMPLES));
  curve.push(await settled());
}
console.log(JSON.stringify(curve));
