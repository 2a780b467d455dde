'use strict';
// Checks the types of options. Their values are checked by the core.

const process = require('node:process');
const { isDate } = require('node:util/types');

const { configError } = require('./errors.cjs');
const fields = require('./fields.cjs');
const { SerializeError, isPlain, serialize } = require('./json.cjs');
const problems = require('./problems.cjs');

/** By which a `Journal` gives the addon's own. */
const JOURNAL = Symbol('journal');

const CLIENT = { ...fields.CLIENT, onEvent: 'function' };

const { fallbackCodes, ...CALL } = { signal: 'signal', ...fields.CALL, key: 'key' };

const WAIT = { ...CALL, finalStatuses: 'list' };

const FALLBACK = { ...CALL, fallbackCodes };

const REQUEST = { ...CALL, ...fields.REQUEST };

const SEND_MANY = {
  maxInFlight: 'number',
  stopOn: 'refusals',
  maxUnknown: 'number',
  timeout: 'number',
  onProgress: 'function',
  signal: 'signal',
};

// Half of a surrogate pair would become another key on its way to UTF-8.
const isKey = (value) => typeof value === 'string' && value.isWellFormed();

/** A plain object's names and values in turn, those of them that are defined; `undefined` for anything else. */
function flat(value, fits) {
  if (!isPlain(value)) return undefined;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return entries.every(([, member]) => fits.includes(typeof member)) ? entries.flat().map(String) : undefined;
}

function moment(value) {
  if (typeof value === 'string') return value;
  // Of any realm, and whatever the global `Date` is by now.
  return isDate(value) && !Number.isNaN(value.getTime()) ? value.toISOString() : undefined;
}

/** Codes of the service, and classes of errors by their names. */
function refusals(value) {
  if (!Array.isArray(value)) return undefined;
  const names = value.map((item) => (typeof item === 'function' ? item.prototype?.name : item));
  return names.every((name) => typeof name === 'string') ? names : undefined;
}

/** The addon's own journal of a `Journal`; `undefined` for anything else. */
function nativeJournal(value) {
  return typeof value === 'object' && value !== null ? value[JOURNAL] : undefined;
}

/** The option as the addon takes it; `undefined` when it has the wrong type. */
function converted(type, value) {
  switch (type) {
    case 'strings':
      return flat(value, ['string']);
    case 'query':
      return flat(value, ['string', 'number', 'boolean']);
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    case 'refusals':
      return refusals(value);
    case 'moment':
      return moment(value);
    case 'json':
      return serialize(value);
    case 'journal':
      return typeof value === 'string' ? value : nativeJournal(value);
    case 'key':
      return isKey(value) ? value : undefined;
    case 'signal': {
      const is = typeof value === 'object' && value !== null && typeof value.aborted === 'boolean';
      return is && typeof value.addEventListener === 'function' ? value : undefined;
    }
    default:
      return typeof value === type ? value : undefined;
  }
}

/** The options as the addon takes them; `effect` is that of the call. */
function checked(effect, options, types) {
  if (typeof options !== 'object' || options === null) {
    throw configError('options', problems.options, effect);
  }
  const out = {};
  for (const name of Object.keys(options)) {
    const value = options[name];
    if (!Object.hasOwn(types, name)) {
      throw configError(name, problems.noOption(Object.keys(types)), effect);
    }
    if (value === undefined) continue;
    out[name] = checkedOption(effect, name, value, types[name]);
  }
  return out;
}

function checkedOption(effect, name, value, type) {
  let option;
  try {
    option = converted(type, value);
  } catch (error) {
    if (!(error instanceof SerializeError)) throw error;
    throw configError(error.path === '' ? name : `${name}.${error.path}`, error.message, effect, error.cause);
  }
  if (option === undefined) throw configError(name, problems[type], effect);
  return option;
}

/** The options of a client, as the addon takes them, its journal, and its listener of events. */
function clientOptions(options) {
  const { onEvent, journal, ...client } = checked('send', options, CLIENT);
  // Not the process's own: a worker and a test runner's context may have another.
  return { onEvent, journal, client, environment: { ...process.env } };
}

/** Which messages to list, as the addon takes it. */
const filterOptions = (filter) => checked('read', filter, fields.FILTER);

const NONE = Object.freeze({ signal: undefined, call: undefined });

/** The options of a call, as the addon takes them, and its signal; besides what else the call takes. */
function callOptions(effect, options, types = CALL) {
  if (options === undefined) return NONE;
  const { signal, ...call } = checked(effect, options, types);
  return { signal, call };
}

/** The same for a call that waits, that falls back, or that makes any request. */
const waitOptions = (effect, options) => callOptions(effect, options, WAIT);
const fallbackOptions = (effect, options) => callOptions(effect, options, FALLBACK);
const requestOptions = (effect, options) => callOptions(effect, options, REQUEST);

/** The options of a run of many messages. */
const sendManyOptions = (options = {}) => checked('send', options, SEND_MANY);

/** An argument of a call that has to be a string. */
const stringArgument = (effect, name, value) => checkedOption(effect, name, value, 'string');

/** An argument that has to be a key, or a moment. */
const keyArgument = (effect, value) => checkedOption(effect, 'key', value, 'key');
const momentArgument = (effect, name, value) => checkedOption(effect, name, value, 'moment');

/** Which records of a journal to read, and what else a resolution says. */
const recordsOptions = (options = {}) => checked('read', options, { outcome: 'string' });
const resolutionOptions = (options = {}) => checked('read', options, { messageId: 'string' });

module.exports = {
  JOURNAL,
  isKey,
  nativeJournal,
  clientOptions,
  callOptions,
  waitOptions,
  fallbackOptions,
  requestOptions,
  filterOptions,
  sendManyOptions,
  stringArgument,
  keyArgument,
  momentArgument,
  recordsOptions,
  resolutionOptions,
};
