'use strict';
// The program `partner-messaging`, as bin/partner-messaging starts it.
const { native } = require('./native.cjs');

const [hangups, ...args] = process.argv.slice(2);
try {
  process.exitCode = native().runCommandLine(args, hangups === 'ignored');
} catch (error) {
  console.error(`partner-messaging: ${error.message}`);
  process.exitCode = 1;
}
