// Sends keyed messages, and says what became of each: see README.md for the arguments.

import { writeSync } from "node:fs";
import { createRequire } from "node:module";

const [baseUrl, journal, first, count, inFlight, timeout] = process.argv.slice(2);
const { Client } = createRequire(import.meta.url)(process.env.CRASH_PACKAGE);
const client = new Client({ apiKey: "a-key", baseUrl, journal, timeout: Number(timeout), maxRetries: 0 });
let next = Number(first);
const end = next + Number(count);

async function sendAll() {
  while (next < end) {
    const number = next++;
    let said;
    try {
      const message = { channel: "SMS", to: "+6591234567", content: `call-${number}.` };
      const receipt = await client.send(message, { key: `key-${String(number).padStart(6, "0")}` });
      said = receipt.replayed ? "replayed" : "sent";
    } catch (error) {
      said = error.outcome;
    }
    writeSync(1, `${number} ${said}\n`);
  }
}

await Promise.all(Array.from({ length: Number(inFlight) }, sendAll));
await client.close();
