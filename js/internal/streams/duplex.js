'use strict';

// Duplex: a stream of two sides that know little of each other.

const { defineAccessors, defineForwards, showState } = require('internal/streams/state');
const {
  ReadableState, WritableState, whenReadableConstructed, whenWritableConstructed,
} = require('internal/streams/core');
const { Readable, adoptReadable } = require('internal/streams/readable');
const { accessors, adoptWritable, methods, shown } = require('internal/streams/writable');
const { begin } = require('internal/streams/legacy');

// A stream's table of events begins with entries that are empty, in this order.
let close, error, prefinish, finish, drain, data, end, readable;

function Duplex(options) {
  return this instanceof Duplex ? open(this, options) : new Duplex(options);
}

function open(duplex, options) {
  duplex._events ??= { close, error, prefinish, finish, drain, data, end, readable };
  duplex._readableState = new ReadableState(options, duplex, true);
  duplex._writableState = new WritableState(options, duplex, true);
  duplex.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options) {
    if (options.readable === false) shut(duplex._readableState, 'readable', ['ended', 'endEmitted']);
    if (options.writable === false) shut(duplex._writableState, 'writable', ['ending', 'ended', 'finished']);
    adoptWritable(duplex, options);
    adoptReadable(duplex, options);
  }
  begin(duplex, options, whenConstructed);
}

function whenConstructed(duplex) {
  whenReadableConstructed(duplex);
  whenWritableConstructed(duplex);
}

// A side that the Duplex goes without is through from the start.
function shut(state, side, flags) {
  state[side] = false;
  for (const flag of flags) state[flag] = true;
}

Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);
Object.assign(Duplex.prototype, methods);
defineAccessors(Duplex.prototype, accessors);
showState(Duplex.prototype, '_writableState', shown);
defineAccessors(Duplex.prototype, {
  get destroyed() {
    const { _readableState: readable, _writableState: writable } = this;
    return !!readable && !!writable && readable.destroyed && writable.destroyed;
  },
  set destroyed(value) {
    if (!this._readableState || !this._writableState) return;
    this._readableState.destroyed = value;
    this._writableState.destroyed = value;
  },
});

defineForwards(Duplex, [
  'fromWeb', 'web', 'duplexFromWeb', 2,
  'toWeb', 'web', 'duplexToWeb', 2,
  'from', 'duplexify', 'from', 1,
]);

module.exports = { Duplex };
