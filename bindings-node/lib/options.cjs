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
  headers: 'texts',
  userAgent: 'string',
  maxResponseBytes: 'number',
  endpoints: 'texts',
  onEvent: 'function',
};

const CALL = {
  signal: 'signal',
  timeout: 'number',
  maxRetries: 'number',
  headers: 'texts',
};

const WAIT = { ...CALL, finalStatuses: 'list' };

const FALLBACK = { ...CALL, fallbackCodes: 'list' };

const FILTER = {
  channel: 'string',
  status: 'string',
  recipient: 'string',
  sender: 'string',
  since: 'moment',
  until: 'moment',
  page: 'number',
  limit: 'number',
  query: 'query',
};

const REQUEST = { ...CALL, query: 'query', json: 'json', idempotent: 'boolean' };

const PROBLEMS = {
  string: 'must be a string',
  number: 'must be a number',
  boolean: 'must be true or false',
  texts: 'must be a plain object whose values are strings',
  query: 'must be a plain object whose values are strings, numbers or booleans',
  list: 'must be an array of strings',
  moment: 'must be a string or a valid Date',
  json: 'must be a value that JSON can write',
  function: 'must be a function',
  signal: 'must be an AbortSignal',
};

function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  // By its constructor's name too: a plain object of another realm is as good.
  return prototype === null || prototype === Object.prototype || prototype.constructor?.name === 'Object';
}

/** A plain object's names and values in turn, those of them that are defined; `undefined` for anything else. */
function flat(value, fits) {
  if (!isPlain(value)) return undefined;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.every(([, member]) => fits.includes(typeof member)) ? entries.flat().map(String) : undefined;
}

function moment(value) {
  if (typeof value === 'string') return value;
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
}

function json(value) {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** The option as the addon takes it; `undefined` when it has the wrong type. */
function converted(type, value) {
  switch (type) {
    case 'texts':
      return flat(value, ['string']);
    case 'query':
      return flat(value, ['string', 'number', 'boolean']);
    case 'list':
      return Array.isArray(value) && value.every((text) => typeof text === 'string') ? value : undefined;
    case 'moment':
      return moment(value);
    case 'json':
      return json(value);
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

/** Which messages to list, as the addon takes it. */
const filterOptions = (filter) => checked(filter, FILTER);

const NONE = Object.freeze({ signal: undefined, call: undefined });

/** The options of a call, as the addon takes them, and its signal; besides what else the call takes. */
function callOptions(options, types = CALL) {
  if (options === undefined) return NONE;
  const { signal, ...call } = checked(options, types);
  return { signal, call };
}

/** The same for a call that waits, that falls back, or that makes any request. */
const waitOptions = (options) => callOptions(options, WAIT);
const fallbackOptions = (options) => callOptions(options, FALLBACK);
const requestOptions = (options) => callOptions(options, REQUEST);

module.exports = { clientOptions, callOptions, waitOptions, fallbackOptions, requestOptions, filterOptions };
