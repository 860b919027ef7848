'use strict';

// What both sides of a stream have in common: flags, errors, the properties that show a state.

const { coded, invalidArgType } = require('internal/errors');
const { getDefaultHighWaterMark, setDefaultHighWaterMark } = require('internal/streams/core');
const { Buffer } = require('buffer');

const { defineProperty, getOwnPropertyDescriptor, keys } = Object;

// Flags of a state, as far as scripts look at them at once (`bindings/streams/state.rs` has all).
const CONSTRUCTED = 1 << 1;
const ERROR_EMITTED = 1 << 3;
const DESTROYED = 1 << 6;
const CLOSED = 1 << 7;
const CLOSE_EMITTED = 1 << 8;
const ERRORED = 1 << 9;
const ENDED = 1 << 10;

function unknownEncoding(encoding) {
  return coded('ERR_UNKNOWN_ENCODING', require('util').format('Unknown encoding: %s', encoding));
}

function invalidChunk(chunk) {
  return invalidArgType('chunk', 'of type string or an instance of Buffer, TypedArray, or DataView', chunk);
}

// Properties of a stream that only show one of its state: name, the state's name for it, what they
// are where there is no state.
function showState(target, key, table) {
  for (let i = 0; i < table.length; i += 3) {
    const name = table[i];
    const field = table[i + 1];
    const otherwise = table[i + 2];
    defineProperty(target, name, {
      __proto__: null,
      get() {
        const state = this[key];
        return state ? state[field] : otherwise;
      },
    });
  }
}

// Moves the accessors of `source` onto `target` as those of a class stand there: not enumerable.
function defineAccessors(target, source) {
  for (const name of keys(source)) {
    const { get, set } = getOwnPropertyDescriptor(source, name);
    defineProperty(target, name, { __proto__: null, get, set });
  }
}

// Functions that another builtin brings along when they are first called: name, builtin of the
// streams, the builtin's name for it, `length`.
function defineForwards(target, rows, enumerable = true) {
  const hidden = { __proto__: null, configurable: true, value: undefined };
  for (let i = 0; i < rows.length; i += 4) {
    const [name, builtin, key, length] = [rows[i], `internal/streams/${rows[i + 1]}`, rows[i + 2], rows[i + 3]];
    const value = function() {
      if (new.target) throw coded('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
      return require(builtin)[key].apply(this, arguments);
    };
    hidden.value = name;
    defineProperty(value, 'name', hidden);
    hidden.value = length;
    defineProperty(value, 'length', hidden);
    defineProperty(target, name, { __proto__: null, value, writable: true, enumerable, configurable: true });
  }
}

// Makes methods of a stream out of the functions among its options: option, method, and so on.
function adopt(stream, options, table) {
  for (let i = 0; i < table.length; i += 2) {
    const given = options[table[i]];
    if (typeof given === 'function') stream[table[i + 1]] = given;
  }
}

// The bytes of any view as a Buffer on the same memory.
function bufferOf(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

module.exports = {
  CONSTRUCTED, ERROR_EMITTED, DESTROYED, CLOSED, CLOSE_EMITTED, ERRORED, ENDED,
  getDefaultHighWaterMark, setDefaultHighWaterMark, unknownEncoding, defineAccessors, defineForwards,
  adopt, bufferOf, invalidChunk, showState,
};
