'use strict';

// http.ClientRequest: a request until it has its socket; what happens there is an Exchange.

const { nextTick } = require('process');
const { kOnFinish, kSocket, kUniqueHeaders } = require('internal/http/native');
const { OutgoingMessage, headersSent, kErrored, parseUniqueHeadersOption } = require('internal/http/outgoing');
const { connectionReset, startClock } = require('internal/http/parsing');
const { describe, pathOf } = require('internal/http/request_options');
const { connectAlone, tellError } = require('internal/http/connect');
const { Exchange, closeRequest, kExchange } = require('internal/http/exchange');
const { publish } = require('internal/diagnostics');

const { isArray } = Array;
const { assign, defineProperty, keys, setPrototypeOf } = Object;

const kPath = Symbol('kPath');

function ClientRequest(input, options, callback) {
  OutgoingMessage.call(this);
  const asked = describe([input, options, callback]);
  const { agent } = asked.shown;
  assign(this, asked.shown);
  this[kPath] = asked.path;
  this.shouldKeepAlive = Boolean(agent && (agent.keepAlive || Number.isFinite(agent.maxSockets)));
  this._last = !this.shouldKeepAlive;
  if (!asked.hasBody) this.useChunkedEncodingByDefault = false;
  if (!asked.hasDefaults) this._removedConnection = this._removedContLen = this._removedTE = true;
  const { uniqueHeaders } = asked.options;
  if (uniqueHeaders) this[kUniqueHeaders] = parseUniqueHeadersOption(uniqueHeaders);
  if (asked.listener) this.once('response', asked.listener);
  if (asked.signal) require('internal/streams/add_abort_signal').addAbortSignal(asked.signal, this);
  setFields(this, asked);
  publish('http.client.request.created', 'request', this);
  if (agent) agent.addRequest(this, asked.options);
  else connectAlone(this, asked.options);
}

setPrototypeOf(ClientRequest, OutgoingMessage);
setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);

function setFields(request, { headers, authority, auth }) {
  // A list is all that is sent, as it is.
  if (isArray(headers)) {
    request._storeHeader(firstLine(request), headers);
    return;
  }
  if (headers) {
    for (const name of keys(headers)) request.setHeader(name, headers[name]);
  }
  if (authority !== '' && !request.getHeader('host')) request.setHeader('Host', authority);
  if (auth && !request.getHeader('authorization')) {
    request.setHeader('Authorization', `Basic ${Buffer.from(auth).toString('base64')}`);
  }
  // Whoever waits for a word before its body says the head at once.
  if (headers && request.getHeader('expect')) request._implicitHeader();
}

function firstLine(request) {
  return `${request.method} ${request[kPath]} HTTP/1.1\r\n`;
}

// ---- What waits for a socket.

function withSocket(request, use) {
  if (request.socket) use(request.socket);
  else request.once('socket', use);
}

function whenConnected(request, use) {
  withSocket(request, (socket) => {
    if (socket.connecting) socket.once('connect', () => use(socket));
    else use(socket);
  });
}

// Tells the request of the time that is up. Listener of a socket.
function emitTimeout() {
  this._httpMessage?.emit('timeout');
}

function listenForTimeout(request) {
  if (request.timeoutCb !== null) return;
  request.timeoutCb = emitTimeout;
  withSocket(request, (socket) => socket.once('timeout', emitTimeout));
}

// ---- The socket.

// A socket has come, or an error in its place.
function begin(request, socket, error) {
  if (error || request.destroyed) {
    refuse(request, socket, error);
    return;
  }
  const exchange = new Exchange(request, socket);
  const { timeout, agent } = request;
  if (timeout !== undefined) whenConnected(request, () => socket.setTimeout(timeout));
  if (timeout !== undefined || agent?.options?.timeout) listenForTimeout(request);
  exchange.announce();
  request._flush();
}

// A request that is over before it has begun.
function refuse(request, socket, error) {
  const reason = error || request[kErrored];
  const isSpared = !error && request.agent && socket?.destroyed === false;
  if (isSpared) socket.emit('free');
  if (!socket || isSpared) {
    endUnserved(request, reason);
    return;
  }
  require('internal/streams/finished').finished(socket.destroy(reason), (late) => {
    const isNews = late && late.code !== 'ERR_STREAM_PREMATURE_CLOSE';
    endUnserved(request, reason || (isNews ? late : null));
  });
}

function endUnserved(request, error) {
  request.destroyed = true;
  const told = error || (request.aborted ? null : connectionReset('socket hang up'));
  if (told) tellError(request, told);
  closeRequest(request);
}

// ---- The methods.

assign(ClientRequest.prototype, {
  _ended: false,
  res: null,
  aborted: false,
  timeoutCb: null,
  upgradeOrConnect: false,
  parser: null,
  maxHeadersCount: null,
  reusedSocket: false,
  [kExchange]: null,

  // All of it was handed to the system.
  [kOnFinish]() {
    if (this._ended && this.shouldKeepAlive) this[kExchange]?.keepAlive();
  },

  _finish() {
    OutgoingMessage.prototype._finish.call(this);
    publish('http.client.request.start', 'request', this);
    startClock(this);
  },

  _implicitHeader() {
    if (this._header) throw headersSent('render');
    this._storeHeader(firstLine(this));
  },

  abort() {
    if (!this.aborted) {
      this.aborted = true;
      nextTick(() => this.emit('abort'));
      this.destroy();
    }
  },

  destroy(error) {
    if (!this.destroyed) {
      this.destroyed = true;
      this[kErrored] = error;
      // What would have to be thrown away must not wait for somebody to read it.
      this.res?._dump();
      this[kSocket]?.destroy(error);
    }
    return this;
  },

  onSocket(socket, error) {
    // An error before anybody listens is this request's.
    let early = error;
    const onError = (failure) => { early ??= failure; };
    socket?.once('error', onError);
    nextTick(() => {
      socket?.removeListener('error', onError);
      begin(this, socket, early);
    });
  },

  setTimeout(milliseconds, callback) {
    if (!this._ended) {
      const duration = require('internal/timers').getTimerDuration(milliseconds, 'msecs');
      listenForTimeout(this);
      if (callback) this.once('timeout', callback);
      whenConnected(this, (socket) => socket.setTimeout(duration));
    }
    return this;
  },

  clearTimeout(callback) {
    this.setTimeout(0, callback);
  },

  setNoDelay(isOn) {
    whenConnected(this, (socket) => socket.setNoDelay?.(isOn));
  },

  setSocketKeepAlive(isOn, delay) {
    whenConnected(this, (socket) => socket.setKeepAlive?.(isOn, delay));
  },
});

// What stands in the first line: it is checked whenever it is set.
defineProperty(ClientRequest.prototype, 'path', {
  get() { return this[kPath]; },
  set(path) { this[kPath] = pathOf(path); },
  enumerable: true,
  configurable: true,
  __proto__: null,
});

module.exports = { ClientRequest };
