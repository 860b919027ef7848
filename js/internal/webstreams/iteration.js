'use strict';

// Iterating over a ReadableStream, and `ReadableStream.from`: a stream over what can be iterated.

const { coded } = require('internal/errors');
const { DefaultReaderCore, createReadable } = require('internal/webstreams/readable');
const { ReadRequest, hide, invalidState, invoke, kCore, promiseOf } = require('internal/webstreams/support');

const { getPrototypeOf } = Object;

const iteratorPrototype = {
  __proto__: getPrototypeOf(getPrototypeOf(async function* () {}).prototype),

  next() { return promiseOf(this, IteratorCore, (iterator) => iterator.queue(() => iterator.next())); },

  return(value = undefined) {
    return promiseOf(this, IteratorCore, (iterator) => iterator.queue(() => iterator.return(value)));
  },
};

// One step at a time, in the order in which they were asked for.
class IteratorCore {
  static type = 'ReadableStreamAsyncIterator';

  #ongoing;
  #isOver = false;

  constructor(core, keeps) {
    this.reader = new DefaultReaderCore(core);
    this.keeps = keeps;
  }

  queue(step) {
    this.#ongoing = this.#ongoing === undefined ? step() : this.#ongoing.then(step, step);
    return this.#ongoing;
  }

  next() {
    if (this.#isOver) return Promise.resolve({ value: undefined, done: true });
    const { reader } = this;
    const request = new ReadRequest();
    const end = () => {
      this.#isOver = true;
      reader.release();
    };
    reader.core.read({
      chunk: (value) => request.chunk(value),
      close: () => {
        end();
        request.close();
      },
      error: (error) => {
        end();
        request.error(error);
      },
    });
    return request.promise;
  }

  async return(value) {
    if (!this.#isOver) {
      this.#isOver = true;
      const { reader } = this;
      const outcome = this.keeps ? undefined : reader.core.cancel(value);
      reader.release();
      await outcome;
    }
    return { value, done: true };
  }
}

function iteratorOf(core, keeps) {
  const iterator = Object.create(iteratorPrototype);
  iterator[kCore] = new IteratorCore(core, keeps);
  hide(iterator);
  return iterator;
}

// `ReadableStream.from`.
function streamFrom(iterable) {
  const isObject = iterable !== null && iterable !== undefined;
  const isAsync = isObject && iterable[Symbol.asyncIterator] !== undefined && iterable[Symbol.asyncIterator] !== null;
  const make = isObject ? iterable[isAsync ? Symbol.asyncIterator : Symbol.iterator] : undefined;
  if (typeof make !== 'function') {
    throw coded('ERR_ARG_NOT_ITERABLE', `${require('util').inspect(iterable)} must be iterable`);
  }
  const iterator = make.call(iterable);
  if (iterator === null || (typeof iterator !== 'object' && typeof iterator !== 'function')) {
    throw invalidState('The iterator method must return an object');
  }
  const { next } = iterator;
  let controller;
  const check = (result) => {
    if (result === null || (typeof result !== 'object' && typeof result !== 'function')) {
      throw invalidState('The promise or iterator must be an object');
    }
    return result;
  };
  const pull = () => invoke(next, iterator).then(async (given) => {
    const result = check(given);
    if (result.done) controller[kCore].close();
    else controller[kCore].enqueue(isAsync ? result.value : await result.value);
  });
  const cancel = async (reason) => {
    const end = iterator.return;
    if (end === undefined || end === null) return;
    check(await end.call(iterator, reason));
  };
  return createReadable({ pull, cancel }, 0, undefined, (given) => { controller = given; });
}

module.exports = { iteratorOf, streamFrom };
