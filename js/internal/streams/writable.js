'use strict';

// Writable: the side of a stream that data goes into.

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { nextTick } = require('process');
const { coded } = require('internal/errors');
const {
  OBJECT_MODE, CONSTRUCTED, SYNC, ERROR_EMITTED, AUTO_DESTROY, DESTROYED, CLOSE_EMITTED, ERRORED,
  ENDED, bufferOf, defineAccessors, defineFlags, defineForwards, encodingOf, initialFlags, invalidChunk, markOf, showState,
  unknownEncoding,
} = require('internal/streams/state');
const {
  destroy, errorOrDestroy, multipleCallback, notImplemented, streamDestroyed,
} = require('internal/streams/life');
const { Stream } = require('internal/streams/legacy');

const { isView } = ArrayBuffer;

const ENDING = 1 << 11;
const FINISHED = 1 << 12;
const NEED_DRAIN = 1 << 13;
const FINAL_CALLED = 1 << 14;
const WRITING = 1 << 15;
const BUFFER_PROCESSING = 1 << 16;
const PREFINISHED = 1 << 17;
const ALL_BUFFERS = 1 << 18;
const ALL_NOOP = 1 << 19;
const DECODE_STRINGS = 1 << 20;
const AFTER_WRITE_PENDING = 1 << 21;

// What must wait: a write is under way, or none may be.
const BUSY = WRITING | ERRORED;
// What stands in the way of the end.
const NO_FINISH =
  ENDING | DESTROYED | CONSTRUCTED | FINISHED | WRITING | ERRORED | ERROR_EMITTED | CLOSE_EMITTED;

// In the place of an encoding: all chunks at once.
const ALL = Symbol('all');

function nop() {}

// Waiting writes stand in `buffered`, from `bufferedIndex` on.
function WritableState(options, stream, isDuplex) {
  let flags = initialFlags(options, 'writableObjectMode', isDuplex) | ALL_BUFFERS | ALL_NOOP;
  if (!options || options.decodeStrings !== false) flags |= DECODE_STRINGS;
  this.flags = flags;
  this.highWaterMark = markOf(options, this.objectMode, 'writableHighWaterMark', isDuplex);
  this.length = 0;
  this.corked = 0;
  this.onwrite = (error) => written(stream, error);
  this.writelen = 0;
  this.writecb = null;
  this.afterWriteTickInfo = null;
  this.buffered = [];
  this.bufferedIndex = 0;
  this.pendingcb = 0;
  this.failure = null;
  this.defaultEncoding = encodingOf(options);
  this.onFinished = [];
}

defineFlags(WritableState.prototype, {
  finalCalled: FINAL_CALLED,
  needDrain: NEED_DRAIN,
  ending: ENDING,
  finished: FINISHED,
  decodeStrings: DECODE_STRINGS,
  writing: WRITING,
  bufferProcessing: BUFFER_PROCESSING,
  prefinished: PREFINISHED,
  allBuffers: ALL_BUFFERS,
  allNoop: ALL_NOOP,
});
WritableState.prototype.getBuffer = function getBuffer() {
  return this.buffered.slice(this.bufferedIndex);
};
defineAccessors(WritableState.prototype, {
  get bufferedRequestCount() { return this.buffered.length - this.bufferedIndex; },
});

function Writable(options) {
  if (!(this instanceof Writable)) return new Writable(options);
  this._events ??= { close: undefined, error: undefined, prefinish: undefined, finish: undefined, drain: undefined };
  this._writableState = new WritableState(options, this, false);
  if (options) {
    adoptWritable(this, options);
    if (typeof options.destroy === 'function') this._destroy = options.destroy;
    if (typeof options.construct === 'function') this._construct = options.construct;
    if (options.signal) require('internal/streams/add_abort_signal').addAbortSignal(options.signal, this);
  }
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) {
    require('internal/streams/rare').construct(this, () => whenWritableConstructed(this));
  }
}

// The functions among the options become the stream's methods.
function adoptWritable(stream, options) {
  if (typeof options.write === 'function') stream._write = options.write;
  if (typeof options.writev === 'function') stream._writev = options.writev;
  if (typeof options.final === 'function') stream._final = options.final;
}

function whenWritableConstructed(stream) {
  const state = stream._writableState;
  if (!(state.flags & WRITING)) writeBuffered(stream, state);
  if (state.flags & ENDING) finishMaybe(stream, state);
}

// ---- Writing.

// True, false at the high water mark, or the error of a write that comes too late.
function write(stream, chunk, encoding, callback) {
  const state = stream._writableState;
  if (typeof encoding === 'function') {
    callback = encoding;
    encoding = null;
  }
  if (typeof callback !== 'function') callback = nop;
  if (chunk === null) throw coded('ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (!(state.flags & OBJECT_MODE)) {
    if (!encoding) encoding = state.defaultEncoding;
    else if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) throw unknownEncoding(encoding);
    if (typeof chunk === 'string') {
      if (state.flags & DECODE_STRINGS) {
        chunk = Buffer.from(chunk, encoding);
        encoding = 'buffer';
      }
    } else if (isView(chunk)) {
      if (chunk.constructor !== Buffer && !(chunk instanceof Buffer)) chunk = bufferOf(chunk);
      encoding = 'buffer';
    } else {
      throw invalidChunk(chunk);
    }
  }
  if (state.flags & (ENDING | DESTROYED)) {
    const error = state.flags & ENDING ?
      coded('ERR_STREAM_WRITE_AFTER_END', 'write after end') : streamDestroyed('write');
    nextTick(callback, error);
    errorOrDestroy(stream, error, true);
    return error;
  }
  state.pendingcb++;

  const size = state.flags & OBJECT_MODE ? 1 : chunk.length;
  state.length += size;
  if ((state.flags & (BUSY | CONSTRUCTED)) !== CONSTRUCTED || state.corked) {
    state.buffered.push({ chunk, encoding, callback });
    if (encoding !== 'buffer') state.flags &= ~ALL_BUFFERS;
    if (callback !== nop) state.flags &= ~ALL_NOOP;
  } else {
    state.writelen = size;
    state.writecb = callback;
    state.flags |= WRITING | SYNC;
    stream._write(chunk, encoding, state.onwrite);
    state.flags &= ~SYNC;
  }
  // What was written at once fills nothing.
  const hasRoom = state.length < state.highWaterMark || state.length === 0;
  if (!hasRoom) state.flags |= NEED_DRAIN;
  // A stream that failed meanwhile wants nothing more.
  return hasRoom && !(state.flags & (ERRORED | DESTROYED));
}

// The sink is through with a write.
function written(stream, error) {
  const state = stream._writableState;
  const callback = state.writecb;
  if (typeof callback !== 'function') {
    errorOrDestroy(stream, multipleCallback());
    return;
  }
  const isSync = (state.flags & SYNC) !== 0;
  state.flags &= ~WRITING;
  state.writecb = null;
  state.length -= state.writelen;
  state.writelen = 0;
  if (error) {
    void error.stack;
    if (!(state.flags & ERRORED)) state.errored = error;
    const other = stream._readableState;
    if (other && !other.errored) other.errored = error;
    if (isSync) nextTick(writeFailed, stream, state, error, callback);
    else writeFailed(stream, state, error, callback);
    return;
  }
  if (state.buffered.length > state.bufferedIndex) writeBuffered(stream, state);
  if (!isSync) {
    afterWrite(stream, state, 1, callback);
    return;
  }
  if (callback === nop) {
    // Nobody waits for it: only a drain has to be told in a tick of its own, and objects are.
    const needsTick = state.flags & OBJECT_MODE || (state.flags & NEED_DRAIN && state.length === 0);
    if (needsTick && !(state.flags & AFTER_WRITE_PENDING)) {
      state.flags |= AFTER_WRITE_PENDING;
      nextTick(afterWrite, stream, state, 1, callback);
    } else {
      state.pendingcb--;
      if (state.flags & ENDING) finishMaybe(stream, state, true);
    }
    return;
  }
  // Many writes with the same callback end in one tick.
  const waiting = state.afterWriteTickInfo;
  if (waiting !== null && waiting.callback === callback) {
    waiting.count++;
    return;
  }
  state.afterWriteTickInfo = { count: 1, callback };
  state.flags |= AFTER_WRITE_PENDING;
  nextTick(afterWriteTick, stream, state, state.afterWriteTickInfo);
}

function writeFailed(stream, state, error, callback) {
  state.pendingcb--;
  callback(error);
  require('internal/streams/writable_rare').failBuffered(state);
  errorOrDestroy(stream, error);
}

function afterWriteTick(stream, state, info) {
  state.afterWriteTickInfo = null;
  afterWrite(stream, state, info.count, info.callback);
}

function afterWrite(stream, state, count, callback) {
  state.flags &= ~AFTER_WRITE_PENDING;
  if (state.length === 0 && (state.flags & (NEED_DRAIN | ENDING | DESTROYED)) === NEED_DRAIN) {
    state.flags &= ~NEED_DRAIN;
    stream.emit('drain');
  }
  while (count-- > 0) {
    state.pendingcb--;
    callback(null);
  }
  if (state.flags & DESTROYED) require('internal/streams/writable_rare').failBuffered(state);
  finishMaybe(stream, state, true);
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
    const callback = state.flags & ALL_NOOP ? nop : (error) => {
      for (let i = 0; i < all.length; i++) all[i].callback(error);
    };
    all.allBuffers = state.allBuffers;
    start(stream, state, state.length, callback, all, ALL);
    emptyBuffered(state);
  } else {
    do {
      const { chunk, encoding, callback } = buffered[index];
      buffered[index++] = null;
      const size = state.flags & OBJECT_MODE ? 1 : chunk.length;
      start(stream, state, size, callback, chunk, encoding);
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

// One call of the sink.
function start(stream, state, size, callback, chunk, encoding) {
  state.writelen = size;
  state.writecb = callback;
  state.flags |= WRITING | SYNC;
  if (state.flags & DESTROYED) state.onwrite(streamDestroyed('write'));
  else if (encoding === ALL) stream._writev(chunk, state.onwrite);
  else stream._write(chunk, encoding, state.onwrite);
  state.flags &= ~SYNC;
}

// ---- The end.

function needsFinish(state) {
  return (state.flags & NO_FINISH) === (ENDING | CONSTRUCTED) && state.length === 0 &&
    state.buffered.length === 0;
}

function finishMaybe(stream, state, isSync) {
  if (!needsFinish(state)) return;
  prefinish(stream, state);
  if (state.pendingcb !== 0) return;
  if (isSync) {
    state.pendingcb++;
    nextTick(finishIfStill, stream, state);
  } else if (needsFinish(state)) {
    state.pendingcb++;
    finish(stream, state);
  }
}

function finishIfStill(stream, state) {
  if (needsFinish(state)) finish(stream, state);
  else state.pendingcb--;
}

function prefinish(stream, state) {
  if (state.flags & (PREFINISHED | FINAL_CALLED)) return;
  if (typeof stream._final === 'function' && !(state.flags & DESTROYED)) {
    state.flags |= FINAL_CALLED;
    callFinal(stream, state);
  } else {
    state.flags |= PREFINISHED;
    stream.emit('prefinish');
  }
}

function callFinal(stream, state) {
  let isDone = false;
  const done = (error) => {
    if (isDone) {
      errorOrDestroy(stream, error ?? multipleCallback());
      return;
    }
    isDone = true;
    state.pendingcb--;
    if (error) {
      callFinished(state, error);
      errorOrDestroy(stream, error, (state.flags & SYNC) !== 0);
    } else if (needsFinish(state)) {
      state.flags |= PREFINISHED;
      stream.emit('prefinish');
      // Not at once: nobody could have listened for 'finish' yet.
      state.pendingcb++;
      nextTick(finish, stream, state);
    }
  };
  state.flags |= SYNC;
  state.pendingcb++;
  try {
    stream._final(done);
  } catch (thrown) {
    done(thrown);
  }
  state.flags &= ~SYNC;
}

function finish(stream, state) {
  state.pendingcb--;
  state.flags |= FINISHED;
  callFinished(state, null);
  stream.emit('finish');
  if (!(state.flags & AUTO_DESTROY)) return;
  const other = stream._readableState;
  if (!other || (other.autoDestroy && (other.endEmitted || other.readable === false))) stream.destroy();
}

// Those who gave `end` a callback.
function callFinished(state, error) {
  const callbacks = state.onFinished;
  if (callbacks.length === 0) return;
  state.onFinished = [];
  for (let i = 0; i < callbacks.length; i++) callbacks[i](error);
}

Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);

// The methods that a Duplex has too.
const methods = {
  write(chunk, encoding, callback) {
    return write(this, chunk, encoding, callback) === true;
  },

  cork() {
    this._writableState.corked++;
  },

  uncork() {
    const state = this._writableState;
    if (state.corked === 0) return;
    state.corked--;
    if (!(state.flags & WRITING)) writeBuffered(this, state);
  },

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

  end(chunk, encoding, callback) {
    const state = this._writableState;
    if (typeof chunk === 'function') {
      callback = chunk;
      chunk = encoding = null;
    } else if (typeof encoding === 'function') {
      callback = encoding;
      encoding = null;
    }
    let error;
    if (chunk !== null && chunk !== undefined) {
      const result = write(this, chunk, encoding);
      if (typeof result !== 'boolean') error = result;
    }
    if (state.corked) {
      state.corked = 1;
      this.uncork();
    }
    if (error) {
      // The write has failed already.
    } else if (!(state.flags & (ERRORED | ENDING))) {
      state.flags |= ENDING;
      finishMaybe(this, state, true);
      state.flags |= ENDED;
    } else if (state.flags & FINISHED) {
      error = coded('ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished');
    } else if (state.flags & DESTROYED) {
      error = streamDestroyed('end');
    }
    if (typeof callback === 'function') {
      if (error) nextTick(callback, error);
      else if (state.flags & ERRORED) nextTick(callback, state.failure);
      else if (state.flags & FINISHED) nextTick(callback);
      else state.onFinished.push(callback);
    }
    return this;
  },

  destroy(error, callback) {
    const state = this._writableState;
    const isWaitedFor = state.bufferedIndex < state.buffered.length || state.onFinished.length > 0;
    if (!(state.flags & DESTROYED) && isWaitedFor) nextTick(require('internal/streams/writable_rare').failBuffered, state);
    return destroy.call(this, error, callback);
  },
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
  _destroy(error, callback) { callback(error); },
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
  Writable, WritableState, accessors, adoptWritable, callFinished, emptyBuffered, methods, shown,
  whenWritableConstructed,
};
