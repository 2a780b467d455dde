// A message with the package that is installed: `node try.cjs MODULE`, the module with the sandbox.
const { createRequire } = require('node:module');
const { join } = require('node:path');

const { Sandbox } = createRequire(join(process.cwd(), 'try.cjs'))(process.argv[2]);

async function main() {
  const sandbox = await Sandbox.start();
  const client = sandbox.client();
  const receipt = await client.send({ channel: 'SMS', to: '+6591234567', content: 'Hello' });
  console.log('sent as', receipt.messageId);
  await client.close();
  await sandbox.stop();
}
main();
