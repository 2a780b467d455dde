'use strict';
// What values of JavaScript's own types are refused with. What the values have to be, the core says.

const off = (owner, method) =>
  `must be called on its ${owner}, as ${owner}.${method}(…), or be bound to it: ${owner}.${method}.bind(${owner})`;

module.exports = {
  string: 'must be a string',
  number: 'must be a number',
  boolean: 'must be true or false',
  strings: 'must be a plain object whose values are strings',
  query: 'must be a plain object whose values are strings, numbers or booleans',
  list: 'must be an array of strings',
  refusals: 'must be an array of codes and classes of errors',
  moment: 'must be a string or a valid Date',
  function: 'must be a function',
  signal: 'must be an AbortSignal',
  journal: 'must be a path, a URL or a Journal',
  key: 'must be a string, of valid Unicode',
  client: 'must be a Client',
  options: 'must be an object',
  messages: 'must be an array of messages',
  streamOfMessages: 'must be an array, an iterable, an async iterable or a stream of objects',
  keyedMessages: 'must be a Map, or an array of pairs of a key and a message',
  message: (given) => `must be an object such as { channel: "SMS", to: …, content: … }, not ${given}`,
  noOption: (names) => `is no option; there are ${names.join(', ')}`,
  offClient: (method) => off('client', method),
  offJournal: (method) => off('journal', method),
};
