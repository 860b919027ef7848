'use strict';

// `pipeline`: streams, iterables and functions in a row, as one with one outcome.

const { addAbortListener } = require('events');
const { AbortController } = require('internal/abort_controller');
const { AbortError, coded, invalidArgType } = require('internal/errors');
const { nextTick } = require('process');
const { validateAbortSignal, validateFunction } = require('internal/validate');
const { streamDestroyed } = require('internal/streams/life');
const { joinErrors } = require('internal/streams/rare');
const { finished } = require('internal/streams/finished');
const {
  isIterable, isNodeStream, isReadable, isReadableFinished, isReadableNodeStream,
  isReadableStream, isTransformStream, isWebStream,
} = require('internal/streams/predicates');

const { isArray } = Array;
const PREMATURE_CLOSE = 'ERR_STREAM_PREMATURE_CLOSE';

class Pipeline {
  #streams;
  #callback;
  #ends;
  #controller = new AbortController();
  #signal;
  #abortion;
  #error;
  #value;
  #running = 0;
  #destroyers = [];
  // What the last stream is relieved of when all went well: a program may go on with it.
  #cleanUps = [];

  constructor(streams, callback, options) {
    if (streams.length === 1 && isArray(streams[0])) streams = streams[0];
    if (streams.length < 2) throw coded('ERR_MISSING_ARGS', 'The "streams" argument must be specified');
    const signal = options?.signal;
    if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
    this.#streams = streams;
    this.#callback = callback;
    this.#ends = options?.end !== false;
    this.#signal = signal;
    if (signal) this.#abortion = addAbortListener(signal, this.#abort);
  }

  // Connects all; what comes out is the last of them.
  run() {
    const streams = this.#streams;
    const last = streams.length - 1;
    let made;
    for (let i = 0; i <= last; i++) {
      const stream = streams[i];
      const isLast = i === last;
      if (isNodeStream(stream)) this.#watch(stream, i > 0, isLast);
      if (i === 0) made = this.#source(stream);
      else if (typeof stream === 'function') made = this.#call(stream, made, i, isLast);
      else if (isNodeStream(stream)) made = this.#intoNode(made, stream, isLast);
      else if (isWebStream(stream)) made = this.#intoWeb(made, stream, isLast);
      else made = require('internal/streams/duplexify').duplexFrom(stream, 'body');
    }
    if (this.#controller.signal.aborted || this.#signal?.aborted) nextTick(this.#abort);
    return made;
  }

  // One of those that run is through.
  #done = (error) => this.#settle(error, --this.#running === 0);

  #abort = () => this.#settle(new AbortError(undefined, { cause: this.#signal?.reason }), false);

  #fail = (error) => this.#settle(error, false);

  #settle(error, isFinal) {
    if (error && (!this.#error || this.#error.code === PREMATURE_CLOSE)) this.#error = error;
    if (!this.#error && !isFinal) return;
    while (this.#destroyers.length > 0) this.#destroyers.shift()(this.#error);
    this.#abortion?.[Symbol.dispose]();
    this.#controller.abort();
    if (!isFinal) return;
    if (!this.#error) this.#cleanUps.forEach((cleanUp) => cleanUp());
    nextTick(this.#callback, this.#error, this.#value);
  }

  #watch(stream, isWritten, isLast) {
    const isRead = !isLast;
    if (isRead || this.#ends) {
      const { destroy, cleanUp } = destroyerOf(stream, isRead, isWritten);
      this.#destroyers.push(destroy);
      if (isReadable(stream) && isLast) this.#cleanUps.push(cleanUp);
    }
    const onError = (error) => {
      if (error && error.name !== 'AbortError' && error.code !== PREMATURE_CLOSE) this.#fail(error);
    };
    stream.on('error', onError);
    if (isReadable(stream) && isLast) this.#cleanUps.push(() => stream.removeListener('error', onError));
  }

  #source(stream) {
    if (typeof stream === 'function') {
      const made = stream({ signal: this.#controller.signal });
      if (!isIterable(made)) throw invalidReturn('Iterable, AsyncIterable or Stream', 'source', made);
      return made;
    }
    if (isIterable(stream) || isReadableNodeStream(stream) || isTransformStream(stream)) return stream;
    return require('internal/streams/duplexify').duplexFrom(stream, 'body');
  }

  #call(transform, before, index, isLast) {
    const input = iterableOf(isTransformStream(before) ? before.readable : before);
    const made = transform(input, { signal: this.#controller.signal });
    if (!isLast) {
      if (!isIterable(made, true)) throw invalidReturn('AsyncIterable', `transform[${index - 1}]`, made);
      return made;
    }
    // What the last one gives is to be read from the pipeline.
    const { PassThrough } = require('internal/streams/passthrough');
    const output = new PassThrough({ objectMode: true });
    const then = made?.then;
    if (typeof then === 'function') {
      this.#running++;
      this.#await(then, made, output);
    } else if (isIterable(made, true)) {
      this.#pump(made, output, true);
    } else if (isReadableStream(made) || isTransformStream(made)) {
      this.#pump(made.readable || made, output, true);
    } else {
      throw invalidReturn('AsyncIterable or Promise', 'destination', made);
    }
    const { destroy, cleanUp } = destroyerOf(output, false, true);
    this.#destroyers.push(destroy);
    this.#cleanUps.push(cleanUp);
    return output;
  }

  #await(then, made, output) {
    then.call(made, (value) => {
      this.#value = value;
      if (value !== undefined && value !== null) output.write(value);
      if (this.#ends) output.end();
      nextTick(this.#done);
    }, (error) => {
      output.destroy(error);
      nextTick(this.#done, error);
    });
  }

  #intoNode(source, stream, isLast) {
    if (isReadableNodeStream(source)) {
      this.#running += 2;
      const cleanUp = this.#pipe(source, stream, !isLast || this.#ends);
      if (isReadable(stream) && isLast) this.#cleanUps.push(cleanUp);
    } else if (isTransformStream(source) || isReadableStream(source)) {
      this.#pump(source.readable || source, stream, isLast);
    } else if (isIterable(source)) {
      this.#pump(source, stream, isLast);
    } else {
      throw invalidSource(source);
    }
    return stream;
  }

  #intoWeb(source, stream, isLast) {
    let chunks;
    if (isReadableNodeStream(source)) chunks = iterableOf(source);
    else if (isReadableStream(source) || isIterable(source)) chunks = source;
    else if (isTransformStream(source)) chunks = source.readable;
    else throw invalidSource(source);
    this.#running++;
    pumpIntoWeb(chunks, stream, this.#done, !isLast || this.#ends);
    return stream;
  }

  #pump(chunks, stream, isLast) {
    this.#running++;
    pumpIntoNode(chunks, stream, this.#done, !isLast || this.#ends);
  }

  #pipe(source, stream, ends) {
    let isEnded = false;
    stream.on('close', () => {
      if (!isEnded) this.#fail(coded(PREMATURE_CLOSE, 'Premature close'));
    });
    source.pipe(stream, { end: false });
    if (ends) {
      const end = () => {
        isEnded = true;
        stream.end();
      };
      if (isReadableFinished(source)) nextTick(end);
      else source.once('end', end);
    } else {
      this.#done();
    }
    finished(source, { readable: true, writable: false }, (error) => {
      const state = source._readableState;
      const isAtEnd = error?.code === PREMATURE_CLOSE && state?.ended && !state.errored && !state.errorEmitted;
      // All of it has come, though it was closed before it could say so: it will.
      if (isAtEnd) source.once('end', this.#done).once('error', this.#done);
      else this.#done(error);
    });
    return finished(stream, { readable: false, writable: true }, this.#done);
  }
}

function destroyerOf(stream, isRead, isWritten) {
  let isThrough = false;
  stream.on('close', () => { isThrough = true; });
  const cleanUp = finished(stream, { readable: isRead, writable: isWritten }, (error) => { isThrough = !error; });
  const destroy = (error) => {
    if (isThrough) return;
    isThrough = true;
    require('internal/streams/destroyer').destroyer(stream, error || streamDestroyed('pipe'));
  };
  return { destroy, cleanUp };
}

function iterableOf(value) {
  if (isIterable(value)) return value;
  if (isReadableNodeStream(value)) return chunksOf(value);
  throw invalidSource(value);
}

// A stream of old has no iterator of its own.
async function* chunksOf(stream) {
  yield* require('internal/streams/iterate').streamIterator(stream);
}

async function pumpIntoNode(chunks, stream, done, ends) {
  let failure;
  let wake = null;
  const onEvent = (error) => {
    if (error) failure = error;
    const resolve = wake;
    wake = null;
    resolve?.();
  };
  const wait = () => new Promise((resolve, reject) => {
    const settle = () => (failure ? reject(failure) : resolve());
    if (failure) settle();
    else wake = settle;
  });
  stream.on('drain', onEvent);
  const cleanUp = finished(stream, { readable: false }, onEvent);
  try {
    if (stream.writableNeedDrain) await wait();
    for await (const chunk of chunks) {
      if (!stream.write(chunk)) await wait();
    }
    if (ends) {
      stream.end();
      await wait();
    }
    done();
  } catch (error) {
    done(joinErrors(failure, error));
  } finally {
    cleanUp();
    stream.off('drain', onEvent);
  }
}

// A failure shows in what comes after it, too.
function unheeded(outcome) {
  outcome.catch(() => {});
}

async function pumpIntoWeb(chunks, stream, done, ends) {
  const writer = (isTransformStream(stream) ? stream.writable : stream).getWriter();
  try {
    for await (const chunk of chunks) {
      await writer.ready;
      unheeded(writer.write(chunk));
    }
    await writer.ready;
    if (ends) await writer.close();
    done();
  } catch (error) {
    try {
      await writer.abort(error);
      done(error);
    } catch (second) {
      done(second);
    }
  }
}

function invalidReturn(expected, name, value) {
  const { received } = require('internal/errors');
  const got = received(value).replace(/^Received /, '').trim();
  return coded('ERR_INVALID_RETURN_VALUE',
    `Expected ${expected} to be returned from the "${name}" function but got ${got}.`);
}

function invalidSource(value) {
  const expected = 'an instance of Readable, Iterable, AsyncIterable, ReadableStream, or TransformStream';
  return invalidArgType('val', expected, value);
}

function pipeline(...streams) {
  const callback = streams.pop();
  validateFunction(callback, 'streams[stream.length - 1]');
  let isCalled = false;
  return pipelineOf(streams, function(...args) {
    if (isCalled) return;
    isCalled = true;
    callback.apply(this, args);
  });
}

function pipelineOf(streams, callback, options) {
  return new Pipeline(streams, callback, options).run();
}

// The same as a promise, with options in the last place.
function pipelinePromise(...streams) {
  return new Promise((resolve, reject) => {
    let options;
    const last = streams[streams.length - 1];
    if (last && typeof last === 'object' && !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      options = streams.pop();
    }
    pipelineOf(streams, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    }, { signal: options?.signal, end: options?.end });
  });
}

// Programs know it by the name of what it stands for.
Object.defineProperty(pipelinePromise, 'name', { __proto__: null, value: 'pipeline' });
Object.defineProperty(pipeline, Symbol.for('nodejs.util.promisify.custom'), {
  __proto__: null, value: require('stream/promises').pipeline, enumerable: true,
});

module.exports = { pipeline, pipelineOf, pipelinePromise };
