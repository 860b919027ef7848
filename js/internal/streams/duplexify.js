'use strict';

// `Duplex.from`: a Duplex out of whatever can be read or written.

const { AbortController } = require('internal/abort_controller');
const { AbortError, coded, invalidArgType, received } = require('internal/errors');
const { nextTick } = require('process');
const { destroyer } = require('internal/streams/destroyer');
const { Duplex } = require('internal/streams/duplex');
const { Facade, facadeOptions } = require('internal/streams/facade');
const { finished } = require('internal/streams/finished');
const { fromIterable } = require('internal/streams/from');
const {
  isDuplexNodeStream, isIterable, isNodeStream, isReadable, isReadableNodeStream, isReadableStream,
  isWritable, isWritableNodeStream, isWritableStream,
} = require('internal/streams/predicates');

const EXPECTED = 'of type function or an instance of Blob, ReadableStream, WritableStream, Stream, ' +
  'Iterable, AsyncIterable, or Promise or { readable, writable } pair';

// By this name programs see what is made here.
class Duplexify extends Duplex {}

const web = () => require('internal/streams/web');

function duplexFrom(body, name) {
  if (isDuplexNodeStream(body)) return body;
  if (isReadableNodeStream(body)) return pairOf(body, undefined);
  if (isWritableNodeStream(body)) return pairOf(undefined, body);
  if (isNodeStream(body)) return pairOf(undefined, undefined);
  if (isReadableStream(body)) return pairOf(web().readableFromWeb(body), undefined);
  if (isWritableStream(body)) return pairOf(undefined, web().writableFromWeb(body));
  if (typeof body === 'function') return duplexOfFunction(body, name);
  if (isBlob(body)) return duplexFrom(body.arrayBuffer(), name);
  if (isIterable(body)) return fromIterable(Duplexify, body, { objectMode: true, writable: false });
  const { readable, writable } = body ?? {};
  if (isReadableStream(readable) && isWritableStream(writable)) return web().duplexFromWeb(body);
  if ([readable, writable].some((side) => typeof side === 'object')) {
    const sideOf = (side, fits) => (!side || fits(side) ? side || undefined : duplexFrom(side, name));
    return pairOf(sideOf(readable, isReadableNodeStream), sideOf(writable, isWritableNodeStream));
  }
  if (typeof body?.then === 'function') return duplexOfPromise(body);
  throw invalidArgType(name, EXPECTED, body);
}

function isBlob(value) {
  return value instanceof require('buffer').Blob;
}

function duplexOfPromise(promise) {
  const duplex = new Duplexify({ objectMode: true, writable: false, read() {} });
  promise.then((value) => {
    if (value !== undefined && value !== null) duplex.push(value);
    duplex.push(null);
  }, (error) => destroyer(duplex, error));
  return duplex;
}

// A function gets what is written as an iterable; what it returns is what can be read.
function duplexOfFunction(body, name) {
  const { value, write, final, destroy } = callWithInput(body);
  if (isDuplexNodeStream(value)) return value;
  if (isIterable(value)) return fromIterable(Duplexify, value, { objectMode: true, write, final, destroy });
  if (typeof value?.then !== 'function') {
    throw invalidReturn('Iterable, AsyncIterable or AsyncFunction', name, value);
  }
  const outcome = value.then((result) => {
    if (result !== undefined && result !== null) throw invalidReturn('nully', 'body', result);
  }, (error) => destroyer(duplex, error));
  const duplex = new Duplexify({
    objectMode: true,
    readable: false,
    write,
    final(callback) {
      final(() => outcome.then(() => nextTick(callback, null), (error) => nextTick(callback, error)));
    },
    destroy,
  });
  return duplex;
}

function invalidReturn(expected, name, value) {
  const got = received(value).replace(/^Received /, '').trim();
  return coded('ERR_INVALID_RETURN_VALUE',
    `Expected ${expected} to be returned from the "${name}" function but got ${got}.`);
}

function callWithInput(body) {
  const controller = new AbortController();
  const { signal } = controller;
  // What is written next.
  let next = Promise.withResolvers();
  async function* input() {
    for (let step = await next.promise; ; step = await next.promise) {
      nextTick(step.callback);
      if (step.isLast) return;
      if (signal.aborted) break;
      next = Promise.withResolvers();
      yield step.chunk;
    }
    throw new AbortError(undefined, { cause: signal.reason });
  }
  return {
    value: body(input(), { signal }),
    write(chunk, encoding, callback) { next.resolve({ chunk, isLast: false, callback }); },
    final(callback) { next.resolve({ isLast: true, callback }); },
    destroy(error, callback) {
      controller.abort();
      callback(error);
    },
  };
}

// One Duplex for two streams, or for one.
function pairOf(readable, writable) {
  const source = readable && typeof readable.read !== 'function' ?
    require('internal/streams/wrap').readableOf(readable) : readable;
  const canRead = !!isReadable(source);
  const canWrite = !!isWritable(writable);
  const duplex = new Duplexify(facadeOptions(source, writable, canRead, canWrite));
  const facade = new Facade(duplex);
  const onThrough = (error) => {
    if (error) destroyer(source, error);
    facade.through(error);
  };
  if (canWrite) {
    finished(writable, onThrough);
    facade.writeInto(writable);
    writable.on('finish', () => facade.settle('onFinish'));
  }
  if (canRead) {
    finished(source, onThrough);
    facade.readFrom(source);
  }
  facade.destroyWith(writable, source);
  return duplex;
}

// `Duplex.from`.
function from(body) {
  return duplexFrom(body, 'body');
}

module.exports = { duplexFrom, from };
