'use strict';

// What assert.throws and its relatives make of what a function did. The native half calls these
// with the function whose caller a stack begins at and the value of the error's `diff`.

const AssertionError = require('internal/assert/assertion_error');
const { coded, invalidArgType, invalidArgValue, received } = require('internal/errors');
const { inspect } = require('util');

const { isDeepStrictEqual, isNativeError, isPromise, isRegExp } = native;
const isPrototypeOf = Object.prototype.isPrototypeOf;
const exec = RegExp.prototype.exec;
const { apply } = Reflect;

function isError(value) {
  return isNativeError(value) || value instanceof Error;
}

function matches(regexp, text) {
  return apply(exec, regexp, [text]) !== null;
}

// Throws the caller's error, or an AssertionError with the caller's message.
function fail(start, diff, { message, ...rest }) {
  if (message instanceof Error) throw message;
  throw new AssertionError({ ...rest, message, operator: start.name, stackStartFn: start, diff });
}

// The properties of an error that a validation object names, as the difference shows them.
class Comparison {
  constructor(source, keys, actual) {
    for (const key of keys) {
      if (!(key in source)) continue;
      const matched = typeof actual?.[key] === 'string' && isRegExp(source[key]) &&
        matches(source[key], actual[key]);
      this[key] = matched ? actual[key] : source[key];
    }
  }
}

function compareProperty(start, diff, { actual, expected, message }, key, keys) {
  if (key in actual && isDeepStrictEqual(actual[key], expected[key])) return;
  if (message) fail(start, diff, { actual, expected, message });
  const error = new AssertionError({
    actual: new Comparison(actual, keys),
    expected: new Comparison(expected, keys, actual),
    operator: 'deepStrictEqual',
    stackStartFn: start,
    diff,
  });
  error.actual = actual;
  error.expected = expected;
  error.operator = start.name;
  throw error;
}

function compareObject(start, diff, comparison) {
  const { actual, expected } = comparison;
  const keys = Object.keys(expected);
  if (expected instanceof Error) {
    keys.push('name', 'message');
  } else if (keys.length === 0) {
    throw invalidArgValue('error', expected, 'may not be an empty object');
  }
  for (const key of keys) {
    const text = actual[key];
    if (typeof text === 'string' && isRegExp(expected[key]) && matches(expected[key], text)) continue;
    compareProperty(start, diff, comparison, key, keys);
  }
}

// Why an error is not one of the expected class.
function wrongClass(actual, expected) {
  const begin = `The error is expected to be an instance of "${expected.name}". Received `;
  if (!isError(actual)) return `${begin}"${inspect(actual, { depth: -1 })}"`;
  const name = actual.constructor?.name || actual.name;
  const received = expected.name === name ?
    'an error with identical name but a different prototype.' :
    `"${name}"`;
  const detail = actual.message ? `\n\nError message:\n\n${actual.message}` : '';
  return begin + received + detail;
}

// What is wrong with an error that a function was to check; undefined if nothing.
function checkWithFunction(actual, expected) {
  if (expected.prototype !== undefined && actual instanceof expected) return undefined;
  if (apply(isPrototypeOf, Error, [expected])) return () => wrongClass(actual, expected);
  const result = apply(expected, {}, [actual]);
  if (result === true) return undefined;
  return () => {
    const name = expected.name ? `"${expected.name}" ` : '';
    const caught = isError(actual) ? `\n\nCaught error:\n\n${actual}` : '';
    return `The ${name}validation function is expected to return "true". ` +
      `Received ${inspect(result)}${caught}`;
  };
}

function checkWithRegExp(actual, expected) {
  const text = String(actual);
  if (matches(expected, text)) return undefined;
  return () => 'The input did not match the regular expression ' +
    `${inspect(expected)}. Input:\n\n${inspect(text)}\n`;
}

function checkError(start, diff, { actual, expected, message }) {
  let describe;
  if (typeof expected === 'function') {
    describe = checkWithFunction(actual, expected);
  } else if (isRegExp(expected)) {
    describe = checkWithRegExp(actual, expected);
  } else if (typeof actual !== 'object' || actual === null) {
    const error = new AssertionError({
      actual, expected, message, operator: 'deepStrictEqual', stackStartFn: start, diff,
    });
    error.operator = start.name;
    throw error;
  } else {
    compareObject(start, diff, { actual, expected, message });
  }
  if (describe === undefined) return;
  const generated = !message;
  const error = new AssertionError({
    actual,
    expected,
    message: generated ? describe() : message,
    operator: start.name,
    stackStartFn: start,
    diff,
  });
  error.generatedMessage = generated;
  throw error;
}

// A lone string is a message; one that the error itself has is a mistake.
function refuseAmbiguity(actual, message) {
  const isObject = actual !== null && typeof actual === 'object';
  if ((isObject ? actual.message : actual) !== message) return;
  const what = isObject ? `error message "${actual.message}"` : `error "${actual}"`;
  throw coded('ERR_AMBIGUOUS_ARGUMENT',
              `The "error/message" argument is ambiguous. The ${what} is identical to the message.`);
}

function expectsError(start, diff, threw, actual, ...given) {
  const isMessage = typeof given[0] === 'string';
  const isWrong = isMessage ? given.length === 2 : !mayBeExpected(given[0]);
  if (isWrong) throw wrongExpectation(given[0]);
  if (isMessage && threw) refuseAmbiguity(actual, given[0]);
  const [error, message] = isMessage ? [undefined, given[0]] : given;
  if (!threw) {
    const kind = start.name === 'rejects' ? 'rejection' : 'exception';
    const name = error?.name ? ` (${error.name})` : '';
    const end = message ? `: ${message}` : '.';
    fail(start, diff, {
      actual: undefined, expected: error, message: `Missing expected ${kind}${name}${end}`,
    });
  }
  if (error) checkError(start, diff, { actual, expected: error, message });
}

function mayBeExpected(value) {
  const kind = typeof value;
  return kind === 'undefined' || kind === 'function' || kind === 'object';
}

function wrongExpectation(value) {
  return invalidArgType('error', 'of type function or an instance of Error, RegExp, or Object', value);
}

function isUnwanted(actual, expected) {
  if (typeof expected !== 'function') {
    if (isRegExp(expected)) return matches(expected, String(actual));
    throw invalidArgType('expected', 'of type function or an instance of RegExp', expected);
  }
  if (expected.prototype !== undefined && actual instanceof expected) return true;
  if (apply(isPrototypeOf, Error, [expected])) return false;
  return apply(expected, {}, [actual]) === true;
}

function expectsNoError(start, diff, threw, actual, error, message) {
  if (!threw) return;
  if (typeof error === 'string') {
    message = error;
    error = undefined;
  }
  if (error && !isUnwanted(actual, error)) throw actual;
  const kind = start.name === 'doesNotReject' ? 'rejection' : 'exception';
  const end = message ? `: ${message}` : '.';
  fail(start, diff, {
    actual,
    expected: error,
    message: `Got unwanted ${kind}${end}\nActual message: "${actual?.message}"`,
  });
}

function isThenable(value) {
  return isPromise(value) || (typeof value === 'object' && value !== null &&
    typeof value.then === 'function' && typeof value.catch === 'function');
}

function promiseOf(promiseFn) {
  if (typeof promiseFn !== 'function') {
    if (isThenable(promiseFn)) return promiseFn;
    throw invalidArgType('promiseFn', 'of type function or an instance of Promise', promiseFn);
  }
  const promise = promiseFn();
  if (!isThenable(promise)) {
    throw coded('ERR_INVALID_RETURN_VALUE', 'Expected instance of Promise to be returned from ' +
      `the "promiseFn" function but got ${received(promise)}.`);
  }
  return promise;
}

async function outcomeOf(promiseFn) {
  const promise = promiseOf(promiseFn);
  try {
    await promise;
  } catch (error) {
    return { threw: true, error };
  }
  return { threw: false, error: undefined };
}

// After the wait the assertion that the program called is not on the stack any more: the stacks of
// failures begin below these, with the function that waited.
function named(name, check) {
  const start = (...args) => check(start, ...args);
  Object.defineProperty(start, 'name', { __proto__: null, value: name });
  return start;
}
const checkRejected = named('rejects', expectsError);
const checkNotRejected = named('doesNotReject', expectsNoError);

async function rejects(start, diff, promiseFn, ...given) {
  const { threw, error } = await outcomeOf(promiseFn);
  checkRejected(diff, threw, error, ...given);
}

async function doesNotReject(start, diff, promiseFn, ...given) {
  const { threw, error } = await outcomeOf(promiseFn);
  checkNotRejected(diff, threw, error, ...given);
}

function unwanted(error) {
  if (typeof error !== 'object' || typeof error.message !== 'string') return inspect(error);
  return error.message.length === 0 && error.constructor ? error.constructor.name : error.message;
}

// The frames of the original error, below those that only the new one has.
function joinedStack(stack, original) {
  const begin = original.indexOf('\n    at');
  if (begin === -1) return undefined;
  const frames = original.slice(begin + 1).split('\n');
  let own = stack.split('\n');
  for (const frame of frames) {
    const position = own.indexOf(frame);
    if (position !== -1) {
      own = own.slice(0, position);
      break;
    }
  }
  return `${own.join('\n')}\n${frames.join('\n')}`;
}

function ifError(start, diff, error) {
  const failure = new AssertionError({
    actual: error,
    expected: null,
    operator: 'ifError',
    message: `ifError got unwanted exception: ${unwanted(error)}`,
    stackStartFn: start,
    diff,
  });
  if (typeof error.stack === 'string') {
    const stack = joinedStack(failure.stack, error.stack);
    if (stack !== undefined) failure.stack = stack;
  }
  throw failure;
}

module.exports = { doesNotReject, expectsError, expectsNoError, ifError, rejects };
