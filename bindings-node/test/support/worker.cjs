'use strict';
// A worker with four calls in flight.

const { parentPort, workerData } = require('node:worker_threads');
const { Client } = require('partner-messaging');

const { apiKey, url: baseUrl, listening } = workerData;
const client = new Client({ apiKey, baseUrl, onEvent: listening ? () => {} : undefined });
for (let i = 0; i < 4; i += 1) {
  client.send(workerData.sms).then(
    ({ status }) => parentPort.postMessage(status),
    () => {},
  );
}
parentPort.postMessage('in flight');
