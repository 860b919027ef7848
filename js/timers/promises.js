'use strict';

// timers/promises.

const { clearImmediate, clearInterval, clearTimeout, setImmediate: startImmediate } = require('timers');
const { AbortError, coded } = require('internal/errors');
const { kResistStopPropagation } = require('internal/event_target');
const { startTimeout } = require('internal/timers');
const {
  validateAbortSignal, validateBoolean, validateNumber, validateObject,
} = require('internal/validate');

const kScheduler = Symbol('kScheduler');

function decode(options) {
  validateObject(options, 'options');
  const { signal, ref } = options;
  validateAbortSignal(signal, 'options.signal');
  if (ref !== undefined) validateBoolean(ref, 'options.ref');
  if (signal?.aborted) throw abortError(signal);
  return { signal, ref: ref ?? true };
}

function abortError(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

function onAbort(signal, listener) {
  signal.addEventListener('abort', listener, { __proto__: null, [kResistStopPropagation]: true });
}

// A promise for what `start` resolves later with a timer or an immediate, unless the signal
// aborts first.
function wait(options, start, clear) {
  let { signal, ref } = options;
  return new Promise((resolve, reject) => {
    if (!signal) {
      start(resolve, ref);
      return;
    }
    const waiting = start((value) => {
      signal.removeEventListener('abort', cancel);
      resolve(value);
    }, ref);
    function cancel() {
      clear(waiting);
      signal.removeEventListener('abort', cancel);
      reject(abortError(signal));
    }
    onAbort(signal, cancel);
  });
}

function setTimeout(after, value, options = { __proto__: null }) {
  try {
    if (after !== undefined) validateNumber(after, 'delay');
    options = decode(options);
  } catch (error) {
    return Promise.reject(error);
  }
  const start = (resolve, ref) => startTimeout(resolve, after, value, false, ref);
  return wait(options, start, clearTimeout);
}

function setImmediate(value, options = { __proto__: null }) {
  try {
    options = decode(options);
  } catch (error) {
    return Promise.reject(error);
  }
  const start = (resolve, ref) => {
    const immediate = startImmediate(resolve, value);
    if (!ref) immediate.unref();
    return immediate;
  };
  return wait(options, start, clearImmediate);
}

async function* setInterval(after, value, options = { __proto__: null }) {
  if (after !== undefined) validateNumber(after, 'delay');
  const { signal, ref } = decode(options);
  let due = 0;
  let wake;
  const interval = startTimeout(() => {
    due++;
    wake?.();
  }, after, undefined, true, ref);
  const cancel = () => {
    clearInterval(interval);
    wake?.();
  };
  if (signal) onAbort(signal, cancel);
  try {
    while (!signal?.aborted) {
      if (due === 0) await new Promise((resolve) => { wake = resolve; });
      wake = undefined;
      // What was due before the signal aborted is not given any more.
      if (signal?.aborted) break;
      for (; due > 0; due--) yield value;
    }
    throw abortError(signal);
  } finally {
    clearInterval(interval);
    signal?.removeEventListener('abort', cancel);
  }
}

class Scheduler {
  constructor() {
    throw coded('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }

  yield() {
    if (!this[kScheduler]) throw coded('ERR_INVALID_THIS', 'Value of "this" must be of type Scheduler');
    return setImmediate();
  }

  wait(delay, options) {
    if (!this[kScheduler]) throw coded('ERR_INVALID_THIS', 'Value of "this" must be of type Scheduler');
    return setTimeout(delay, undefined, options);
  }
}

const scheduler = Object.create(Scheduler.prototype);
scheduler[kScheduler] = true;

module.exports = { setTimeout, setImmediate, setInterval, scheduler };
