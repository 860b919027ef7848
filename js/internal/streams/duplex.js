'use strict';

// Duplex: a stream of two sides that know little of each other.

const { defineAccessors, defineForwards, showState } = require('internal/streams/state');
const { openDuplex } = require('internal/streams/core');
const { Readable } = require('internal/streams/readable');
const { accessors, methods, shown } = require('internal/streams/writable');

function Duplex(options) {
  if (new.target === undefined && !(this instanceof Duplex)) return new Duplex(options);
  openDuplex(this, options);
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
