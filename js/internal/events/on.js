'use strict';

// events.on: an async iterator over the emissions of an event.

const { addAbortListener } = require('events');
const { AbortError, invalidArgType } = require('internal/errors');
const { validateAbortSignal, validateInteger, validateObject } = require('internal/validate');

const { getPrototypeOf, setPrototypeOf } = Object;
const asyncIteratorPrototype = getPrototypeOf(getPrototypeOf(async function* () {}).prototype);
const watermarkData = Symbol.for('nodejs.watermarkData');
const firstParameter = Symbol('kFirstEventParam');
const { asyncIterator, dispose } = Symbol;
const { MAX_SAFE_INTEGER } = Number;

// Emissions that wait for a reader, or readers that wait for an emission.
class Queue {
  #items = [];
  #head = 0;

  get isEmpty() {
    return this.#head === this.#items.length;
  }

  push(item) {
    this.#items[this.#items.length] = item;
  }

  shift() {
    const item = this.#items[this.#head];
    this.#items[this.#head++] = undefined;
    if (this.isEmpty) {
      this.#items = [];
      this.#head = 0;
    }
    return item;
  }
}

// Listeners of an emitter or event target, all taken off at once.
class Subscriptions {
  #emitter;
  #added = [];

  constructor(emitter) {
    this.#emitter = emitter;
  }

  add(name, listener) {
    const emitter = this.#emitter;
    if (typeof emitter.on === 'function') {
      emitter.on(name, listener);
    } else if (typeof emitter.addEventListener === 'function') {
      emitter.addEventListener(name, listener);
    } else {
      throw invalidArgType('emitter', 'an instance of EventEmitter', emitter);
    }
    this.#added[this.#added.length] = { name, listener };
  }

  removeAll() {
    const emitter = this.#emitter;
    for (let i = this.#added.length - 1; i >= 0; i--) {
      const { name, listener } = this.#added[i];
      if (typeof emitter.removeListener === 'function') {
        emitter.removeListener(name, listener);
      } else {
        emitter.removeEventListener(name, listener);
      }
    }
    this.#added = [];
  }
}

const aborted = (signal) => new AbortError(undefined, { cause: signal.reason });

function decode(options) {
  validateObject(options, 'options');
  const { close, signal, [firstParameter]: firstOnly } = options;
  validateAbortSignal(signal, 'options.signal');
  if (signal?.aborted) throw aborted(signal);
  const marks = {};
  for (const [side, otherwise] of [['high', MAX_SAFE_INTEGER], ['low', 1]]) {
    // Both spellings are in use.
    marks[side] = options[`${side}WaterMark`] ?? options[`${side}Watermark`] ?? otherwise;
    validateInteger(marks[side], `options.${side}WaterMark`, 1);
  }
  return { ...marks, signal, close, firstOnly };
}

function on(emitter, event, options = { __proto__: null }) {
  const { signal, high, low, close, firstOnly } = decode(options);
  const events = new Queue();
  const readers = new Queue();
  const subscriptions = new Subscriptions(emitter);
  let size = 0;
  let paused = false;
  let failed = false;
  let failure;
  let finished = false;
  let abortion;

  function receive(value) {
    if (!readers.isEmpty) {
      readers.shift().resolve({ value, done: false });
      return;
    }
    events.push(value);
    size++;
    if (!paused && size > high) {
      paused = true;
      emitter.pause();
    }
  }

  function fail(error) {
    if (readers.isEmpty) {
      failed = true;
      failure = error;
    } else {
      readers.shift().reject(error);
    }
    finish();
  }

  function finish() {
    abortion?.[dispose]();
    subscriptions.removeAll();
    finished = true;
    paused = false;
    const result = { value: undefined, done: true };
    while (!readers.isEmpty) readers.shift().resolve(result);
    return Promise.resolve(result);
  }

  const iterator = setPrototypeOf({
    next() {
      if (size > 0) {
        const value = events.shift();
        size--;
        if (paused && size < low) {
          emitter.resume();
          paused = false;
        }
        return Promise.resolve({ value, done: false });
      }
      if (failed) {
        failed = false;
        return Promise.reject(failure);
      }
      if (finished) return finish();
      return new Promise((resolve, reject) => readers.push({ resolve, reject }));
    },
    return() {
      return finish();
    },
    throw(error) {
      if (!(error instanceof Error)) {
        throw invalidArgType('EventEmitter.AsyncIterator', 'an instance of Error', error);
      }
      fail(error);
    },
    [asyncIterator]() {
      return this;
    },
    [watermarkData]: {
      get size() { return size; },
      get low() { return low; },
      get high() { return high; },
      get isPaused() { return paused; },
    },
  }, asyncIteratorPrototype);

  subscriptions.add(event, firstOnly ? receive : (...args) => receive(args));
  if (event !== 'error' && typeof emitter.on === 'function') subscriptions.add('error', fail);
  if (close?.length) {
    for (let i = 0; i < close.length; i++) subscriptions.add(close[i], finish);
  }
  if (signal) {
    abortion = addAbortListener(signal, () => fail(aborted(signal)));
  }
  return iterator;
}

on.firstParameter = firstParameter;
module.exports = on;
