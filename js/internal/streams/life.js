'use strict';

// The life of a stream: construction, failure, destruction.

const {
  AUTO_DESTROY, CLOSED, CLOSE_EMITTED, CONSTRUCTED, DESTROYED, EMIT_CLOSE, ERROR_EMITTED, ERRORED,
} = require('internal/streams/state');
const { coded } = require('internal/errors');
const { nextTick } = require('process');

const kConstruct = Symbol('kConstruct');
const kDestroy = Symbol('kDestroy');

// Notes an error on both sides. The first one stays.
function noteError(error, readable, writable) {
  if (!error) return;
  // A stack that is made lazily is made now, where the error is.
  void error.stack;
  if (writable && !(writable.flags & ERRORED)) writable.errored = error;
  if (readable && !(readable.flags & ERRORED)) readable.errored = error;
}

// Sets flags on whichever sides there are.
function mark(readable, writable, flags) {
  if (writable) writable.flags |= flags;
  if (readable) readable.flags |= flags;
}

// `stream.destroy`.
function destroy(error, callback) {
  const readable = this._readableState;
  const writable = this._writableState;
  const state = writable || readable;
  if (writable?.destroyed || readable?.destroyed) {
    if (typeof callback === 'function') callback();
    return this;
  }
  noteError(error, readable, writable);
  mark(readable, writable, DESTROYED);
  if (state.flags & CONSTRUCTED) {
    tearDown(this, error, callback);
  } else {
    this.once(kDestroy, (late) => tearDown(this, joinErrors(late, error), callback));
  }
  return this;
}

// Two errors as one; what failed first leads.
function joinErrors(inner, outer) {
  if (!inner || !outer || inner === outer) return inner || outer;
  if (Array.isArray(outer.errors)) {
    outer.errors.push(inner);
    return outer;
  }
  const joined = new AggregateError([outer, inner], outer.message);
  joined.code = outer.code;
  return joined;
}

function tearDown(stream, error, callback) {
  let isDone = false;
  const done = (error) => {
    if (isDone) return;
    isDone = true;
    const readable = stream._readableState;
    const writable = stream._writableState;
    noteError(error, readable, writable);
    mark(readable, writable, CLOSED);
    if (typeof callback === 'function') callback(error);
    if (error) nextTick(emitErrorThenClose, stream, error);
    else nextTick(emitClose, stream);
  };
  try {
    stream._destroy(error || null, done);
  } catch (thrown) {
    done(thrown);
  }
}

function emitErrorThenClose(stream, error) {
  emitError(stream, error);
  emitClose(stream);
}

function emitClose(stream) {
  const readable = stream._readableState;
  const writable = stream._writableState;
  mark(readable, writable, CLOSE_EMITTED);
  if (writable?.emitClose || readable?.emitClose) stream.emit('close');
}

function emitError(stream, error) {
  const readable = stream._readableState;
  const writable = stream._writableState;
  if (writable?.errorEmitted || readable?.errorEmitted) return;
  mark(readable, writable, ERROR_EMITTED);
  stream.emit('error', error);
}

// `stream._undestroy`: as if it had never been destroyed.
function undestroy() {
  const fresh = (state, done, rest) => {
    if (!state) return;
    state.flags &= ~(CLOSED | CLOSE_EMITTED | DESTROYED | ERROR_EMITTED);
    state.flags |= CONSTRUCTED;
    state.errored = null;
    for (const name of rest) state[name] = done;
  };
  const readable = this._readableState;
  const writable = this._writableState;
  fresh(readable, readable?.readable === false, ['ended', 'endEmitted']);
  if (readable) readable.reading = false;
  fresh(writable, writable?.writable === false, ['ended', 'ending', 'finished']);
  if (writable) writable.finalCalled = writable.prefinished = false;
}

// A stream fails: it is destroyed, or says so only. `sync` puts off the event by a tick.
function errorOrDestroy(stream, error, sync) {
  const readable = stream._readableState;
  const writable = stream._writableState;
  if (writable?.destroyed || readable?.destroyed) return;
  if (readable?.autoDestroy || writable?.autoDestroy) {
    stream.destroy(error);
  } else if (error) {
    noteError(error, readable, writable);
    if (sync) nextTick(emitError, stream, error);
    else emitError(stream, error);
  }
}

// Runs `stream._construct`, and `ready` when it is through.
function construct(stream, ready) {
  if (typeof stream._construct !== 'function') return;
  const readable = stream._readableState;
  const writable = stream._writableState;
  if (readable) readable.flags &= ~CONSTRUCTED;
  if (writable) writable.flags &= ~CONSTRUCTED;
  stream.once(kConstruct, ready);
  // A second side of the same stream waits with the first.
  if (stream.listenerCount(kConstruct) > 1) return;
  nextTick(startConstruct, stream);
}

function startConstruct(stream) {
  let isDone = false;
  const done = (error) => {
    if (isDone) {
      errorOrDestroy(stream, error ?? multipleCallback());
      return;
    }
    isDone = true;
    const readable = stream._readableState;
    const writable = stream._writableState;
    mark(readable, writable, CONSTRUCTED);
    if ((writable || readable).flags & DESTROYED) stream.emit(kDestroy, error);
    else if (error) errorOrDestroy(stream, error, true);
    else stream.emit(kConstruct);
  };
  try {
    stream._construct((error) => nextTick(done, error));
  } catch (thrown) {
    nextTick(done, thrown);
  }
}

function multipleCallback() {
  return coded('ERR_MULTIPLE_CALLBACK', 'Callback called multiple times');
}

function notImplemented(method) {
  return coded('ERR_METHOD_NOT_IMPLEMENTED', `The ${method} method is not implemented`);
}

function streamDestroyed(method) {
  return coded('ERR_STREAM_DESTROYED', `Cannot call ${method} after a stream was destroyed`);
}

// `stream[Symbol.asyncDispose]`: what is not through yet is aborted.
async function dispose(stream, isThrough) {
  let error;
  if (!stream.destroyed) {
    const { AbortError } = require('internal/errors');
    error = isThrough ? null : new AbortError();
    stream.destroy(error);
  }
  await new Promise((resolve, reject) => {
    require('internal/streams/finished').finished(stream, (failure) => {
      if (failure && failure !== error) reject(failure);
      else resolve();
    });
  });
}

module.exports = {
  construct, destroy, dispose, errorOrDestroy, joinErrors, multipleCallback, notImplemented,
  streamDestroyed, undestroy,
};
