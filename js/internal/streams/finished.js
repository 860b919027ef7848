'use strict';

// `finished`: tells once when a stream is through, however it ends.

const { addAbortListener } = require('events');
const { AbortError, coded, invalidArgType } = require('internal/errors');
const { nextTick } = require('process');
const { validateAbortSignal, validateFunction, validateObject } = require('internal/validate');
const {
  isClosed, isNodeStream, isReadable, isReadableErrored, isReadableFinished, isReadableNodeStream,
  isReadableStream, isRequest, isWritable, isWritableErrored, isWritableFinished,
  isWritableNodeStream, isWritableStream, kIsClosedPromise, willEmitClose,
} = require('internal/streams/predicates');

function nop() {}

function finished(stream, options, callback) {
  if (arguments.length === 2) [options, callback] = [undefined, options];
  options ??= {};
  validateObject(options, 'options');
  validateFunction(callback, 'callback');
  if (options.signal !== undefined) validateAbortSignal(options.signal, 'options.signal');
  if (isReadableStream(stream) || isWritableStream(stream)) return finishedWeb(stream, options, callback);
  if (!isNodeStream(stream)) {
    throw invalidArgType('stream', 'an instance of ReadableStream, WritableStream, or Stream', stream);
  }
  const watch = new Watch(stream, options, callback);
  watch.begin();
  return () => watch.stop();
}

// One stream that is watched for its end.
class Watch {
  #stream;
  #options;
  #callback;
  #listeners = [];
  #abortion;
  // The sides that are waited for, and those that are through.
  #readable;
  #writable;
  #readableDone;
  #writableDone;
  #waitsForClose;
  #isClosed;

  constructor(stream, options, callback) {
    this.#stream = stream;
    this.#options = options;
    this.#callback = callback;
    const isReadableSide = !!isReadableNodeStream(stream);
    const isWritableSide = isWritableNodeStream(stream);
    this.#readable = options.readable ?? isReadableSide;
    this.#writable = options.writable ?? isWritableSide;
    this.#readableDone = isReadableFinished(stream, false);
    this.#writableDone = isWritableFinished(stream, false);
    this.#isClosed = isClosed(stream);
    // Only where all of the stream is waited for is its 'close' the end of what is waited for.
    this.#waitsForClose = willEmitClose(stream) && isReadableSide === this.#readable &&
      isWritableSide === this.#writable;
  }

  begin() {
    const stream = this.#stream;
    const onFinish = () => this.#sideDone(false);
    const onEnd = () => this.#sideDone(true);
    const onClose = () => this.#closed();
    if (isRequest(stream)) {
      this.#beginRequest(onFinish, onClose);
    } else if (this.#writable && !stream._writableState) {
      // Streams of old know no 'finish'.
      const onLegacyEnd = () => {
        if (!stream.writable) onFinish();
      };
      this.#listen(stream, 'end', onLegacyEnd);
      this.#listen(stream, 'close', onLegacyEnd);
    }
    if (!this.#waitsForClose && typeof stream.aborted === 'boolean') this.#listen(stream, 'aborted', onClose);
    this.#listen(stream, 'end', onEnd);
    this.#listen(stream, 'finish', onFinish);
    if (this.#options.error !== false) this.#listen(stream, 'error', (error) => this.#call(error));
    this.#listen(stream, 'close', onClose);
    this.#lookAtPast(onClose);
    if (this.#options.signal && !this.#isClosed) this.#follow(this.#options.signal);
  }

  stop() {
    this.#callback = nop;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (let i = 0; i < listeners.length; i += 3) {
      listeners[i].removeListener(listeners[i + 1], listeners[i + 2]);
    }
  }

  #listen(emitter, event, listener) {
    emitter.on(event, listener);
    this.#listeners.push(emitter, event, listener);
  }

  // Tells, once.
  #call(...args) {
    const callback = this.#callback;
    if (callback === nop) return;
    this.#callback = nop;
    this.#abortion?.[Symbol.dispose]();
    callback.apply(this.#stream, args);
  }

  #beginRequest(onFinish, onClose) {
    const stream = this.#stream;
    const onRequest = () => this.#listen(stream.req, 'finish', onFinish);
    this.#listen(stream, 'complete', onFinish);
    if (!this.#waitsForClose) this.#listen(stream, 'abort', onClose);
    if (stream.req) onRequest();
    else this.#listen(stream, 'request', onRequest);
  }

  // What happened before anybody listened.
  #lookAtPast(onClose) {
    const stream = this.#stream;
    const { _readableState: readable, _writableState: writable } = stream;
    if (this.#isClosed) {
      nextTick(onClose);
    } else if (writable?.errorEmitted || readable?.errorEmitted) {
      if (!this.#waitsForClose) this.#tellSoon();
    } else if (!this.#readable && (!this.#waitsForClose || isReadable(stream)) &&
        (this.#writableDone || isWritable(stream) === false) && !writable?.pendingcb) {
      this.#tellSoon();
    } else if (!this.#writable && (!this.#waitsForClose || isWritable(stream)) &&
        (this.#readableDone || isReadable(stream) === false)) {
      this.#tellSoon();
    } else if (readable && stream.req && stream.aborted) {
      this.#tellSoon();
    }
  }

  #tellSoon() {
    nextTick(() => this.#closedBefore());
  }

  #sideDone(isReadableSide) {
    const stream = this.#stream;
    if (isReadableSide) this.#readableDone = true;
    else this.#writableDone = true;
    // A 'close' may have been suppressed by then.
    if (stream.destroyed) this.#waitsForClose = false;
    const [otherIsOpen, waitsForOther, otherDone] = isReadableSide ?
      [stream.writable, this.#writable, this.#writableDone] :
      [stream.readable, this.#readable, this.#readableDone];
    if (this.#waitsForClose && (!otherIsOpen || waitsForOther)) return;
    if (!waitsForOther || otherDone) this.#call();
  }

  #failure() {
    const failure = isWritableErrored(this.#stream) || isReadableErrored(this.#stream);
    return failure && typeof failure !== 'boolean' ? failure : undefined;
  }

  #closed() {
    const stream = this.#stream;
    this.#isClosed = true;
    const failure = this.#failure();
    if (failure) {
      this.#call(failure);
      return;
    }
    const isCut =
      (this.#readable && !this.#readableDone && isReadableNodeStream(stream, true) &&
        !isReadableFinished(stream, false)) ||
      (this.#writable && !this.#writableDone && !isWritableFinished(stream, false));
    if (isCut) this.#call(coded('ERR_STREAM_PREMATURE_CLOSE', 'Premature close'));
    else this.#call();
  }

  #closedBefore() {
    this.#isClosed = true;
    const failure = this.#failure();
    if (failure) this.#call(failure);
    else this.#call();
  }

  #follow(signal) {
    const onAbort = () => {
      const callback = this.#callback;
      this.stop();
      callback.call(this.#stream, new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) nextTick(onAbort);
    else this.#abortion = addAbortListener(signal, onAbort);
  }
}

// A web stream tells by a promise.
function finishedWeb(stream, options, callback) {
  const { signal } = options;
  let isAborted = false;
  let onAbort = nop;
  let abortion;
  if (signal) {
    onAbort = () => {
      isAborted = true;
      callback.call(stream, new AbortError(undefined, { cause: signal.reason }));
    };
    if (signal.aborted) nextTick(onAbort);
    else abortion = addAbortListener(signal, onAbort);
  }
  const tell = (...args) => {
    if (isAborted) return;
    abortion?.[Symbol.dispose]();
    nextTick(() => callback.apply(stream, args));
  };
  stream[kIsClosedPromise].promise.then(() => tell(), tell);
  return nop;
}

// The same as a promise; `cleanup` asks for the listeners to go with it.
function finishedPromise(stream, options) {
  let cleansUp = false;
  options ??= {};
  if (options.cleanup) {
    require('internal/validate').validateBoolean(options.cleanup, 'cleanup');
    cleansUp = options.cleanup;
  }
  return new Promise((resolve, reject) => {
    const cleanUp = finished(stream, options, (error) => {
      if (cleansUp) cleanUp();
      if (error) reject(error);
      else resolve();
    });
  });
}

// Programs know it by the name of what it stands for.
Object.defineProperty(finishedPromise, 'name', { __proto__: null, value: 'finished' });
Object.defineProperty(finished, Symbol.for('nodejs.util.promisify.custom'), {
  __proto__: null, value: finishedPromise, enumerable: true,
});

module.exports = { finished, finishedPromise };
