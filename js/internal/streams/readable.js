'use strict';

// Readable: the side of a stream that data comes out of. How it flows is native.

const EventEmitter = require('events');
const {
  ReadableState, on, openReadable, passError, pause, push, read, removeAllListeners, removeListener, resume,
} = require('internal/streams/core');
const {
  DESTROYED, ERROR_EMITTED, ERRORED, defineAccessors, defineForwards, showState,
} = require('internal/streams/state');
const { destroy, notImplemented } = require('internal/streams/life');
const { take } = require('internal/streams/buffer');
const { Stream } = require('internal/streams/legacy');

const END_EMITTED = 1 << 11;
const IS_UNREADABLE = DESTROYED | ERROR_EMITTED | END_EMITTED;

function startDecoding(state, encoding) {
  const { StringDecoder } = require('string_decoder');
  state.decoder = new StringDecoder(encoding);
  state.encoding = encoding;
}

function Readable(options) {
  if (new.target === undefined && !(this instanceof Readable)) return new Readable(options);
  openReadable(this, options);
}

Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);
Object.assign(Readable.prototype, {
  destroy,
  _destroy: passError,
  push,

  isPaused() {
    const state = this._readableState;
    return state.paused || state.flowing === false;
  },

  read,

  _read(size) {
    throw notImplemented('_read()');
  },

  on,
  addListener: on,
  removeListener,
  off: removeListener,
  removeAllListeners,
  resume,
  pause,

  [EventEmitter.captureRejectionSymbol](error) { this.destroy(error); },
  [Symbol.asyncDispose]() { return require('internal/streams/rare').dispose(this, this.readableEnded); },
  [Symbol.asyncIterator]() { return this.iterator(undefined); },
});

showState(Readable.prototype, '_readableState', [
  'readableDidRead', 'dataEmitted', undefined,
  'readableHighWaterMark', 'highWaterMark', undefined,
  'readableBuffer', 'buffer', undefined,
  'readableLength', 'length', undefined,
  'readableObjectMode', 'objectMode', false,
  'readableEncoding', 'encoding', null,
  'readableEnded', 'endEmitted', false,
  'errored', 'errored', null,
  'closed', 'closed', false,
]);
defineAccessors(Readable.prototype, {
  get readable() {
    const state = this._readableState;
    // `readable` can be turned off by hand.
    return !!state && state.readable !== false && (state.flags & IS_UNREADABLE) === 0;
  },
  set readable(value) {
    if (this._readableState) this._readableState.readable = !!value;
  },
  get readableAborted() {
    const state = this._readableState;
    return state.readable !== false && (state.flags & (DESTROYED | ERRORED)) !== 0 && !state.endEmitted;
  },
  get readableFlowing() { return this._readableState.flowing; },
  set readableFlowing(value) {
    if (this._readableState) this._readableState.flowing = value;
  },
  get destroyed() { return this._readableState ? this._readableState.destroyed : false; },
  set destroyed(value) {
    if (this._readableState) this._readableState.destroyed = value;
  },
});

defineForwards(Readable.prototype, [
  'pipe', 'pipe', 'pipe', 2,
  'unpipe', 'pipe', 'unpipe', 1,
  'setEncoding', 'readable_rare', 'setEncoding', 1,
  'unshift', 'readable_rare', 'unshift', 2,
  '_undestroy', 'rare', 'undestroy', 0,
  'wrap', 'wrap', 'wrap', 1,
  'iterator', 'iterate', 'iterator', 1,
  'compose', 'compose', 'composeWith', 2,
]);
defineForwards(Readable.prototype, [
  'drop', 'operators', 'drop', 1,
  'filter', 'operators', 'filter', 2,
  'flatMap', 'operators', 'flatMap', 2,
  'map', 'operators', 'map', 2,
  'take', 'operators', 'take', 1,
  'every', 'operators', 'every', 1,
  'forEach', 'operators', 'forEach', 2,
  'reduce', 'operators', 'reduce', 3,
  'toArray', 'operators', 'toArray', 1,
  'some', 'operators', 'some', 1,
  'find', 'operators', 'find', 2,
], false);

Readable.ReadableState = ReadableState;
Readable._fromList = take;
defineForwards(Readable, [
  'from', 'from', 'from', 2,
  'fromWeb', 'web', 'readableFromWeb', 2,
  'toWeb', 'web', 'readableToWeb', 2,
  'wrap', 'wrap', 'readableOf', 2,
]);

module.exports = { Readable, ReadableState, startDecoding };
