'use strict';

// The life of a stream: failure and destruction.

const {
  AUTO_DESTROY, CLOSED, CLOSE_EMITTED, CONSTRUCTED, DESTROYED, EMIT_CLOSE, ERROR_EMITTED, ERRORED,
} = require('internal/streams/state');
const { coded } = require('internal/errors');
const { nextTick } = require('process');

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
    const { joinErrors } = require('internal/streams/rare');
    this.once(kDestroy, (late) => tearDown(this, joinErrors(late, error), callback));
  }
  return this;
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

function multipleCallback() {
  return coded('ERR_MULTIPLE_CALLBACK', 'Callback called multiple times');
}

function notImplemented(method) {
  return coded('ERR_METHOD_NOT_IMPLEMENTED', `The ${method} method is not implemented`);
}

function streamDestroyed(method) {
  return coded('ERR_STREAM_DESTROYED', `Cannot call ${method} after a stream was destroyed`);
}

module.exports = {
  destroy, errorOrDestroy, kDestroy, mark, multipleCallback, notImplemented, streamDestroyed,
};
