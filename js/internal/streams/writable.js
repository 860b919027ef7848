'use strict';

// Writable: the side of a stream that data goes into. How it is written is native.

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { coded } = require('internal/errors');
const {
  WritableState, destroyWritable, end, openWritable, passError, start, uncork, write,
} = require('internal/streams/core');
const {
  CONSTRUCTED, DESTROYED, ERRORED, ENDED, defineAccessors, defineForwards, showState, unknownEncoding,
} = require('internal/streams/state');
const { errorOrDestroy, notImplemented } = require('internal/streams/life');
const { Stream } = require('internal/streams/legacy');

const ENDING = 1 << 11;
const FINISHED = 1 << 12;
const NEED_DRAIN = 1 << 13;
const WRITING = 1 << 15;
const BUFFER_PROCESSING = 1 << 16;
const ALL_BUFFERS = 1 << 18;
const ALL_NOOP = 1 << 19;

// In the place of an encoding: all chunks at once.
const ALL = Symbol('all');

function Writable(options) {
  if (new.target === undefined && !(this instanceof Writable)) return new Writable(options);
  openWritable(this, options);
}

function emptyBuffered(state) {
  state.buffered = [];
  state.bufferedIndex = 0;
  state.flags |= ALL_BUFFERS | ALL_NOOP;
}

// Writes what waits: all at once where the sink can, else one by one as long as it answers at once.
function writeBuffered(stream, state) {
  if ((state.flags & (BUFFER_PROCESSING | DESTROYED | CONSTRUCTED)) !== CONSTRUCTED || state.corked) return;
  const { buffered } = state;
  let index = state.bufferedIndex;
  const count = buffered.length - index;
  if (count === 0) return;
  state.flags |= BUFFER_PROCESSING;
  if (count > 1 && stream._writev) {
    state.pendingcb -= count - 1;
    const all = index === 0 ? buffered : buffered.slice(index);
    const callback = state.flags & ALL_NOOP ? undefined : (error) => {
      for (let i = 0; i < all.length; i++) all[i].callback(error);
    };
    all.allBuffers = state.allBuffers;
    start(stream, state.length, callback, all, ALL);
    emptyBuffered(state);
  } else {
    do {
      const { chunk, encoding, callback } = buffered[index];
      buffered[index++] = null;
      start(stream, state.objectMode ? 1 : chunk.length, callback, chunk, encoding);
    } while (index < buffered.length && !(state.flags & WRITING));
    if (index === buffered.length) {
      emptyBuffered(state);
    } else if (index > 256) {
      buffered.splice(0, index);
      state.bufferedIndex = 0;
    } else {
      state.bufferedIndex = index;
    }
  }
  state.flags &= ~BUFFER_PROCESSING;
}

Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);

// The methods that a Duplex has too.
const methods = {
  write,

  cork() {
    this._writableState.corked++;
  },

  uncork,

  setDefaultEncoding(encoding) {
    if (typeof encoding === 'string') encoding = encoding.toLowerCase();
    if (!Buffer.isEncoding(encoding)) throw unknownEncoding(encoding);
    this._writableState.defaultEncoding = encoding;
    return this;
  },

  _write(chunk, encoding, callback) {
    if (!this._writev) throw notImplemented('_write()');
    this._writev([{ chunk, encoding }], callback);
  },

  _writev: null,

  end,
  destroy: destroyWritable,
};

// The properties that a Duplex has too.
const shown = [
  'writableFinished', 'finished', false,
  'writableObjectMode', 'objectMode', false,
  'writableEnded', 'ending', false,
  'writableHighWaterMark', 'highWaterMark', undefined,
  'writableCorked', 'corked', 0,
  'writableLength', 'length', undefined,
];
const accessors = {
  get writable() {
    const state = this._writableState;
    // `writable` can be turned off by hand.
    return !!state && state.writable !== false && !(state.flags & (DESTROYED | ERRORED | ENDING | ENDED));
  },
  set writable(value) {
    if (this._writableState) this._writableState.writable = !!value;
  },
  get writableBuffer() { return this._writableState?.getBuffer(); },
  get writableNeedDrain() {
    const state = this._writableState;
    return !!state && (state.flags & (NEED_DRAIN | DESTROYED | ENDING)) === NEED_DRAIN;
  },
};

Object.assign(Writable.prototype, {
  pipe() {
    errorOrDestroy(this, coded('ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
  },
}, methods, {
  _destroy: passError,
  [EventEmitter.captureRejectionSymbol](error) { this.destroy(error); },
  [Symbol.asyncDispose]() { return require('internal/streams/rare').dispose(this, this.writableFinished); },
});
defineAccessors(Writable.prototype, accessors);
showState(Writable.prototype, '_writableState', shown);
showState(Writable.prototype, '_writableState', ['closed', 'closed', false, 'errored', 'errored', null]);
defineAccessors(Writable.prototype, {
  get destroyed() { return this._writableState ? this._writableState.destroyed : false; },
  set destroyed(value) {
    if (this._writableState) this._writableState.destroyed = value;
  },
  get writableAborted() {
    const state = this._writableState;
    return state.writable !== false && (state.flags & (DESTROYED | ERRORED)) !== 0 && !(state.flags & FINISHED);
  },
});

// A Duplex is a Writable too, though it inherits from Readable.
Object.defineProperty(Writable, Symbol.hasInstance, {
  __proto__: null,
  value(object) {
    if (Function.prototype[Symbol.hasInstance].call(this, object)) return true;
    return this === Writable && !!object && object._writableState instanceof WritableState;
  },
});

Writable.WritableState = WritableState;
defineForwards(Writable.prototype, ['_undestroy', 'rare', 'undestroy', 0]);
defineForwards(Writable, [
  'fromWeb', 'web', 'writableFromWeb', 2,
  'toWeb', 'web', 'writableToWeb', 1,
]);

module.exports = {
  Writable, WritableState, accessors, emptyBuffered, methods, shown, writeBuffered,
};
