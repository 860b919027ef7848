'use strict';

// http.OutgoingMessage: what is said to a peer. What has no socket yet waits in a queue.

const EventEmitter = require('events');
const { coded } = require('internal/errors');
const { Stream } = require('internal/streams/legacy');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const {
  adoptOutgoing, kCorked, kFields, kOnFinish, kSocket, kUniqueHeaders, kWaiting, messages: { end },
} = require('internal/http/native');
const { joinsHead, sayPart, kRefusesBody, kWritten } = require('internal/http/outgoing_body');
const {
  fieldMethods, headersSent, parseUniqueHeadersOption, validateHeaderName, validateHeaderValue,
} = require('internal/http/outgoing_fields');
const { hasTurn, queueOf, tellDrain, kNeedDrain } = require('internal/http/outgoing_queue');

const { assign, defineProperty, defineProperties, getOwnPropertyDescriptors, keys, setPrototypeOf } = Object;

const kErrored = Symbol('http.errored');
const kHighWaterMark = Symbol('kHighWaterMark');

function nop() {}

function OutgoingMessage(options) {
  Stream.call(this);
  if (options === undefined) return;
  const { highWaterMark, rejectNonStandardBodyWrites } = options;
  if (highWaterMark !== undefined) this[kHighWaterMark] = highWaterMark;
  if (rejectNonStandardBodyWrites) this[kRefusesBody] = true;
}

setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
setPrototypeOf(OutgoingMessage, Stream);

const methods = {
  cork() {
    this[kCorked]++;
    this[kSocket]?.cork();
  },

  uncork() {
    this[kCorked] = Math.max(this[kCorked] - 1, 0);
    this[kSocket]?.uncork();
  },

  setTimeout(milliseconds, listener) {
    if (listener) this.on('timeout', listener);
    withSocket(this, (socket) => socket.setTimeout(milliseconds));
    return this;
  },

  destroy(error) {
    if (!this.destroyed) {
      assign(this, { destroyed: true, [kErrored]: error });
      withSocket(this, (socket) => socket.destroy(error));
    }
    return this;
  },

  pipe() {
    this.emit('error', coded('ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
  },

  write(chunk, encoding, callback) {
    const isShort = typeof encoding === 'function';
    const wantsMore = sayPart(this, chunk, isShort ? undefined : encoding, isShort ? encoding : callback, false);
    // What is refused is told of as an error, not to be waited for.
    if (!wantsMore && !this.destroyed && !this.finished) this[kNeedDrain] = true;
    return wantsMore;
  },

  end,

  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._send('');
  },

  _implicitHeader() {
    throw coded('ERR_METHOD_NOT_IMPLEMENTED', 'The _implicitHeader() method is not implemented');
  },

  // Says something, behind the head.
  _send(data, encoding, callback) {
    if (this._headerSent || this._header === null) return this._writeRaw(data, encoding, callback);
    this._headerSent = true;
    if (joinsHead(this, data, encoding)) return this._writeRaw(this._header + data, encoding, callback);
    const socket = hasTurn(this, this[kSocket]) ? this[kSocket] : undefined;
    socket?.cork();
    this._writeRaw(this._header, 'latin1');
    const wantsMore = this._writeRaw(data, encoding, callback);
    socket?.uncork();
    return wantsMore;
  },

  // Says something as it is: at once where it is this message's turn.
  _writeRaw(data, encoding, callback) {
    const socket = this[kSocket];
    if (typeof encoding === 'function') return this._writeRaw(data, undefined, encoding);
    if (hasTurn(this, socket)) {
      this[kWaiting]?.take(socket);
      return socket.write(data, encoding, callback);
    }
    return !socket?.destroyed && queueOf(this).add(data, encoding, callback) < this[kHighWaterMark];
  },

  // The message has its socket: what has waited is said.
  _flush() {
    const socket = this[kSocket];
    if (!hasTurn(this, socket)) return;
    const wantsMore = this[kWaiting]?.take(socket);
    if (this.finished) this._finish();
    else if (wantsMore) tellDrain(this);
  },

  _finish() {
    this.emit('prefinish');
  },

  _onPendingData: nop,

  [EventEmitter.captureRejectionSymbol](error) {
    this.destroy(error);
  },
};

function withSocket(message, use) {
  if (message[kSocket]) use(message[kSocket]);
  else message.once('socket', use);
}

// ---- Properties.

// What a message is unless it says otherwise.
adoptOutgoing(OutgoingMessage.prototype, {
  // How it is sent.
  chunkedEncoding: false,
  shouldKeepAlive: true,
  useChunkedEncodingByDefault: true,
  maxRequestsOnConnectionReached: false,
  sendDate: false,
  strictContentLength: false,
  _contentLength: null,
  _defaultKeepAlive: true,
  _hasBody: true,
  _keepAliveTimeout: 0,
  _last: false,
  _removedConnection: false,
  _removedContLen: false,
  _removedTE: false,
  _trailer: '',
  [kFields]: null,
  [kRefusesBody]: false,
  [kUniqueHeaders]: null,
  // How far it has come.
  destroyed: false,
  finished: false,
  writable: true,
  _closed: false,
  _header: null,
  _headerSent: false,
  [kCorked]: 0,
  [kErrored]: null,
  [kHighWaterMark]: getDefaultHighWaterMark(false),
  [kNeedDrain]: false,
  [kSocket]: null,
  [kWaiting]: null,
  [kWritten]: 0,
});
assign(OutgoingMessage.prototype, { [kOnFinish]: undefined }, fieldMethods, methods);

defineProperties(OutgoingMessage.prototype, getOwnPropertyDescriptors({
  get closed() { return this._closed; },
  get errored() { return this[kErrored]; },
  get headersSent() { return Boolean(this._header); },
  get outputData() { return this[kWaiting]?.parts ?? []; },
  get outputSize() { return this[kWaiting]?.size ?? 0; },
  get writableCorked() { return this[kCorked]; },
  get writableEnded() { return this.finished; },
  get writableFinished() { return this.finished && this.writableLength === 0; },
  get writableHighWaterMark() { return this[kSocket]?.writableHighWaterMark ?? this[kHighWaterMark]; },
  get writableLength() { return this.outputSize + (this[kSocket]?.writableLength ?? 0); },
  get writableNeedDrain() { return this[kNeedDrain] && !(this.finished || this.destroyed); },
  get writableObjectMode() { return false; },
  get connection() { return this.socket; },
  set connection(socket) { this.socket = socket; },
  get socket() { return this[kSocket]; },
  set socket(next) {
    const last = this[kSocket];
    this[kSocket] = next;
    // Corks move with the message.
    for (let depth = this[kCorked]; depth > 0; depth--) {
      last?.uncork();
      next?.cork();
    }
  },
}));

// Old names, of which Node warns.
function deprecated(name, get, set) {
  const { deprecate } = require('util');
  const text = `OutgoingMessage.prototype.${name} is deprecated`;
  defineProperty(OutgoingMessage.prototype, name, {
    __proto__: null,
    configurable: true,
    get: deprecate(get, text, 'DEP0066'),
    set: deprecate(set, text, 'DEP0066'),
  });
}

deprecated('_headers', function() { return this.getHeaders(); }, function(headers) {
  this[kFields] = null;
  for (const name of keys(headers ?? {})) this.setHeader(name, headers[name]);
});
deprecated('_headerNames', function() {
  const names = this.getRawHeaderNames().map((name) => [name.toLowerCase(), name]);
  return assign({ __proto__: null }, Object.fromEntries(names));
}, nop);

module.exports = {
  OutgoingMessage, headersSent, parseUniqueHeadersOption, validateHeaderName, validateHeaderValue,
  kErrored, kHighWaterMark, kNeedDrain,
};
