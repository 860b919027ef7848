'use strict';

// What most streams never do: being constructed later, being used again, being disposed of.

const {
  CLOSED, CLOSE_EMITTED, CONSTRUCTED, DESTROYED, ERROR_EMITTED,
} = require('internal/streams/state');
const { tearDown } = require('internal/streams/core');
const { errorOrDestroy, kDestroy, multipleCallback } = require('internal/streams/life');
const { nextTick } = require('process');

const kConstruct = Symbol('kConstruct');

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

// A stream that is destroyed while it is being constructed.
function destroyWhenConstructed(stream, error, callback) {
  stream.once(kDestroy, (late) => tearDown(stream, joinErrors(late, error), callback));
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
    if (readable) readable.flags |= CONSTRUCTED;
    if (writable) writable.flags |= CONSTRUCTED;
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

module.exports = { construct, destroyWhenConstructed, dispose, joinErrors, undestroy };
