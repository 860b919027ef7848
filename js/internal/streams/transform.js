'use strict';

// Transform: a Duplex whose output is made of its input.

const { nextTick } = require('process');
const { adopt, getDefaultHighWaterMark } = require('internal/streams/state');
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

const METHODS = ['transform', '_transform', 'flush', '_flush'];

function Transform(options) {
  return this instanceof Transform ? open(this, options) : new Transform(options);
}

function open(transform, options) {
  const isBare = !!options && markOf(options) === 0;
  Duplex.call(transform, isBare ? unbuffered(options) : options);
  transform[kHand] = new Hand(transform);
  // A transform reads when it is written to, not when it is made.
  transform._readableState.sync = false;
  if (options) adopt(transform, options, METHODS);
  transform.on('prefinish', whenWritten);
}

function markOf({ highWaterMark, readableHighWaterMark, readableObjectMode, objectMode }) {
  return highWaterMark ?? readableHighWaterMark ?? getDefaultHighWaterMark(readableObjectMode || objectMode);
}

// Nothing is to be read ahead where nothing may be: the write would then come before the read.
function unbuffered(options) {
  const writableHighWaterMark = options.writableHighWaterMark || 0;
  return { ...options, highWaterMark: null, readableHighWaterMark: 0, writableHighWaterMark };
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
