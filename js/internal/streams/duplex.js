'use strict';

// Duplex: a stream of two sides that know little of each other.

const { defineAccessors, defineForwards, showState } = require('internal/streams/state');
const {
  ReadableState, WritableState, whenReadableConstructed, whenWritableConstructed,
} = require('internal/streams/core');
const { Readable, adoptReadable } = require('internal/streams/readable');
const { accessors, adoptWritable, methods, shown } = require('internal/streams/writable');
const { Stream } = require('internal/streams/legacy');

function Duplex(options) {
  if (!(this instanceof Duplex)) return new Duplex(options);
  this._events ??= {
    close: undefined, error: undefined, prefinish: undefined, finish: undefined,
    drain: undefined, data: undefined, end: undefined, readable: undefined,
  };
  const readable = this._readableState = new ReadableState(options, this, true);
  const writable = this._writableState = new WritableState(options, this, true);
  this.allowHalfOpen = options?.allowHalfOpen !== false;
  if (options) {
    if (options.readable === false) {
      readable.readable = false;
      readable.ended = readable.endEmitted = true;
    }
    if (options.writable === false) {
      writable.writable = false;
      writable.ended = writable.ending = writable.finished = true;
    }
    adoptWritable(this, options);
    adoptReadable(this, options);
  }
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) {
    require('internal/streams/rare').construct(this, () => {
      whenReadableConstructed(this);
      whenWritableConstructed(this);
    });
  }
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
