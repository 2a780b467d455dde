'use strict';
// Lossless JSON: what `JSON.stringify` would silently leave out or alter (`undefined`, a
// `Map`, `NaN`) is refused, because a message that lost its code costs money all the same.

/** Why a value has no JSON text: `path` leads to what is at fault, and is empty for the value itself. */
class SerializeError extends Error {
  constructor(path, problem, cause) {
    super(problem);
    this.path = path;
    this.cause = cause;
  }
}

/** The JSON text of a value. Throws a {@link SerializeError}. */
function serialize(value) {
  try {
    check(value, '', '', []);
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof SerializeError) throw error;
    // A getter that throws, or a value nested too deep for the engine.
    throw new SerializeError('', "can't be written as JSON", error);
  }
}

/** Checks a value, to which `path` leads, and which is `name` in the last of `parents`. */
function check(value, path, name, parents) {
  const own = hasToJSON(value) ? value.toJSON(name) : value;
  switch (typeof own) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(own)) return;
      break;
    case 'object':
      if (own !== null) checkObject(own, path, parents);
      return;
  }
  throw new SerializeError(path, `must not be ${nameOf(own)}, which JSON can't represent`);
}

/** Whether `JSON.stringify` calls the value's own `toJSON`. */
function hasToJSON(value) {
  const type = typeof value;
  return ((type === 'object' && value !== null) || type === 'bigint') && typeof value.toJSON === 'function';
}

function checkObject(object, path, parents) {
  if (parents.includes(object)) throw new SerializeError(path, "must not be within itself, which JSON can't represent");
  parents.push(object);
  if (Array.isArray(object)) checkItems(object, path, parents);
  else checkMembers(object, path, parents);
  parents.pop();
}

function checkItems(array, path, parents) {
  for (let index = 0; index < array.length; index += 1) check(array[index], `${path}[${index}]`, String(index), parents);
  if (Object.keys(array).length !== array.length) {
    throw new SerializeError(path, 'must have no members besides its items, since JSON would leave them out');
  }
}

function checkMembers(object, path, parents) {
  if (!isPlain(object)) {
    throw new SerializeError(path, `must be a plain object, not ${nameOf(object)}, whose contents JSON would leave out`);
  }
  for (const name of Object.keys(object)) check(object[name], path === '' ? name : `${path}.${name}`, name, parents);
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (!Object.prototype.propertyIsEnumerable.call(object, symbol)) continue;
    throw new SerializeError(path, 'must have no member named by a symbol, since JSON would leave it out');
  }
}

/** Whether it is an object such as `{}` makes, of whatever realm. */
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** Describes a value's type without showing the value: `a string`, `an instance of Map`. */
function nameOf(value) {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (Array.isArray(value)) return 'an array';
  const { name } = Object.getPrototypeOf(value)?.constructor ?? {};
  return typeof name === 'string' && name !== '' ? `an instance of ${name}` : 'an object';
}

module.exports = { SerializeError, isPlain, nameOf, serialize };
