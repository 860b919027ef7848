'use strict';

// Readable: the side of a stream that data comes out of.

const EventEmitter = require('events');
const { Buffer } = require('buffer');
const { nextTick } = require('process');
const { coded } = require('internal/errors');
const {
  OBJECT_MODE, CONSTRUCTED, SYNC, ERROR_EMITTED, AUTO_DESTROY, DESTROYED, CLOSE_EMITTED, ERRORED,
  ENDED, bufferOf, defineAccessors, defineFlags, defineForwards, encodingOf, initialFlags,
  invalidChunk, markOf, showState,
} = require('internal/streams/state');
const { destroy, errorOrDestroy, notImplemented } = require('internal/streams/life');
const { FLOWING, available, take } = require('internal/streams/buffer');
const { Stream } = require('internal/streams/legacy');

const { isView } = ArrayBuffer;
const { on, removeListener, removeAllListeners } = Stream.prototype;

const END_EMITTED = 1 << 11;
const READING = 1 << 12;
const NEED_READABLE = 1 << 13;
const EMITTED_READABLE = 1 << 14;
const READABLE_LISTENING = 1 << 15;
const RESUME_SCHEDULED = 1 << 16;
const MULTI_AWAIT_DRAIN = 1 << 17;
const READING_MORE = 1 << 18;
const DATA_EMITTED = 1 << 19;
const DATA_LISTENING = 1 << 20;
const HAS_FLOWING = 1 << 22;
const PAUSED = 1 << 23;

const IS_OVER = DESTROYED | ERRORED;
const CANNOT_TAKE = IS_OVER | ENDED;
const IS_UNREADABLE = DESTROYED | ERROR_EMITTED | END_EMITTED;
const DIRECT = FLOWING | DATA_LISTENING;

// The buffer is an array with the index of its first chunk that has not been read.
function ReadableState(options, stream, isDuplex) {
  this.flags = initialFlags(options, 'readableObjectMode', isDuplex);
  this.highWaterMark = markOf(options, this.objectMode, 'readableHighWaterMark', isDuplex);
  this.buffer = [];
  this.bufferIndex = 0;
  this.length = 0;
  this.pipes = [];
  this.awaitDrainWriters = null;
  this.failure = null;
  this.defaultEncoding = encodingOf(options);
  this.decoder = null;
  this.encoding = null;
  if (options?.encoding) startDecoding(this, options.encoding);
}

function startDecoding(state, encoding) {
  const { StringDecoder } = require('string_decoder');
  state.decoder = new StringDecoder(encoding);
  state.encoding = encoding;
}

defineFlags(ReadableState.prototype, {
  endEmitted: END_EMITTED,
  reading: READING,
  needReadable: NEED_READABLE,
  emittedReadable: EMITTED_READABLE,
  readableListening: READABLE_LISTENING,
  resumeScheduled: RESUME_SCHEDULED,
  multiAwaitDrain: MULTI_AWAIT_DRAIN,
  readingMore: READING_MORE,
  dataEmitted: DATA_EMITTED,
  paused: PAUSED,
});

defineAccessors(ReadableState.prototype, {
  // Null as long as nobody has said.
  get flowing() { return this.flags & HAS_FLOWING ? (this.flags & FLOWING) !== 0 : null; },
  set flowing(value) {
    this.flags &= ~(HAS_FLOWING | FLOWING);
    if (typeof value === 'boolean') this.flags |= value ? HAS_FLOWING | FLOWING : HAS_FLOWING;
  },
  get pipesCount() { return this.pipes.length; },
});

function Readable(options) {
  if (!(this instanceof Readable)) return new Readable(options);
  this._events ??= { close: undefined, error: undefined, data: undefined, end: undefined, readable: undefined };
  this._readableState = new ReadableState(options, this, false);
  if (options) adoptReadable(this, options);
  Stream.call(this, options);
  if (this._construct !== undefined && this._construct !== null) {
    require('internal/streams/rare').construct(this, () => whenReadableConstructed(this));
  }
}

// The functions among the options become the stream's methods.
function adoptReadable(stream, options) {
  if (typeof options.read === 'function') stream._read = options.read;
  adoptLife(stream, options);
}

function adoptLife(stream, options) {
  if (typeof options.destroy === 'function') stream._destroy = options.destroy;
  if (typeof options.construct === 'function') stream._construct = options.construct;
  if (options.signal) require('internal/streams/add_abort_signal').addAbortSignal(options.signal, stream);
}

function whenReadableConstructed(stream) {
  const state = stream._readableState;
  if (state.flags & NEED_READABLE) readMoreSoon(stream, state);
}

// ---- Data comes in.

function refuse(stream, state) {
  if (state.ended) errorOrDestroy(stream, coded('ERR_STREAM_PUSH_AFTER_EOF', 'stream.push() after EOF'));
  return false;
}

function nothingCame(stream, state) {
  state.flags &= ~READING;
  readMoreSoon(stream, state);
  return mayGoOn(state);
}

function mayGoOn(state) {
  return !(state.flags & ENDED) && (state.length < state.highWaterMark || state.length === 0);
}

// A chunk that is one: straight to the listeners, or into the buffer.
function place(stream, state, chunk, size, isFront) {
  if (state.length === 0 && (state.flags & (DIRECT | SYNC)) === DIRECT) {
    nobodyHoldsUp(state);
    state.flags |= DATA_EMITTED;
    stream.emit('data', chunk);
  } else {
    const { buffer } = state;
    state.length += size;
    if (!isFront) buffer[buffer.length] = chunk;
    else if (state.bufferIndex > 0) buffer[--state.bufferIndex] = chunk;
    else buffer.unshift(chunk);
    if (state.flags & NEED_READABLE) announce(stream, state);
  }
  readMoreSoon(stream, state);
  return mayGoOn(state);
}

function nobodyHoldsUp(state) {
  if (state.flags & MULTI_AWAIT_DRAIN) state.awaitDrainWriters.clear();
  else state.awaitDrainWriters = null;
}

function endOfInput(stream, state) {
  if (state.flags & ENDED) return;
  const rest = state.decoder?.end();
  if (rest) {
    state.buffer.push(rest);
    state.length += state.flags & OBJECT_MODE ? 1 : rest.length;
  }
  state.flags |= ENDED;
  if (state.flags & SYNC) {
    announce(stream, state);
    return;
  }
  // The end comes in its own time: it is told at once, so that what is left is not read in vain.
  state.flags &= ~NEED_READABLE;
  state.flags |= EMITTED_READABLE;
  emitReadable(stream);
}

// Plans a `readable` event, if none is planned.
function announce(stream, state) {
  state.flags &= ~NEED_READABLE;
  if (state.flags & EMITTED_READABLE) return;
  state.flags |= EMITTED_READABLE;
  nextTick(emitReadable, stream);
}

function emitReadable(stream) {
  const state = stream._readableState;
  if (!(state.flags & IS_OVER) && (state.length || state.flags & ENDED)) {
    stream.emit('readable');
    state.flags &= ~EMITTED_READABLE;
  }
  // Whoever has not read all, or reads less than there may be, is told again.
  if (!(state.flags & (FLOWING | ENDED)) && state.length <= state.highWaterMark) state.flags |= NEED_READABLE;
  flow(stream);
}

// Plans to fill the buffer up to the high water mark.
function readMoreSoon(stream, state) {
  if ((state.flags & (READING_MORE | CONSTRUCTED)) !== CONSTRUCTED) return;
  state.flags |= READING_MORE;
  nextTick(readMore, stream, state);
}

function readMore(stream, state) {
  while (!(state.flags & (READING | ENDED)) &&
      (state.length < state.highWaterMark || (state.flags & FLOWING && state.length === 0))) {
    const before = state.length;
    stream.read(0);
    if (state.length === before) break;
  }
  state.flags &= ~READING_MORE;
}

// ---- Data goes out.

// One call of the source.
function ask(stream, state) {
  state.flags |= READING | SYNC;
  if (state.length === 0) state.flags |= NEED_READABLE;
  try {
    stream._read(state.highWaterMark);
  } catch (error) {
    errorOrDestroy(stream, error);
  }
  state.flags &= ~SYNC;
}

function flow(stream) {
  const state = stream._readableState;
  while (state.flags & FLOWING && stream.read() !== null);
}

function endSoon(stream, state) {
  if (state.flags & END_EMITTED) return;
  state.flags |= ENDED;
  nextTick(end, stream, state);
}

function end(stream, state) {
  if (state.flags & (ERRORED | CLOSE_EMITTED | END_EMITTED) || state.length > 0) return;
  state.flags |= END_EMITTED;
  stream.emit('end');
  if (stream.writable && stream.allowHalfOpen === false) {
    nextTick(endOtherSide, stream);
  } else if (state.flags & AUTO_DESTROY) {
    const other = stream._writableState;
    if (!other || (other.autoDestroy && (other.finished || other.writable === false))) stream.destroy();
  }
}

function endOtherSide(stream) {
  if (stream.writable && !stream.writableEnded && !stream.destroyed) stream.end();
}

// ---- Flowing and not.

function resumeSoon(stream, state) {
  if (state.flags & RESUME_SCHEDULED) return;
  state.flags |= RESUME_SCHEDULED;
  nextTick(resume, stream, state);
}

function resume(stream, state) {
  if (!(state.flags & READING)) stream.read(0);
  state.flags &= ~RESUME_SCHEDULED;
  stream.emit('resume');
  flow(stream);
  if ((state.flags & (FLOWING | READING)) === FLOWING) stream.read(0);
}

function setFlowing(state, isFlowing) {
  state.flags = isFlowing ? state.flags | HAS_FLOWING | FLOWING : (state.flags | HAS_FLOWING) & ~FLOWING;
}

function readSoon(stream) {
  nextTick(readNothing, stream);
}

function readNothing(stream) {
  stream.read(0);
}

// After listeners went: does the stream flow?
function reconsider(stream) {
  const state = stream._readableState;
  state.readableListening = stream.listenerCount('readable') > 0;
  if ((state.flags & (RESUME_SCHEDULED | PAUSED)) === RESUME_SCHEDULED) setFlowing(state, true);
  else if (stream.listenerCount('data') > 0) stream.resume();
  else if (!(state.flags & READABLE_LISTENING)) state.flags &= ~(HAS_FLOWING | FLOWING);
}

function addListener(event, listener) {
  const result = on.call(this, event, listener);
  const state = this._readableState;
  if (event === 'data') {
    state.flags |= DATA_LISTENING;
    state.readableListening = this.listenerCount('readable') > 0;
    if ((state.flags & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) this.resume();
  } else if (event === 'readable' && !(state.flags & (END_EMITTED | READABLE_LISTENING))) {
    state.flags |= READABLE_LISTENING | NEED_READABLE;
    state.flags &= ~EMITTED_READABLE;
    setFlowing(state, false);
    if (state.length) announce(this, state);
    else if (!(state.flags & READING)) readSoon(this);
  }
  return result;
}

function takeListener(event, listener) {
  const result = removeListener.call(this, event, listener);
  if (event === 'readable') {
    nextTick(reconsider, this);
  } else if (event === 'data' && this.listenerCount('data') === 0) {
    this._readableState.flags &= ~DATA_LISTENING;
  }
  return result;
}

Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);
Object.assign(Readable.prototype, {
  destroy,
  _destroy(error, callback) { callback(error); },

  // True if the source may go on.
  push(chunk, encoding) {
    const state = this._readableState;
    if (chunk === null) {
      state.flags &= ~READING;
      endOfInput(this, state);
      return false;
    }
    let size = 1;
    if (!(state.flags & OBJECT_MODE)) {
      if (typeof chunk === 'string') {
        encoding ||= state.defaultEncoding;
        if (state.encoding !== encoding) {
          chunk = Buffer.from(chunk, encoding);
          encoding = '';
        }
      } else if (isView(chunk)) {
        // Most are; the walk along the prototypes is dear.
        if (chunk.constructor !== Buffer && !(chunk instanceof Buffer)) chunk = bufferOf(chunk);
        encoding = '';
      } else if (chunk !== undefined) {
        errorOrDestroy(this, invalidChunk(chunk));
        return false;
      }
      size = chunk ? chunk.length : 0;
      if (size === 0) return nothingCame(this, state);
    }
    if (state.flags & CANNOT_TAKE) return refuse(this, state);
    state.flags &= ~READING;
    if (state.decoder && !encoding) {
      chunk = state.decoder.write(chunk);
      if (!(state.flags & OBJECT_MODE)) size = chunk.length;
      if (size === 0) return nothingCame(this, state);
    }
    return place(this, state, chunk, size, false);
  },

  isPaused() {
    const state = this._readableState;
    return state.paused || state.flowing === false;
  },

  read(asked) {
    const state = this._readableState;
    let size = asked;
    if (size === undefined) size = NaN;
    else if ((size | 0) !== size) size = parseInt(size, 10);
    const wanted = size;
    if (size > state.highWaterMark) {
      state.highWaterMark = require('internal/streams/buffer_parts').nextMark(size);
    }
    if (size !== 0) state.flags &= ~EMITTED_READABLE;

    // read(0) asks for data, not for chunks: where there are enough, it only says so.
    const { highWaterMark } = state;
    if (size === 0 && state.flags & NEED_READABLE) {
      const isFull = highWaterMark === 0 ? state.length > 0 : state.length >= highWaterMark;
      if (isFull || state.flags & ENDED) {
        if (state.length === 0 && state.flags & ENDED) endSoon(this, state);
        else announce(this, state);
        return null;
      }
    }
    size = available(size, state);
    if (size === 0 && state.flags & ENDED) {
      if (state.length === 0) endSoon(this, state);
      return null;
    }

    const wantsMore = state.flags & NEED_READABLE || state.length === 0 || state.length - size < highWaterMark;
    if (wantsMore && (state.flags & (ENDED | READING | IS_OVER | CONSTRUCTED)) === CONSTRUCTED) {
      ask(this, state);
      // What came at once counts.
      if (!(state.flags & READING)) size = available(wanted, state);
    }

    const chunk = size > 0 ? take(size, state) : null;
    if (chunk === null) {
      if (state.length <= state.highWaterMark) state.flags |= NEED_READABLE;
      size = 0;
    } else {
      state.length -= size;
      nobodyHoldsUp(state);
    }
    if (state.length === 0) {
      if (!(state.flags & ENDED)) state.flags |= NEED_READABLE;
      else if (wanted !== size) endSoon(this, state);
    }
    if (chunk !== null && !(state.flags & (ERROR_EMITTED | CLOSE_EMITTED))) {
      state.flags |= DATA_EMITTED;
      this.emit('data', chunk);
    }
    return chunk;
  },

  _read(size) {
    throw notImplemented('_read()');
  },

  on: addListener,
  addListener,
  removeListener: takeListener,
  off: takeListener,

  removeAllListeners(event) {
    const result = removeAllListeners.apply(this, arguments);
    if (event === 'readable' || event === undefined) nextTick(reconsider, this);
    if (event === 'data' || event === undefined) this._readableState.flags &= ~DATA_LISTENING;
    return result;
  },

  resume() {
    const state = this._readableState;
    if (!(state.flags & FLOWING)) {
      // A listener for `readable` reads at its own pace.
      setFlowing(state, !(state.flags & READABLE_LISTENING));
      resumeSoon(this, state);
    }
    state.flags &= ~PAUSED;
    return this;
  },

  pause() {
    const state = this._readableState;
    if ((state.flags & (HAS_FLOWING | FLOWING)) !== HAS_FLOWING) {
      setFlowing(state, false);
      this.emit('pause');
    }
    state.flags |= PAUSED;
    return this;
  },

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
    return state.readable !== false && (state.flags & IS_OVER) !== 0 && !state.endEmitted;
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

module.exports = {
  Readable, ReadableState, adoptLife, adoptReadable, endOfInput, mayGoOn, place, startDecoding,
  whenReadableConstructed,
};
