'use strict';

// What both sides of a stream have in common: the flags of their states, high water marks.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { Buffer } = require('buffer');

const { defineProperty, getOwnPropertyDescriptor, keys } = Object;
const { isInteger } = Number;

// The flags that `_readableState` and `_writableState` share. Each side has further ones, from
// bit 11 on.
const OBJECT_MODE = 1 << 0;
const CONSTRUCTED = 1 << 1;
const SYNC = 1 << 2;
const ERROR_EMITTED = 1 << 3;
const EMIT_CLOSE = 1 << 4;
const AUTO_DESTROY = 1 << 5;
const DESTROYED = 1 << 6;
const CLOSED = 1 << 7;
const CLOSE_EMITTED = 1 << 8;
const ERRORED = 1 << 9;
const ENDED = 1 << 10;

const SHARED = {
  objectMode: OBJECT_MODE,
  constructed: CONSTRUCTED,
  sync: SYNC,
  errorEmitted: ERROR_EMITTED,
  emitClose: EMIT_CLOSE,
  autoDestroy: AUTO_DESTROY,
  destroyed: DESTROYED,
  closed: CLOSED,
  closeEmitted: CLOSE_EMITTED,
  ended: ENDED,
};

let bytesMark = 64 * 1024;
let objectsMark = 16;

function getDefaultHighWaterMark(objectMode) {
  return objectMode ? objectsMark : bytesMark;
}

function setDefaultHighWaterMark(objectMode, value) {
  require('internal/validate').validateInteger(value, 'value', 0);
  if (objectMode) objectsMark = value;
  else bytesMark = value;
}

// The mark that the options ask for; `sideKey` names it where the stream has two sides.
function markOf(options, objectMode, sideKey, isDuplex) {
  const general = options?.highWaterMark;
  const mark = general ?? (isDuplex ? options?.[sideKey] : undefined);
  if (mark === undefined || mark === null) return objectMode ? objectsMark : bytesMark;
  if (!isInteger(mark) || mark < 0) {
    throw invalidArgValue(isDuplex ? `options.${sideKey}` : 'options.highWaterMark', mark);
  }
  return mark;
}

// The flags that a new state begins with.
function initialFlags(options, sideMode, isDuplex) {
  let flags = CONSTRUCTED | SYNC | EMIT_CLOSE | AUTO_DESTROY;
  if (!options) return flags;
  if (options.objectMode || (isDuplex && options[sideMode])) flags |= OBJECT_MODE;
  if (options.emitClose === false) flags &= ~EMIT_CLOSE;
  if (options.autoDestroy === false) flags &= ~AUTO_DESTROY;
  return flags;
}

function encodingOf(options) {
  const encoding = options?.defaultEncoding;
  if (encoding === undefined || encoding === null) return 'utf8';
  if (!Buffer.isEncoding(encoding)) throw unknownEncoding(encoding);
  return encoding;
}

function unknownEncoding(encoding) {
  return coded('ERR_UNKNOWN_ENCODING', require('util').format('Unknown encoding: %s', encoding));
}

function invalidChunk(chunk) {
  return invalidArgType('chunk', 'of type string or an instance of Buffer, TypedArray, or DataView', chunk);
}

// Gives a state's prototype a property for each flag, and for the error.
function defineFlags(prototype, table) {
  const define = (name, bit) => defineProperty(prototype, name, {
    __proto__: null,
    get() { return (this.flags & bit) !== 0; },
    set(value) {
      if (value) this.flags |= bit;
      else this.flags &= ~bit;
    },
  });
  for (const name of keys(SHARED)) define(name, SHARED[name]);
  for (const name of keys(table)) define(name, table[name]);
  defineProperty(prototype, 'errored', {
    __proto__: null,
    get() { return this.failure; },
    set(error) {
      this.failure = error;
      if (error) this.flags |= ERRORED;
      else this.flags &= ~ERRORED;
    },
  });
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

// The bytes of any view as a Buffer on the same memory.
function bufferOf(view) {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

module.exports = {
  OBJECT_MODE, CONSTRUCTED, SYNC, ERROR_EMITTED, EMIT_CLOSE, AUTO_DESTROY, DESTROYED, CLOSED,
  CLOSE_EMITTED, ERRORED, ENDED,
  getDefaultHighWaterMark, setDefaultHighWaterMark, markOf, initialFlags, encodingOf,
  unknownEncoding, defineFlags, defineAccessors, defineForwards, bufferOf, invalidChunk,
  showState,
};
