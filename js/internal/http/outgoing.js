'use strict';

// http.OutgoingMessage: what is said to a peer. How a head is written is native.

const { nextTick } = require('process');
const { Buffer } = require('buffer');
const EventEmitter = require('events');
const { coded, invalidArgType } = require('internal/errors');
const { Stream } = require('internal/streams/legacy');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { Outgoing, isInvalidValue, isToken } = require('internal/http/native');

const { assign, defineProperty, defineProperties, getOwnPropertyDescriptors, keys, setPrototypeOf } = Object;
const { isArray } = Array;

const kFields = Symbol('kOutHeaders');
const kErrored = Symbol('kErrored');
const kHighWaterMark = Symbol('kHighWaterMark');
const kNeedDrain = Symbol('kNeedDrain');
const kCorked = Symbol('kCorked');
const kSocket = Symbol('kSocket');
const kUniqueHeaders = Symbol('kUniqueHeaders');
const kBytesWritten = Symbol('kBytesWritten');
const kRejectNonStandardBodyWrites = Symbol('kRejectNonStandardBodyWrites');
const kOnFinish = Symbol('kOnFinish');
const kHasEncoding = Symbol('kHasEncoding');
const kIsAscii = Symbol('kIsAscii');

// What natives are told of a message (`says` in bindings/http/outgoing.rs), and what they answer.
const SEND_DATE = 1;
const KEEP_ALIVE = 1 << 1;
const CHUNKED_BY_DEFAULT = 1 << 2;
const HAS_BODY = 1 << 3;
const NO_CONNECTION = 1 << 4;
const NO_LENGTH = 1 << 5;
const NO_ENCODING = 1 << 6;
const LAST_REQUEST = 1 << 7;
const NEVER_CHUNKED = 1 << 8;
const HAS_AGENT = 1 << 9;
const TELLS_TIMEOUT = 1 << 10;
const CHUNKED = 1 << 11;
const IS_LAST = 1;
const IS_CHUNKED = 1 << 1;
const KEEPS_ALIVE = 1 << 2;
const HAS_EXPECT = 1 << 3;
const HAS_LENGTH = 1 << 4;
const BAD_TRAILER = 1 << 5;
const HAS_ENCODING = 1 << 7;
const IS_ASCII = 1 << 8;

function nop() {}

function OutgoingMessage(options) {
  Stream.call(this);
  if (options !== undefined) {
    if (options.highWaterMark !== undefined) this[kHighWaterMark] = options.highWaterMark;
    if (options.rejectNonStandardBodyWrites) this[kRejectNonStandardBodyWrites] = true;
  }
  this.outputData = [];
}

setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
setPrototypeOf(OutgoingMessage, Stream);

function headersSent(what) {
  return coded('ERR_HTTP_HEADERS_SENT', `Cannot ${what} headers after they are sent to the client`);
}

function validateHeaderName(name, label) {
  if (typeof name !== 'string' || !name || !isToken(name)) {
    throw coded('ERR_INVALID_HTTP_TOKEN', `${label || 'Header name'} must be a valid HTTP token ["${name}"]`);
  }
}

function validateHeaderValue(name, value) {
  if (value === undefined) {
    throw coded('ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "${value}" for header "${name}"`);
  }
  if (isInvalidValue(value)) throw coded('ERR_INVALID_CHAR', `Invalid character in header content ["${name}"]`);
}

function parseUniqueHeadersOption(headers) {
  if (!isArray(headers)) return null;
  return headers.map((name) => {
    require('internal/validate').validateString(name, 'uniqueHeaders');
    return name.toLowerCase();
  });
}

// ---- Fields.

const fieldMethods = {
  setHeader(name, value) {
    if (this._header) throw headersSent('set');
    (this[kFields] ??= new Outgoing()).set(name, value);
    return this;
  },

  setHeaders(headers) {
    if (this._header) throw headersSent('set');
    if (!headers || isArray(headers) || typeof headers.keys !== 'function' || typeof headers.get !== 'function') {
      throw invalidArgType('headers', 'an instance of Headers or Map', headers);
    }
    const cookies = [];
    for (const [name, value] of headers) {
      if (name === 'set-cookie') {
        if (isArray(value)) cookies.push(...value);
        else cookies.push(value);
      } else {
        this.setHeader(name, value);
      }
    }
    if (cookies.length > 0) this.setHeader('set-cookie', cookies);
    return this;
  },

  appendHeader(name, value) {
    if (this._header) throw headersSent('append');
    (this[kFields] ??= new Outgoing()).append(name, value);
    return this;
  },

  getHeader(name) {
    require('internal/validate').validateString(name, 'name');
    return this[kFields]?.get(name);
  },

  getHeaderNames() { return this[kFields]?.names() ?? []; },
  getRawHeaderNames() { return this[kFields]?.rawNames() ?? []; },
  getHeaders() { return this[kFields]?.all() ?? { __proto__: null }; },

  hasHeader(name) {
    require('internal/validate').validateString(name, 'name');
    return this[kFields]?.has(name) ?? false;
  },

  removeHeader(name) {
    require('internal/validate').validateString(name, 'name');
    if (this._header) throw headersSent('remove');
    switch (name.toLowerCase()) {
      case 'connection': this._removedConnection = true; break;
      case 'content-length': this._removedContLen = true; break;
      case 'transfer-encoding': this._removedTE = true; break;
      case 'date': this.sendDate = false; break;
      default:
    }
    this[kFields]?.remove(name);
  },

  _renderHeaders() {
    if (this._header) throw headersSent('render');
    const shown = {};
    const values = this.getHeaders();
    for (const name of this.getRawHeaderNames()) shown[name] = values[name.toLowerCase()];
    return shown;
  },

  addTrailers(trailers) {
    this._trailer = '';
    const isList = isArray(trailers);
    const names = keys(trailers);
    for (let i = 0; i < names.length; i++) {
      const [name, value] = isList ? trailers[names[i]] : [names[i], trailers[names[i]]];
      validateHeaderName(name, 'Trailer name');
      const isJoined = isArray(value) && value.length > 1 && this[kUniqueHeaders]?.includes(name.toLowerCase());
      const values = isArray(value) && !isJoined ? value : [isJoined ? value.join('; ') : value];
      for (let j = 0; j < values.length; j++) {
        if (isInvalidValue(values[j])) {
          throw coded('ERR_INVALID_CHAR', `Invalid character in trailer content ["${name}"]`);
        }
        this._trailer += `${name}: ${values[j]}\r\n`;
      }
    }
  },

  // Writes the head: the first line, what was set or is given, what goes without saying.
  _storeHeader(firstLine, extra) {
    const fields = this[kFields] ??= new Outgoing();
    const timeout = this._defaultKeepAlive && this._keepAliveTimeout;
    let says = 0;
    if (this.sendDate) says |= SEND_DATE;
    if (this.shouldKeepAlive) says |= KEEP_ALIVE;
    if (this.useChunkedEncodingByDefault) says |= CHUNKED_BY_DEFAULT;
    if (this._hasBody) says |= HAS_BODY;
    if (this._removedConnection) says |= NO_CONNECTION;
    if (this._removedContLen) says |= NO_LENGTH;
    if (this._removedTE) says |= NO_ENCODING;
    if (this.maxRequestsOnConnectionReached) says |= LAST_REQUEST;
    if (this.statusCode === 204 || this.statusCode === 304) says |= NEVER_CHUNKED;
    if (this.agent) says |= HAS_AGENT;
    if (timeout) says |= TELLS_TIMEOUT;
    if (this.chunkedEncoding) says |= CHUNKED;
    const seconds = timeout ? Math.floor(timeout / 1000) : 0;
    const header = fields.assemble(
      firstLine, says, this._contentLength, seconds, this._maxRequestsPerSocket, extra, this[kUniqueHeaders]);
    const outcome = fields.outcome();
    if (outcome & BAD_TRAILER) {
      throw coded('ERR_HTTP_TRAILER_INVALID', 'Trailers are invalid with this transfer encoding');
    }
    if (outcome & IS_LAST) this._last = true;
    this.chunkedEncoding = (outcome & IS_CHUNKED) !== 0;
    this.shouldKeepAlive = (outcome & KEEPS_ALIVE) !== 0;
    if (outcome & HAS_LENGTH) this._contentLength = fields.contentLength();
    if (outcome & HAS_ENCODING) this[kHasEncoding] = true;
    if ((outcome & IS_ASCII) === 0) this[kIsAscii] = false;
    this._header = header;
    this._headerSent = false;
    // A peer that is to say first whether it wants the body has to hear of it now.
    if (outcome & HAS_EXPECT) this._send('');
  },
};

// ---- Bytes.

const methods = {
  cork() {
    this[kCorked]++;
    this[kSocket]?.cork();
  },

  uncork() {
    if (this[kCorked] > 0) this[kCorked]--;
    this[kSocket]?.uncork();
  },

  setTimeout(milliseconds, callback) {
    if (callback) this.on('timeout', callback);
    if (this[kSocket]) this[kSocket].setTimeout(milliseconds);
    else this.once('socket', (socket) => socket.setTimeout(milliseconds));
    return this;
  },

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    this[kErrored] = error;
    if (this[kSocket]) this[kSocket].destroy(error);
    else this.once('socket', (socket) => socket.destroy(error));
    return this;
  },

  _send(data, encoding, callback) {
    if (!this._headerSent && this._header !== null) {
      this._headerSent = true;
      const header = this._header;
      if (typeof data === 'string' && (encoding === 'latin1' || (this[kIsAscii] && (!encoding || encoding === 'utf8')))) {
        data = header + data;
      } else {
        this.outputData.unshift({ data: header, encoding: 'latin1', callback: null });
        this.outputSize += header.length;
        this._onPendingData(header.length);
      }
    }
    return this._writeRaw(data, encoding, callback);
  },

  _writeRaw(data, encoding, callback) {
    const socket = this[kSocket];
    if (socket?.destroyed) return false;
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = null;
    }
    if (socket && socket._httpMessage === this && socket.writable) {
      if (this.outputData.length > 0) this._flushOutput(socket);
      return socket.write(data, encoding, callback);
    }
    this.outputData.push({ data, encoding, callback });
    this.outputSize += data.length;
    this._onPendingData(data.length);
    return this.outputSize < this[kHighWaterMark];
  },

  _implicitHeader() {
    throw coded('ERR_METHOD_NOT_IMPLEMENTED', 'The _implicitHeader() method is not implemented');
  },

  write(chunk, encoding, callback) {
    if (typeof encoding === 'function') {
      callback = encoding;
      encoding = null;
    }
    return write(this, chunk, encoding, callback, false);
  },

  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') {
      callback = chunk;
      chunk = null;
      encoding = null;
    } else if (typeof encoding === 'function') {
      callback = encoding;
      encoding = null;
    }
    const hasChunk = chunk !== undefined && chunk !== null && chunk !== '' && chunk !== false && chunk !== 0;
    if (this.finished) return endAgain(this, hasChunk, callback);
    const socket = this[kSocket];
    if (typeof chunk === 'string' && hasChunk && this._header === null && isFree(this, socket)) {
      return endAtOnce(this, socket, chunk, encoding, callback);
    }
    if (socket) socket.cork();
    if (hasChunk) {
      write(this, chunk, encoding, null, true);
    } else if (!this._header) {
      this._contentLength = 0;
      this._implicitHeader();
    }
    if (typeof callback === 'function') this.once('finish', callback);
    if (this.strictContentLength) checkLength(this, 0, true);
    const finish = () => onFinish(this);
    if (this._hasBody && this.chunkedEncoding) {
      this._send(`0\r\n${this._trailer}\r\n`, 'latin1', finish);
    } else if (!this._headerSent || this.writableLength || hasChunk) {
      this._send('', 'latin1', finish);
    } else {
      nextTick(finish);
    }
    if (socket) {
      // Whoever has corked it: a message that is over goes out.
      socket._writableState.corked = 1;
      socket.uncork();
    }
    this[kCorked] = 0;
    this.finished = true;
    if (this.outputData.length === 0 && this[kSocket]?._httpMessage === this) this._finish();
    return this;
  },

  _finish() {
    this.emit('prefinish');
  },

  // Says what has waited until the message had its socket.
  _flush() {
    const socket = this[kSocket];
    if (!socket?.writable) return;
    const goesOn = this._flushOutput(socket);
    if (this.finished) {
      this._finish();
    } else if (goesOn && this[kNeedDrain]) {
      this[kNeedDrain] = false;
      this.emit('drain');
    }
  },

  _flushOutput(socket) {
    while (this[kCorked] > 0) {
      this[kCorked]--;
      socket.cork();
    }
    const { outputData } = this;
    if (outputData.length === 0) return undefined;
    this.outputData = [];
    this._onPendingData(-this.outputSize);
    this.outputSize = 0;
    let goesOn;
    socket.cork();
    for (let i = 0; i < outputData.length; i++) {
      const { data, encoding, callback } = outputData[i];
      goesOn = socket.write(data, encoding, callback);
    }
    socket.uncork();
    return goesOn;
  },

  flushHeaders() {
    if (!this._header) this._implicitHeader();
    this._send('');
  },

  pipe() {
    this.emit('error', coded('ERR_STREAM_CANNOT_PIPE', 'Cannot pipe, not readable'));
  },

  _onPendingData: nop,

  [EventEmitter.captureRejectionSymbol](error) { this.destroy(error); },
};

// Whether a message can be said in one write.
function isFree(message, socket) {
  return socket?._handle && socket._httpMessage === message && !message.destroyed && !message.strictContentLength &&
    message[kCorked] === 0 && message.outputData.length === 0 && socket.writable && !socket.destroyed;
}

// A message whose body is a text, with its head in one string: what most messages are.
function endAtOnce(message, socket, chunk, encoding, callback) {
  const isUtf8 = !encoding || encoding === 'utf8' || encoding === 'utf-8';
  const length = Buffer.byteLength(chunk, encoding);
  message._contentLength = length;
  message._implicitHeader();
  if (typeof callback === 'function') message.once('finish', callback);
  const finish = () => onFinish(message);
  if (message._header === null || message._headerSent || !message._hasBody || message.chunkedEncoding || !isUtf8 || !message[kIsAscii]) {
    socket.cork();
    if (!message._hasBody) {
      if (message[kRejectNonStandardBodyWrites]) throw bodyNotAllowed();
    } else if (message.chunkedEncoding) {
      message._send(`${length.toString(16)}\r\n`, 'latin1', null);
      message._send(chunk, encoding, null);
      message._send('\r\n', 'latin1', null);
    } else {
      message._send(chunk, encoding, null);
    }
    const isChunked = message._hasBody && message.chunkedEncoding;
    message._send(isChunked ? `0\r\n${message._trailer}\r\n` : '', 'latin1', finish);
    socket.uncork();
  } else {
    message._headerSent = true;
    // Characters that are bytes: nothing has to be encoded.
    socket.write(message._header + chunk, length === chunk.length ? 'latin1' : 'utf8', finish);
  }
  message.finished = true;
  message._finish();
  return message;
}

function bodyNotAllowed() {
  return coded('ERR_HTTP_BODY_NOT_ALLOWED', 'Adding content for this request method or response status is not allowed.');
}

function checkLength(message, length, isEnd) {
  const written = message[kBytesWritten] + length;
  const said = message._contentLength;
  const isWrong = isEnd ? written !== said : written > said;
  if (!message._hasBody || message._removedContLen || typeof said !== 'number' || said !== said) return;
  if (!isWrong || message.chunkedEncoding || message[kHasEncoding]) return;
  throw coded('ERR_HTTP_CONTENT_LENGTH_MISMATCH',
    `Response body's content-length of ${written} byte(s) does not match the content-length of ${said} byte(s) set in header`);
}

function onFinish(message) {
  if (message[kSocket]?._hadError) return;
  message[kOnFinish]?.();
  message.emit('finish');
}

function endAgain(message, hasChunk, callback) {
  if (hasChunk) {
    fail(message, coded('ERR_STREAM_WRITE_AFTER_END', 'write after end'), callback ?? nop);
  } else if (typeof callback === 'function') {
    if (!message.writableFinished) message.on('finish', callback);
    else callback(coded('ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished'));
  }
  return message;
}

function fail(message, error, callback) {
  if (message.destroyed) {
    nextTick(callback, error);
    return;
  }
  nextTick(() => {
    callback(error);
    if (typeof message.destroy === 'function' && !message._closed) message.emit('error', error);
  });
}

function write(message, chunk, encoding, callback, isEnd) {
  if (typeof callback !== 'function') callback = nop;
  const isText = typeof chunk === 'string';
  if (chunk === null) throw coded('ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (!isText && !(chunk instanceof Uint8Array)) {
    throw invalidArgType('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
  }
  if (message.finished || message.destroyed) {
    fail(message, message.finished ?
      coded('ERR_STREAM_WRITE_AFTER_END', 'write after end') :
      coded('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed'), callback);
    return false;
  }
  let length = 0;
  if (!message._header || message.chunkedEncoding || message.strictContentLength) {
    length = isText ? Buffer.byteLength(chunk, encoding) : chunk.byteLength;
  }
  if (message.strictContentLength) {
    checkLength(message, length, isEnd);
    message[kBytesWritten] += length;
  }
  if (!message._header) {
    if (isEnd) message._contentLength = length;
    message._implicitHeader();
  }
  if (!message._hasBody) {
    if (message[kRejectNonStandardBodyWrites]) {
      throw bodyNotAllowed();
    }
    nextTick(callback);
    return true;
  }
  const socket = message[kSocket];
  if (!isEnd && socket && !socket.writableCorked) {
    socket.cork();
    nextTick(uncorkSocket, socket);
  }
  let goesOn;
  if (!message.chunkedEncoding) {
    goesOn = message._send(chunk, encoding, callback === nop ? undefined : callback);
  } else if (length === 0) {
    goesOn = message._send('', 'latin1', callback);
  } else if (isText && (!encoding || encoding === 'utf8' || encoding === 'utf-8')) {
    goesOn = message._send(`${length.toString(16)}\r\n${chunk}\r\n`, 'utf8', callback);
  } else {
    message._send(`${length.toString(16)}\r\n`, 'latin1', null);
    message._send(chunk, encoding, null);
    goesOn = message._send('\r\n', 'latin1', callback);
  }
  if (!goesOn) message[kNeedDrain] = true;
  return goesOn;
}

function uncorkSocket(socket) {
  socket.uncork();
}

assign(OutgoingMessage.prototype, {
  outputSize: 0,
  writable: true,
  destroyed: false,
  _last: false,
  chunkedEncoding: false,
  shouldKeepAlive: true,
  maxRequestsOnConnectionReached: false,
  _defaultKeepAlive: true,
  useChunkedEncodingByDefault: true,
  sendDate: false,
  _removedConnection: false,
  _removedContLen: false,
  _removedTE: false,
  strictContentLength: false,
  _contentLength: null,
  _hasBody: true,
  _trailer: '',
  finished: false,
  _headerSent: false,
  _closed: false,
  _header: null,
  _keepAliveTimeout: 0,
  [kFields]: null,
  [kErrored]: null,
  [kNeedDrain]: false,
  [kCorked]: 0,
  [kSocket]: null,
  [kUniqueHeaders]: null,
  [kBytesWritten]: 0,
  [kRejectNonStandardBodyWrites]: false,
  [kHighWaterMark]: getDefaultHighWaterMark(false),
  [kOnFinish]: undefined,
  [kHasEncoding]: false,
  [kIsAscii]: true,
}, fieldMethods, methods);

defineProperties(OutgoingMessage.prototype, getOwnPropertyDescriptors({
  get errored() { return this[kErrored]; },
  get closed() { return this._closed; },
  get writableFinished() {
    return this.finished && this.outputSize === 0 && (!this[kSocket] || this[kSocket].writableLength === 0);
  },
  get writableObjectMode() { return false; },
  get writableLength() { return this.outputSize + (this[kSocket] ? this[kSocket].writableLength : 0); },
  get writableHighWaterMark() { return this[kSocket] ? this[kSocket].writableHighWaterMark : this[kHighWaterMark]; },
  get writableCorked() { return this[kCorked]; },
  get writableEnded() { return this.finished; },
  get writableNeedDrain() { return !this.destroyed && !this.finished && this[kNeedDrain]; },
  get headersSent() { return Boolean(this._header); },
  get connection() { return this[kSocket]; },
  set connection(socket) { this.socket = socket; },
  get socket() { return this[kSocket]; },
  set socket(socket) {
    for (let i = 0; i < this[kCorked]; i++) {
      socket?.cork();
      this[kSocket]?.uncork();
    }
    this[kSocket] = socket;
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
  if (headers === null || headers === undefined) return;
  for (const name of keys(headers)) this.setHeader(name, headers[name]);
});
deprecated('_headerNames', function() {
  const names = { __proto__: null };
  for (const name of this.getRawHeaderNames()) names[name.toLowerCase()] = name;
  return names;
}, nop);

module.exports = {
  OutgoingMessage, headersSent, parseUniqueHeadersOption, validateHeaderName, validateHeaderValue,
  kCorked, kErrored, kFields, kHighWaterMark, kNeedDrain, kOnFinish, kSocket, kUniqueHeaders,
};
