// A complete first program: sends one SMS and says what became of it.
//
// The key comes from the environment variable PARTNER_MESSAGING_API_KEY:
// node first.cjs +6591234567
const { Client, ConfigError } = require('partner-messaging');

async function main(recipient) {
  if (recipient === undefined) {
    console.error('to whom? give a phone number like +6591234567');
    return 2;
  }
  try {
    const client = new Client();
    const receipt = await client.send({
      channel: 'SMS',
      to: recipient,
      content: 'Hello from Partner Messaging!',
    });
    console.log(`sent as ${receipt.messageId}`);
    if (receipt.cost !== null) console.log(`cost ${receipt.cost} ${receipt.currency}`);
    return 0;
  } catch (error) {
    if (error instanceof ConfigError) {
      console.error(error.message);
      return 2;
    }
    if (error.outcome === 'unknown') {
      console.error(`perhaps sent, don't send it again blindly: ${error.message}`);
      return 3;
    }
    console.error(`not accepted: ${error.message}`);
    return 1;
  }
}

main(process.argv[2]).then((code) => {
  process.exitCode = code;
});
