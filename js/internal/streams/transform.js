'use strict';

// Transform: a Duplex whose output is made of its input.

const { nextTick } = require('process');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { errorOrDestroy, multipleCallback, notImplemented } = require('internal/streams/life');
const { Duplex } = require('internal/streams/duplex');

// What a transform has in hand: the callback of the write that is being transformed, how much was
// to be read before, and the callback of the write whose outcome is still to be read.
const kHand = Symbol('kHand');

class Hand {
  callback = null;
  before = 0;
  held = null;

  constructor(stream) {
    // One function for all chunks.
    this.done = (error, data) => transformed(stream, this, error, data);
  }
}

function Transform(options) {
  if (!(this instanceof Transform)) return new Transform(options);
  // Nothing is to be read ahead where nothing may be: the write would then come before the read.
  const readableMark = options ? markOf(options) : null;
  if (readableMark === 0) {
    options = {
      ...options,
      highWaterMark: null,
      readableHighWaterMark: readableMark,
      writableHighWaterMark: options.writableHighWaterMark || 0,
    };
  }
  Duplex.call(this, options);
  // A transform reads when it is written to, not when it is made.
  this._readableState.sync = false;
  this[kHand] = new Hand(this);
  if (options) {
    if (typeof options.transform === 'function') this._transform = options.transform;
    if (typeof options.flush === 'function') this._flush = options.flush;
  }
  this.on('prefinish', whenWritten);
}

function markOf(options) {
  const { highWaterMark, readableHighWaterMark } = options;
  if (highWaterMark !== undefined && highWaterMark !== null) return highWaterMark;
  if (readableHighWaterMark !== undefined && readableHighWaterMark !== null) return readableHighWaterMark;
  return getDefaultHighWaterMark(options.readableObjectMode || options.objectMode);
}

function transformed(stream, hand, error, data) {
  const { callback, before } = hand;
  hand.callback = null;
  if (callback === null) {
    errorOrDestroy(stream, multipleCallback());
    return;
  }
  if (error) {
    callback(error);
    return;
  }
  if (data !== undefined && data !== null) stream.push(data);
  const readable = stream._readableState;
  const { length } = readable;
  if (readable.ended) {
    // It ended by itself: that is to be known before the next write.
    nextTick(callback);
  } else if (length < readable.highWaterMark || length === before || stream._writableState.ended) {
    callback();
  } else {
    hand.held = callback;
  }
}

// The input is over: what `flush` has to say, then the end.
function final(callback) {
  if (typeof this._flush !== 'function' || this.destroyed) {
    this.push(null);
    callback?.();
    return;
  }
  this._flush((error, data) => {
    if (error) {
      if (callback) callback(error);
      else this.destroy(error);
      return;
    }
    if (data !== undefined && data !== null) this.push(data);
    this.push(null);
    callback?.();
  });
}

// For those who have a `_final` of their own.
function whenWritten() {
  if (this._final !== final) final.call(this);
}

Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);
Object.assign(Transform.prototype, {
  _final: final,

  _transform(chunk, encoding, callback) {
    throw notImplemented('_transform()');
  },

  _write(chunk, encoding, callback) {
    const hand = this[kHand];
    hand.callback = callback;
    hand.before = this._readableState.length;
    this._transform(chunk, encoding, hand.done);
  },

  _read() {
    const { held } = this[kHand];
    if (held === null) return;
    this[kHand].held = null;
    held();
  },
});

module.exports = { Transform };
