// The same package, required.
import { Client, OutcomeUnknownError, type Receipt } from "partner-messaging";
import testing = require("partner-messaging/testing");

async function main(): Promise<void> {
  const sandbox = await testing.Sandbox.start();
  const client: Client = sandbox.client();
  const receipt: Receipt = await client.send({ channel: "SMS", to: "+6591234567", content: "Hello" });
  // @ts-expect-error no text
  await client.send({ channel: "SMS", to: "+6591234567" }).catch((error: unknown) => error instanceof OutcomeUnknownError);
  console.log(receipt.cost);
  await sandbox.stop();
}
void main();
