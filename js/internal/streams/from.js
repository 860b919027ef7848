'use strict';

// `Readable.from`: a Readable over what can be iterated.

const { Buffer } = require('buffer');
const { nextTick } = require('process');
const { coded, invalidArgType } = require('internal/errors');

const { asyncIterator, iterator } = Symbol;

function from(iterable, options) {
  return fromIterable(require('internal/streams/readable').Readable, iterable, options);
}

// Text and bytes are one chunk, though they could be iterated.
function fromWhole(Readable, value, options) {
  const read = function() {
    for (const chunk of [value, null]) this.push(chunk);
  };
  return new Readable({ objectMode: true, ...options, read });
}

function fromIterable(Readable, iterable, options) {
  if (iterable instanceof Buffer || typeof iterable === 'string') return fromWhole(Readable, iterable, options);
  const makeAsync = iterable?.[asyncIterator];
  const isAsync = !!makeAsync;
  const make = makeAsync || iterable?.[iterator];
  if (!make) throw invalidArgType('iterable', 'an instance of Iterable', iterable);
  const source = make.call(iterable);
  const readable = new Readable({ objectMode: true, highWaterMark: 1, ...options });
  let isReading = false;

  readable._read = function() {
    if (isReading) return;
    isReading = true;
    if (isAsync) readAsync();
    else readSync();
  };
  readable._destroy = function(error, callback) {
    // A tick later: what the source throws is then the program's own.
    close(error).then(() => nextTick(callback, error), (failure) => nextTick(callback, failure || error));
  };
  return readable;

  async function close(error) {
    const failed = error !== undefined && error !== null;
    if (failed && typeof source.throw === 'function') {
      const { value, done } = await source.throw(error);
      await value;
      if (done) return;
    }
    if (typeof source.return === 'function') {
      const { value } = await source.return();
      await value;
    }
  }

  // True if the source is to go on at once.
  function give(value, done) {
    if (done) {
      readable.push(null);
      return false;
    }
    if (value === null) {
      isReading = false;
      throw coded('ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
    }
    if (readable.push(value)) return true;
    isReading = false;
    return false;
  }

  async function readAsync() {
    try {
      while (true) {
        const { value, done } = await source.next();
        if (!give(value, done)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }

  // No promise is awaited as long as the source gives none.
  async function readSync() {
    try {
      while (true) {
        const { value, done } = source.next();
        const isThenable = !done && value && typeof value.then === 'function';
        if (!give(isThenable ? await value : value, done)) return;
      }
    } catch (error) {
      readable.destroy(error);
    }
  }
}

module.exports = { from, fromIterable };
