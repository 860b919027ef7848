'use strict';

// The operators of a Readable: map, filter, reduce and their like.

const { AbortController, AbortSignal } = require('internal/abort_controller');
const { AbortError, coded, outOfRange } = require('internal/errors');
const { validateAbortSignal, validateFunction, validateInteger, validateObject } = require('internal/validate');
const { finished } = require('stream/promises');
const { from } = require('internal/streams/from');

const { floor } = Math;

// In the place of a value: nothing comes of this chunk; all chunks have come.
const NOTHING = Symbol('nothing');
const END = Symbol('end');

function checkOptions(options) {
  if (options === undefined || options === null) return;
  validateObject(options, 'options');
  const { signal } = options;
  if (signal !== undefined && signal !== null) validateAbortSignal(signal, 'options.signal');
}

function abortError(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

// What `call` makes of each chunk, in the order of the chunks: so many calls at a time, so many
// results ahead of the reader.
function results(stream, call, options) {
  validateFunction(call, 'fn');
  checkOptions(options);
  const concurrency = floor(options?.concurrency ?? 1);
  const ahead = floor(options?.highWaterMark ?? concurrency - 1);
  validateInteger(concurrency, 'options.concurrency', 1);
  validateInteger(ahead, 'options.highWaterMark', 0);
  return mapped(stream, call, options?.signal, concurrency, ahead + concurrency);
}

async function* mapped(stream, call, outer, concurrency, limit) {
  const signal = AbortSignal.any(outer ? [outer] : []);
  const callOptions = { signal };
  const queue = [];
  let running = 0;
  let isOver = false;
  let wakeReader;
  let wakePump;

  const settled = () => {
    running--;
    if (wakePump && !isOver && running < concurrency && queue.length < limit) letPumpGoOn();
  };
  const failed = () => {
    isOver = true;
    settled();
  };
  const letPumpGoOn = () => {
    const wake = wakePump;
    wakePump = undefined;
    wake?.();
  };
  const letReaderGoOn = () => {
    const wake = wakeReader;
    wakeReader = undefined;
    wake?.();
  };
  // False if nothing comes of the chunk.
  const start = (chunk) => {
    let result;
    try {
      result = call(chunk, callOptions);
      if (result === NOTHING) return false;
      result = Promise.resolve(result);
    } catch (error) {
      result = Promise.reject(error);
    }
    running++;
    result.then(settled, failed);
    queue.push(result);
    return true;
  };
  const pump = async () => {
    try {
      for await (const chunk of stream) {
        if (isOver) return;
        if (signal.aborted) throw new AbortError();
        if (!start(chunk)) continue;
        letReaderGoOn();
        if (!isOver && (queue.length >= limit || running >= concurrency)) {
          await new Promise((resolve) => { wakePump = resolve; });
        }
      }
      queue.push(END);
    } catch (error) {
      const result = Promise.reject(error);
      result.then(settled, failed);
      queue.push(result);
    } finally {
      isOver = true;
      letReaderGoOn();
    }
  };

  pump();
  try {
    while (true) {
      while (queue.length > 0) {
        const value = await queue[0];
        if (value === END) return;
        if (signal.aborted) throw new AbortError();
        if (value !== NOTHING) yield value;
        queue.shift();
        if (wakePump && !isOver && running < concurrency && queue.length < limit) letPumpGoOn();
      }
      await new Promise((resolve) => { wakeReader = resolve; });
    }
  } finally {
    isOver = true;
    letPumpGoOn();
  }
}

function filtered(stream, call, options) {
  validateFunction(call, 'fn');
  const test = async (value, callOptions) => ((await call(value, callOptions)) ? value : NOTHING);
  return results(stream, test, options);
}

function count(number) {
  const value = Number(number);
  if (value < 0) throw outOfRange('number', '>= 0', value);
  return value || 0;
}

async function* dropped(stream, number, signal) {
  if (signal?.aborted) throw new AbortError();
  for await (const value of stream) {
    if (signal?.aborted) throw new AbortError();
    if (number-- <= 0) yield value;
  }
}

async function* taken(stream, number, signal) {
  if (signal?.aborted) throw new AbortError();
  for await (const value of stream) {
    if (signal?.aborted) throw new AbortError();
    if (number-- > 0) yield value;
    // The next one is not waited for.
    if (number <= 0) return;
  }
}

async function* flattened(values) {
  for await (const value of values) yield* value;
}

async function some(stream, call, options) {
  for await (const value of filtered(stream, call, options)) return true;
  return false;
}

async function every(stream, call, options) {
  validateFunction(call, 'fn');
  return !(await some(stream, async (...args) => !(await call(...args)), options));
}

async function find(stream, call, options) {
  for await (const value of filtered(stream, call, options)) return value;
  return undefined;
}

async function forEach(stream, call, options) {
  validateFunction(call, 'fn');
  const step = async (value, callOptions) => {
    await call(value, callOptions);
    return NOTHING;
  };
  for await (const value of results(stream, step, options)) void value;
}

async function reduce(stream, args) {
  const [reducer, initial, options] = args;
  validateFunction(reducer, 'reducer');
  checkOptions(options);
  const outer = options?.signal;
  if (outer?.aborted) {
    const error = abortError(outer);
    stream.once('error', () => {});
    await finished(stream.destroy(error)).catch(() => {});
    throw error;
  }
  const controller = new AbortController();
  const { signal } = controller;
  const onAbort = () => controller.abort();
  outer?.addEventListener('abort', onAbort, { __proto__: null, once: true });
  let hasValue = args.length > 1;
  let value = initial;
  try {
    for await (const chunk of stream) {
      if (outer?.aborted) throw new AbortError();
      value = hasValue ? await reducer(value, chunk, { signal }) : chunk;
      hasValue = true;
    }
    if (!hasValue) throw coded('ERR_MISSING_ARGS', 'Reduce of an empty stream requires an initial value');
  } finally {
    controller.abort();
    outer?.removeEventListener('abort', onAbort);
  }
  return value;
}

async function toArray(stream, options) {
  checkOptions(options);
  const all = [];
  for await (const value of stream) {
    if (options?.signal?.aborted) throw abortError(options.signal);
    all.push(value);
  }
  return all;
}

// Operators that give a stream.
function streamOf(chunks) {
  return from(chunks);
}

// Operators that give a promise fail by it.
function promiseOf(start) {
  return Promise.resolve().then(start);
}

module.exports = {
  drop(number, options) {
    checkOptions(options);
    return streamOf(dropped(this, count(number), options?.signal));
  },
  filter(call, options) { return streamOf(filtered(this, call, options)); },
  flatMap(call, options) { return streamOf(flattened(results(this, call, options))); },
  map(call, options) { return streamOf(results(this, call, options)); },
  take(number, options) {
    checkOptions(options);
    return streamOf(taken(this, count(number), options?.signal));
  },
  every(call, options) { return promiseOf(() => every(this, call, options)); },
  forEach(call, options) { return promiseOf(() => forEach(this, call, options)); },
  reduce(...args) { return promiseOf(() => reduce(this, args)); },
  toArray(options) { return promiseOf(() => toArray(this, options)); },
  some(call, options) { return promiseOf(() => some(this, call, options)); },
  find(call, options) { return promiseOf(() => find(this, call, options)); },
};
