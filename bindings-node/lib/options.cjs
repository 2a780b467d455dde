'use strict';
// The types of options. What their values may be is the core's to say.

const { configError } = require('./errors.cjs');

const CLIENT = {
  apiKey: 'string',
  baseUrl: 'string',
  timeout: 'number',
  connectTimeout: 'number',
  maxRetries: 'number',
  maxConnections: 'number',
  http2: 'boolean',
  proxy: 'string',
  trustEnv: 'boolean',
  caFile: 'string',
  allowHttp: 'boolean',
  headers: 'headers',
  userAgent: 'string',
  maxResponseBytes: 'number',
  onEvent: 'function',
};

const CALL = {
  signal: 'signal',
  timeout: 'number',
  maxRetries: 'number',
  headers: 'headers',
};

const PROBLEMS = {
  string: 'must be a string',
  number: 'must be a number',
  boolean: 'must be true or false',
  function: 'must be a function',
  headers: 'must be a plain object whose values are strings',
  signal: 'must be an AbortSignal',
};

function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // By its constructor's name too: a plain object of another realm is as good.
  return prototype === null || prototype === Object.prototype || prototype.constructor?.name === 'Object';
}

/** The option as the addon takes it; `undefined` when it has the wrong type. */
function converted(type, value) {
  switch (type) {
    case 'headers': {
      if (!isPlain(value)) return undefined;
      const flat = Object.entries(value).filter(([, text]) => text !== undefined).flat();
      return flat.every((text) => typeof text === 'string') ? flat : undefined;
    }
    case 'signal': {
      const is = typeof value === 'object' && value !== null && typeof value.aborted === 'boolean';
      return is && typeof value.addEventListener === 'function' ? value : undefined;
    }
    default:
      return typeof value === type ? value : undefined;
  }
}

function checked(options, types) {
  if (typeof options !== 'object' || options === null) {
    throw configError('options', 'must be an object');
  }
  const out = {};
  for (const name of Object.keys(options)) {
    const value = options[name];
    if (!Object.hasOwn(types, name)) {
      throw configError(name, `is no option; there are ${Object.keys(types).join(', ')}`);
    }
    if (value === undefined) continue;
    out[name] = converted(types[name], value);
    if (out[name] === undefined) throw configError(name, PROBLEMS[types[name]]);
  }
  return out;
}

/** The options of a client, as the addon takes them, and whom to tell of events. */
function clientOptions(options) {
  const { onEvent, ...client } = checked(options, CLIENT);
  return { onEvent, client };
}

const NONE = Object.freeze({ signal: undefined, call: undefined });

/** The options of a call, as the addon takes them, and its signal. */
function callOptions(options) {
  if (options === undefined) return NONE;
  const { signal, ...call } = checked(options, CALL);
  return { signal, call };
}

module.exports = { clientOptions, callOptions };
