'use strict';

// `duplexPair`: two streams, of which each reads what the other writes.

const { nextTick } = require('process');
const { Duplex } = require('internal/streams/duplex');

class DuplexSide extends Duplex {
  #other;
  // The callback of a write that the other side has not asked to go on after.
  #written;

  static pair(options) {
    const left = new DuplexSide(options);
    const right = new DuplexSide(options);
    left.#other = right;
    right.#other = left;
    return [left, right];
  }

  _read() {
    const callback = this.#written;
    if (!callback) return;
    this.#written = undefined;
    callback();
  }

  _write(chunk, encoding, callback) {
    if (chunk.length === 0) {
      nextTick(callback);
      return;
    }
    this.#other.push(chunk);
    this.#other.#written = callback;
  }

  _final(callback) {
    this.#other.on('end', callback);
    this.#other.push(null);
  }
}

function duplexPair(options) {
  return DuplexSide.pair(options);
}

module.exports = { duplexPair };
