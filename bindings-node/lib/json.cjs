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
    return write(value, '', '', []);
  } catch (error) {
    if (error instanceof SerializeError) throw error;
    // A getter that throws, or a value nested too deep for the engine.
    throw new SerializeError('', "can't be written as JSON", error);
  }
}

/**
 * Writes a value, to which `path` leads, and which is `name` in the last of `parents`. Each is
 * read once, and what was checked is written: a getter may give something else the next time.
 */
function write(value, path, name, parents) {
  const own = hasToJSON(value) ? resultOfToJSON(value, path, name) : value;
  switch (typeof own) {
    case 'string':
      return JSON.stringify(own);
    case 'boolean':
      return own ? 'true' : 'false';
    case 'number':
      // For which `JSON.stringify` writes a plain 0.
      if (Object.is(own, -0)) return '-0';
      if (Number.isFinite(own)) return String(own);
      break;
    case 'object':
      return own === null ? 'null' : writeObject(own, path, parents);
  }
  throw new SerializeError(path, `must not be ${nameOf(own)}, which JSON can't represent`);
}

/** Whether `JSON.stringify` calls the value's own `toJSON`. */
function hasToJSON(value) {
  const type = typeof value;
  return ((type === 'object' && value !== null) || type === 'bigint') && typeof value.toJSON === 'function';
}

function resultOfToJSON(value, path, name) {
  const result = value.toJSON(name);
  // So an invalid date calls itself, that of `Date` and those of the libraries of dates.
  if (result === null) throw new SerializeError(path, `must not be ${nameOf(value)} whose toJSON gives null: it is no valid value`);
  return result;
}

function writeObject(object, path, parents) {
  if (parents.includes(object)) throw new SerializeError(path, "must not be within itself, which JSON can't represent");
  parents.push(object);
  const text = Array.isArray(object) ? writeItems(object, path, parents) : writeMembers(object, path, parents);
  parents.pop();
  return text;
}

function writeItems(array, path, parents) {
  let text = '';
  for (let index = 0; index < array.length; index += 1) {
    const item = write(array[index], `${path}[${index}]`, String(index), parents);
    text += index === 0 ? item : `,${item}`;
  }
  if (Object.keys(array).length !== array.length) {
    throw new SerializeError(path, 'must have no members besides its items, since JSON would leave them out');
  }
  refuseSymbols(array, path);
  return `[${text}]`;
}

function writeMembers(object, path, parents) {
  if (!isPlain(object)) {
    throw new SerializeError(path, `must be a plain object, not ${nameOf(object)}, of which JSON may leave out contents`);
  }
  let text = '';
  for (const name of Object.keys(object)) {
    const member = write(object[name], path === '' ? name : `${path}.${name}`, name, parents);
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${member}`;
  }
  refuseSymbols(object, path);
  return `{${text}}`;
}

function refuseSymbols(object, path) {
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
  if (typeof name !== 'string' || name === '' || isPlain(value)) return 'an object';
  return name === 'Object' ? 'an object that inherits members' : `an instance of ${name}`;
}

module.exports = { SerializeError, isPlain, nameOf, serialize };
