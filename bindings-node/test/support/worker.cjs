'use strict';
// A worker with four calls under way.

const { parentPort, workerData } = require('node:worker_threads');
const { Client } = require('partner-messaging');

const client = new Client({ apiKey: workerData.apiKey, baseUrl: workerData.url });
for (let i = 0; i < 4; i += 1) {
  client.send(workerData.sms).then(
    ({ status }) => parentPort.postMessage(status),
    () => {},
  );
}
parentPort.postMessage('under way');
