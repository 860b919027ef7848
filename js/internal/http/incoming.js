'use strict';

// http.IncomingMessage: what a peer says. Its fields become objects when they are looked at.

const { nextTick } = require('process');
const { Readable } = require('internal/streams/readable');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { distinct, headers: headersOf, rawFields } = require('internal/http/native');

const { assign, create, defineProperty, setPrototypeOf } = Object;

// A mark that another one is not told of costs nothing.
const DEFAULT_MARK = getDefaultHighWaterMark(false);

const kFields = Symbol('kFields');
const kTrailerFields = Symbol('kTrailerFields');
const kHeaders = Symbol('kHeaders');
const kHeadersDistinct = Symbol('kHeadersDistinct');
const kTrailers = Symbol('kTrailers');
const kTrailersDistinct = Symbol('kTrailersDistinct');
const kRawHeaders = Symbol('kRawHeaders');
const kRawTrailers = Symbol('kRawTrailers');

// Fields that mean something once: what comes later is dropped.
const SINGLE = ['age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host',
  'if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization',
  'referer', 'retry-after', 'server', 'user-agent'];

function IncomingMessage(socket) {
  const mark = socket?.readableHighWaterMark;
  Readable.call(this, mark === undefined || mark === DEFAULT_MARK ? undefined : { highWaterMark: mark });
  // Nothing is read ahead: data comes when the parser has some.
  this._readableState.readingMore = true;
  this.socket = socket;
}

setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
setPrototypeOf(IncomingMessage, Readable);

// What a message is unless it says otherwise: a property of its own costs more than its head's parsing.
assign(IncomingMessage.prototype, {
  httpVersionMajor: 1,
  httpVersionMinor: 1,
  httpVersion: '1.1',
  complete: false,
  aborted: false,
  joinDuplicateHeaders: undefined,
  upgrade: null,
  url: '',
  method: null,
  statusCode: null,
  statusMessage: null,
  _consuming: false,
  _dumped: false,
  [kFields]: undefined,
  [kTrailerFields]: undefined,
  [kHeaders]: undefined,
  [kHeadersDistinct]: undefined,
  [kTrailers]: undefined,
  [kTrailersDistinct]: undefined,
  [kRawHeaders]: undefined,
  [kRawTrailers]: undefined,

  setTimeout(milliseconds, callback) {
    if (callback) this.on('timeout', callback);
    this.socket.setTimeout(milliseconds);
    return this;
  },

  _read() {
    if (!this._consuming) {
      this._readableState.readingMore = false;
      this._consuming = true;
    }
    if (this.socket?.readable) readStart(this.socket);
  },

  _destroy(error, callback) {
    if (!this.readableEnded || !this.complete) {
      this.aborted = true;
      this.emit('aborted');
    }
    // A socket whose message was not read to its end is of no use any more.
    if (this.socket && !this.socket.destroyed && this.aborted) {
      this.socket.destroy(error);
      const { finished } = require('internal/streams/finished');
      const cleanup = finished(this.socket, (failure) => {
        if (failure?.code === 'ERR_STREAM_PREMATURE_CLOSE') failure = null;
        cleanup();
        nextTick(tellError, this, error || failure, callback);
      });
    } else {
      nextTick(tellError, this, error, callback);
    }
  },

  _addHeaderLines(fields, count) {
    if (!fields?.length) return;
    const trailers = this.complete;
    if (trailers) this.rawTrailers = fields;
    else this.rawHeaders = fields;
    const target = trailers ? this[kTrailers] : this[kHeaders];
    if (target) {
      for (let i = 0; i < count; i += 2) this._addHeaderLine(fields[i], fields[i + 1], target);
    }
  },

  _addHeaderLine(name, value, target) {
    name = name.toLowerCase();
    const before = target[name];
    if (name === 'set-cookie') {
      if (before === undefined) target[name] = [value];
      else before.push(value);
    } else if (typeof before !== 'string') {
      target[name] = value;
    } else if (name === 'cookie') {
      target[name] = `${before}; ${value}`;
    } else if (this.joinDuplicateHeaders || !SINGLE.includes(name)) {
      target[name] = `${before}, ${value}`;
    }
  },

  _addHeaderLineDistinct(name, value, target) {
    name = name.toLowerCase();
    if (target[name]) target[name].push(value);
    else target[name] = [value];
  },

  _dumpAndCloseReadable() {
    this._dumped = true;
    this._readableState.ended = true;
    this._readableState.endEmitted = true;
    this._readableState.destroyed = true;
    this._readableState.closed = true;
    this._readableState.closeEmitted = true;
  },

  // Lets the rest of a message that nobody reads come and go. A message without listeners that has all come is over.
  _dump() {
    if (this._dumped) return;
    if (this.complete && this._eventsCount === 0 && !this._consuming && this._readableState.length === 0) {
      this._dumpAndCloseReadable();
      return;
    }
    this._dumped = true;
    this.removeAllListeners('data');
    this.resume();
  },
});

function tellError(message, error, callback) {
  callback(message.listenerCount('error') > 0 ? error : undefined);
}

// A property that is made when it is looked at, and can be set.
function madeOnce(name, key, make) {
  defineProperty(IncomingMessage.prototype, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() { return this[key] ??= make(this); },
    set(value) { this[key] = value; },
  });
}

// The fields of a message that a program has made are those of its `rawHeaders`.
function collect(message, raw, add) {
  const target = create(null);
  for (let i = 0; i + 1 < raw.length; i += 2) message[add](raw[i], raw[i + 1], target);
  return target;
}

function rawOf(key) {
  return (message) => (message[key] === undefined ? [] : rawFields(message[key]));
}

function headersMaker(key, raw) {
  return (message) => {
    const fields = message[key];
    if (fields === undefined) return collect(message, message[raw], '_addHeaderLine');
    return headersOf(fields, message.joinDuplicateHeaders);
  };
}

function distinctMaker(key, raw) {
  return (message) => {
    const fields = message[key];
    return fields === undefined ? collect(message, message[raw], '_addHeaderLineDistinct') : distinct(fields);
  };
}

madeOnce('rawHeaders', kRawHeaders, rawOf(kFields));
madeOnce('rawTrailers', kRawTrailers, rawOf(kTrailerFields));
madeOnce('headers', kHeaders, headersMaker(kFields, 'rawHeaders'));
madeOnce('trailers', kTrailers, headersMaker(kTrailerFields, 'rawTrailers'));
madeOnce('headersDistinct', kHeadersDistinct, distinctMaker(kFields, 'rawHeaders'));
madeOnce('trailersDistinct', kTrailersDistinct, distinctMaker(kTrailerFields, 'rawTrailers'));
defineProperty(IncomingMessage.prototype, 'connection', {
  __proto__: null,
  configurable: true,
  get() { return this.socket; },
  set(socket) { this.socket = socket; },
});
defineProperty(IncomingMessage.prototype, 'client', {
  __proto__: null,
  configurable: true,
  get() { return this.socket; },
  set(socket) { this.socket = socket; },
});

function readStart(socket) {
  if (socket && !socket._paused && socket.readable) socket.resume();
}

function readStop(socket) {
  socket?.pause();
}

module.exports = { IncomingMessage, kFields, kTrailerFields, readStart, readStop };
