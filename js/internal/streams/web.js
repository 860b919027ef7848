'use strict';

// Between Node's streams and web streams, both ways.

const { Buffer } = require('buffer');
const { AbortError, coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { nextTick } = require('process');
const { isAnyArrayBuffer } = require('util/types');
const { validateBoolean, validateObject } = require('internal/validate');
const {
  CountQueuingStrategy, ReadableStream, WritableStream,
} = require('stream/web');
const { destroyer } = require('internal/streams/destroyer');
const { finished } = require('internal/streams/finished');
const {
  isDestroyed, isReadable, isReadableStream, isWritable, isWritableEnded, isWritableStream,
} = require('internal/streams/predicates');

function nop() {}

// Calls a stream's callback; one that fails is nobody's but the program's.
function telling(callback, error) {
  return () => {
    try {
      callback(error);
    } catch (thrown) {
      nextTick(() => { throw thrown; });
    }
  };
}

// ---- From web streams.

// The methods of a Readable that reads from a web stream's reader.
class Source {
  isClosed = false;

  constructor(stream) {
    this.reader = stream.getReader();
  }

  options() {
    const source = this;
    return {
      read() {
        source.reader.read().then(({ value, done }) => this.push(done ? null : value), (error) => destroyer(this, error));
      },
      destroy(error, callback) { source.destroy(error, callback); },
    };
  }

  destroy(error, callback) {
    const done = telling(callback, error);
    if (this.isClosed) done();
    else this.reader.cancel(error).then(done, done);
  }

  watch(stream) {
    this.reader.closed.then(() => { this.isClosed = true; }, (error) => {
      this.isClosed = true;
      destroyer(stream, error);
    });
  }
}

// The methods of a Writable that writes to a web stream's writer.
class Sink {
  isClosed = false;

  constructor(stream, decodesStrings, objectMode) {
    this.writer = stream.getWriter();
    this.decodes = decodesStrings && !objectMode;
  }

  options() {
    const sink = this;
    return {
      write(chunk, encoding, callback) {
        const { writer } = sink;
        const done = sink.once(this, callback);
        if (sink.decodes && typeof chunk === 'string') {
          const bytes = Buffer.from(chunk, encoding);
          chunk = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        }
        writer.ready.then(() => writer.write(chunk).then(() => done(), done), done);
      },
      writev(chunks, callback) {
        const { writer } = sink;
        const done = sink.once(this, callback);
        const writeAll = () => Promise.all(chunks.map(({ chunk }) => writer.write(chunk)));
        writer.ready.then(() => writeAll().then(() => done(), done), done);
      },
      final(callback) {
        const done = sink.once(this, callback);
        if (!sink.isClosed) sink.writer.close().then(() => done(), done);
        else done();
      },
      destroy(error, callback) { sink.destroy(error, callback); },
    };
  }

  once(stream, callback) {
    return (error) => {
      try {
        callback(error);
      } catch (thrown) {
        nextTick(() => destroyer(stream, thrown));
      }
    };
  }

  destroy(error, callback) {
    const done = telling(callback, error);
    if (this.isClosed) done();
    else if (error !== null && error !== undefined) this.writer.abort(error).then(done, done);
    else this.writer.close().then(done, done);
  }

  watch(stream) {
    this.writer.closed.then(() => {
      this.isClosed = true;
      if (!isWritableEnded(stream)) destroyer(stream, coded('ERR_STREAM_PREMATURE_CLOSE', 'Premature close'));
    }, (error) => {
      this.isClosed = true;
      destroyer(stream, error);
    });
  }
}

function checkReadable(stream, name) {
  if (!isReadableStream(stream)) throw invalidArgType(name, 'an instance of ReadableStream', stream);
}

function checkWritable(stream, name) {
  if (!isWritableStream(stream)) throw invalidArgType(name, 'an instance of WritableStream', stream);
}

function checkEncoding(encoding) {
  if (encoding !== undefined && !Buffer.isEncoding(encoding)) throw invalidArgValue('options.encoding', encoding);
}

function readableFromWeb(stream, options = {}) {
  checkReadable(stream, 'readableStream');
  validateObject(options, 'options');
  const { highWaterMark, encoding, objectMode = false, signal } = options;
  checkEncoding(encoding);
  validateBoolean(objectMode, 'options.objectMode');
  const { Readable } = require('internal/streams/readable');
  const source = new Source(stream);
  const readable = new Readable({ objectMode, highWaterMark, encoding, signal, ...source.options() });
  source.watch(readable);
  return readable;
}

function writableFromWeb(stream, options = {}) {
  checkWritable(stream, 'writableStream');
  validateObject(options, 'options');
  const { highWaterMark, decodeStrings = true, objectMode = false, signal } = options;
  validateBoolean(objectMode, 'options.objectMode');
  validateBoolean(decodeStrings, 'options.decodeStrings');
  const { Writable } = require('internal/streams/writable');
  const sink = new Sink(stream, decodeStrings, objectMode);
  const writable = new Writable({ highWaterMark, objectMode, decodeStrings, signal, ...sink.options() });
  sink.watch(writable);
  return writable;
}

function duplexFromWeb(pair = {}, options = {}) {
  validateObject(pair, 'pair');
  checkReadable(pair.readable, 'pair.readable');
  checkWritable(pair.writable, 'pair.writable');
  validateObject(options, 'options');
  const { encoding, highWaterMark, signal } = options;
  const { decodeStrings = true, objectMode = false, allowHalfOpen = false } = options;
  validateBoolean(objectMode, 'options.objectMode');
  checkEncoding(encoding);
  const { Duplex } = require('internal/streams/duplex');
  const sink = new Sink(pair.writable, decodeStrings, objectMode);
  const source = new Source(pair.readable);
  const duplex = new Duplex({
    allowHalfOpen, highWaterMark, objectMode, encoding, decodeStrings, signal,
    ...source.options(),
    ...sink.options(),
    destroy(error, callback) {
      const destroyOf = (side) => new Promise((resolve) => side.destroy(error, resolve));
      const done = telling(callback, error);
      Promise.all([destroyOf(sink), destroyOf(source)]).then(done, done);
    },
  });
  sink.watch(duplex);
  source.watch(duplex);
  return duplex;
}

// ---- To web streams.

// What ended before its time was aborted, to a web stream.
function webError(error) {
  return error?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? new AbortError(undefined, { cause: error }) : error;
}

function checkType(type) {
  if (type === undefined || type === 'bytes') return;
  const { inspect } = require('util');
  throw coded('ERR_INVALID_ARG_VALUE',
    `The property 'options.type' must be one of: 'bytes', undefined. Received ${inspect(type)}`);
}

function readableToWeb(stream, options = {}) {
  if (typeof stream?._readableState !== 'object') {
    throw invalidArgType('streamReadable', 'an stream.Readable', stream);
  }
  validateObject(options, 'options');
  const { type } = options;
  checkType(type);
  if (isDestroyed(stream) || !isReadable(stream)) {
    const empty = new ReadableStream({ type });
    empty.cancel();
    return empty;
  }
  const objectMode = stream.readableObjectMode;
  const highWaterMark = stream.readableHighWaterMark;
  let strategy = type === 'bytes' ? { highWaterMark } : options.strategy;
  strategy ??= objectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller;
  let isCancelled = false;
  stream.pause();
  const cleanUp = finished(stream, (error) => {
    cleanUp();
    // What comes after the end concerns nobody.
    stream.on('error', nop);
    if (error) {
      controller.error(webError(error));
      return;
    }
    if (isCancelled) return;
    controller.close();
    controller.byobRequest?.respond(0);
  });
  const web = new ReadableStream({
    type,
    start(given) { controller = given; },
    pull() { stream.resume(); },
    cancel(reason) {
      isCancelled = true;
      destroyer(stream, reason);
    },
  }, strategy);
  stream.on('data', (chunk) => {
    // Web streams know nothing of Buffers.
    const isCopied = !objectMode && Buffer.isBuffer(chunk);
    controller.enqueue(isCopied ? new Uint8Array(chunk) : chunk);
    if (!(controller.desiredSize > 0)) stream.pause();
  });
  // The listener alone would let it flow.
  stream.pause();
  return web;
}

function writableToWeb(stream) {
  const isWritableLike = typeof stream?._writableState === 'object' ||
    (typeof stream?.write === 'function' && typeof stream.on === 'function');
  if (!isWritableLike) throw invalidArgType('streamWritable', 'an stream.Writable', stream);
  if (isDestroyed(stream) || !isWritable(stream)) {
    const closed = new WritableStream();
    closed.close();
    return closed;
  }
  const highWaterMark = stream.writableHighWaterMark;
  const strategy = stream.writableObjectMode ? new CountQueuingStrategy({ highWaterMark }) : { highWaterMark };
  let controller;
  let drained;
  let closed;
  const cleanUp = finished(stream, (error) => {
    const failure = webError(error);
    cleanUp();
    stream.on('error', nop);
    if (failure !== undefined && failure !== null) {
      drained?.reject(failure);
      closed?.reject(failure);
      closed = undefined;
      controller.error(failure);
    } else if (closed !== undefined) {
      closed.resolve();
      closed = undefined;
    } else {
      controller.error(new AbortError());
    }
  });
  stream.on('drain', () => drained?.resolve());
  return new WritableStream({
    start(given) { controller = given; },
    write(chunk) {
      // Web streams write bare buffers too, Node's do not.
      if (isAnyArrayBuffer(chunk) && !stream.writableObjectMode) chunk = new Uint8Array(chunk);
      if (!stream.writableNeedDrain && stream.write(chunk)) return undefined;
      drained = Promise.withResolvers();
      return drained.promise.finally(() => { drained = undefined; });
    },
    abort(reason) { destroyer(stream, reason); },
    close() {
      if (closed === undefined && !isWritableEnded(stream)) closed = Promise.withResolvers();
      const outcome = closed?.promise;
      stream.end();
      return outcome;
    },
  }, strategy);
}

function duplexToWeb(duplex, options = {}) {
  if (typeof duplex?._writableState !== 'object' || typeof duplex._readableState !== 'object') {
    throw invalidArgType('duplex', 'an stream.Duplex', duplex);
  }
  validateObject(options, 'options');
  const type = options.readableType ?? options.type;
  checkType(type);
  const isGone = isDestroyed(duplex);
  let writable;
  let readable;
  if (!isGone && isWritable(duplex)) {
    writable = writableToWeb(duplex);
  } else {
    writable = new WritableStream();
    writable.close();
  }
  if (!isGone && isReadable(duplex)) {
    readable = readableToWeb(duplex, { type });
  } else {
    readable = new ReadableStream({ type });
    readable.cancel();
  }
  return { writable, readable };
}

module.exports = {
  duplexFromWeb, duplexToWeb, readableFromWeb, readableToWeb, writableFromWeb, writableToWeb,
};
