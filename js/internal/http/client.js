'use strict';

// http.ClientRequest: a request, the socket it gets, the response that comes.

const { nextTick } = require('process');
const { coded, invalidArgType } = require('internal/errors');
const { Parser, isToken } = require('internal/http/native');
const { IncomingMessage, readStart, readStop } = require('internal/http/incoming');
const {
  OutgoingMessage, headersSent, kErrored, kFields, kNeedDrain, kOnFinish, kSocket, kUniqueHeaders, parseUniqueHeadersOption,
} = require('internal/http/outgoing');
const {
  BODY, END, FAILED, HEAD, MORE, UPGRADED, connectionReset, endMessage, isLenientByDefault, maxHeaderSize, parseError, receive,
  startClock, stopClock,
} = require('internal/http/parsing');
const { publish } = require('internal/diagnostics');
const { loaded } = require('internal/builtins');

const { isArray } = Array;
const { assign, defineProperty, keys, setPrototypeOf } = Object;

const kPath = Symbol('kPath');
const kExchange = Symbol('kExchange');
const kParser = Symbol('kParser');

// Flags of a head (bindings/http/parser.rs).
const KEEPS_ALIVE = 1 << 8;
const ASKS_FOR_UPGRADE = 1 << 9;

const BODILESS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

function nop() {}

function ClientRequest(input, options, callback) {
  OutgoingMessage.call(this);
  [options, callback] = decode(input, options, callback);
  const agent = this.agent = chooseAgent(options);
  const defaultAgent = options._defaultAgent || require('internal/http/agent').globalAgent;
  const protocol = options.protocol || defaultAgent.protocol;
  const expected = agent?.protocol || defaultAgent.protocol;
  if (options.path !== undefined) checkPath(String(options.path));
  if (isArray(options.headers?.host)) {
    throw invalidArgType('options.headers.host', 'of type string', options.headers.host);
  }
  if (protocol !== expected) {
    throw coded('ERR_INVALID_PROTOCOL', `Protocol "${protocol}" not supported. Expected "${expected}"`);
  }
  const defaultPort = options.defaultPort || agent?.defaultPort;
  const port = options.port = options.port || defaultPort || 80;
  const host = options.host = hostOf(options.hostname, 'hostname') || hostOf(options.host, 'host') || 'localhost';
  const setsDefaults = options.setDefaultHeaders === undefined || Boolean(options.setDefaultHeaders);
  const setsHost = options.setHost === undefined ? setsDefaults : Boolean(options.setHost);
  this._removedConnection = !setsDefaults;
  this._removedContLen = !setsDefaults;
  this._removedTE = !setsDefaults;
  this.socketPath = options.socketPath;
  if (options.timeout !== undefined) {
    this.timeout = require('internal/timers').getTimerDuration(options.timeout, 'timeout');
  }
  if (options.signal) {
    require('internal/streams/add_abort_signal').addAbortSignal(options.signal, this);
    // The request's end is the end of its socket.
    delete options.signal;
  }
  this.method = methodOf(options.method);
  this.maxHeaderSize = options.maxHeaderSize;
  if (this.maxHeaderSize !== undefined) {
    require('internal/validate').validateInteger(this.maxHeaderSize, 'maxHeaderSize', 0);
  }
  for (const name of ['insecureHTTPParser', 'joinDuplicateHeaders']) {
    if (options[name] !== undefined) require('internal/validate').validateBoolean(options[name], `options.${name}`);
    this[name] = options[name];
  }
  this[kPath] = options.path ? String(options.path) : '/';
  if (callback) this.once('response', callback);
  this.useChunkedEncodingByDefault = !BODILESS.includes(this.method);
  this.host = host;
  this.protocol = protocol;
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
  this.shouldKeepAlive = Boolean(agent) && (Boolean(agent.keepAlive) || Number.isFinite(agent.maxSockets));
  this._last = !this.shouldKeepAlive;
  setFields(this, options, { host, port, defaultPort, setsHost });
  this[kOnFinish] = onRequestFinish;
  publish('http.client.request.created', 'request', this);
  if (agent) {
    agent.addRequest(this, options);
    return;
  }
  this._last = true;
  this.shouldKeepAlive = false;
  connectAlone(this, options);
}

setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
setPrototypeOf(ClientRequest, OutgoingMessage);

// ---- Options.

function decode(input, options, callback) {
  if (typeof input === 'string') {
    input = require('url').urlToHttpOptions(new URL(input));
  } else if (input instanceof URL) {
    input = require('url').urlToHttpOptions(input);
  } else {
    callback = options;
    options = input;
    input = null;
  }
  if (typeof options === 'function') return [{ ...input }, options];
  return [{ ...input, ...options }, callback];
}

function chooseAgent(options) {
  const { agent } = options;
  const defaultAgent = () => options._defaultAgent || require('internal/http/agent').globalAgent;
  if (agent === false) return new (defaultAgent().constructor)();
  if (agent === null || agent === undefined) {
    return typeof options.createConnection === 'function' ? undefined : defaultAgent();
  }
  if (typeof agent.addRequest !== 'function') {
    throw invalidArgType('options.agent', 'one of Agent-like Object, undefined, or false', agent);
  }
  return agent;
}

function checkPath(path) {
  if (/[^\u0021-\u00ff]/.test(path)) {
    throw coded('ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
  }
}

function hostOf(host, name) {
  if (host !== null && host !== undefined && typeof host !== 'string') {
    throw invalidArgType(`options.${name}`, 'of type string or one of undefined or null', host);
  }
  return host;
}

function methodOf(method) {
  if (method !== null && method !== undefined && typeof method !== 'string') {
    throw invalidArgType('options.method', 'of type string', method);
  }
  if (!method) return 'GET';
  if (!isToken(method)) {
    throw coded('ERR_INVALID_HTTP_TOKEN', `Method must be a valid HTTP token ["${method}"]`);
  }
  return method.toUpperCase();
}

function setFields(request, options, { host, port, defaultPort, setsHost }) {
  const { headers, auth } = options;
  const authorization = () => `Basic ${Buffer.from(auth).toString('base64')}`;
  let shownHost = host;
  // An address of IPv6 stands in brackets.
  const colon = host.indexOf(':');
  if (colon !== -1 && host.includes(':', colon + 1) && host[0] !== '[') shownHost = `[${host}]`;
  if (port && Number(port) !== defaultPort) shownHost += `:${port}`;
  if (isArray(headers)) {
    request._storeHeader(firstLine(request), headers);
    return;
  }
  if (headers) {
    for (const name of keys(headers)) request.setHeader(name, headers[name]);
  }
  if (setsHost && host && !request.getHeader('host')) request.setHeader('Host', shownHost);
  if (auth && !request.getHeader('Authorization')) request.setHeader('Authorization', authorization());
  if (request.getHeader('expect')) {
    if (request._header) throw headersSent('render');
    request._storeHeader(firstLine(request));
  }
}

function firstLine(request) {
  return `${request.method} ${request.path} HTTP/1.1\r\n`;
}

// Without an agent: a connection of its own.
function connectAlone(request, options) {
  const given = { ...options };
  given.path = options.socketPath;
  if (typeof options.createConnection !== 'function') {
    request.onSocket(require('net').createConnection(given));
    return;
  }
  let isDone = false;
  const done = (error, socket) => {
    if (isDone) return;
    isDone = true;
    if (error) nextTick(() => failWith(request, error));
    else request.onSocket(socket);
  };
  try {
    const socket = options.createConnection(given, done);
    if (socket) done(null, socket);
  } catch (error) {
    done(error);
  }
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
    if (this.aborted) return;
    this.aborted = true;
    nextTick(() => this.emit('abort'));
    this.destroy();
  },

  destroy(error) {
    if (this.destroyed) return this;
    this.destroyed = true;
    // What would have to be thrown away must not wait for somebody to read it.
    this.res?._dump();
    this[kErrored] = error;
    this[kSocket]?.destroy(error);
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

  _deferToConnect(method, args) {
    const call = () => {
      const { socket } = this;
      if (socket[method]) socket[method](...args);
    };
    if (!this.socket) this.once('socket', () => this._deferToConnect(method, args));
    else if (this.socket.connecting) this.socket.once('connect', call);
    else call();
  },

  setTimeout(milliseconds, callback) {
    if (this._ended) return this;
    listenForTimeout(this);
    milliseconds = require('internal/timers').getTimerDuration(milliseconds, 'msecs');
    if (callback) this.once('timeout', callback);
    if (this.socket) setSocketTimeout(this.socket, milliseconds);
    else this.once('socket', (socket) => setSocketTimeout(socket, milliseconds));
    return this;
  },

  clearTimeout(callback) { this.setTimeout(0, callback); },
  setNoDelay(on) { this._deferToConnect('setNoDelay', [on]); },
  setSocketKeepAlive(on, delay) { this._deferToConnect('setKeepAlive', [on, delay]); },
});

defineProperty(ClientRequest.prototype, 'path', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return this[kPath]; },
  set(path) {
    path = String(path);
    checkPath(path);
    this[kPath] = path;
  },
});

function setSocketTimeout(socket, milliseconds) {
  if (socket.connecting) socket.once('connect', () => socket.setTimeout(milliseconds));
  else socket.setTimeout(milliseconds);
}

function listenForTimeout(request) {
  if (request.timeoutCb) return;
  request.timeoutCb = emitTimeout;
  if (request.socket) request.socket.once('timeout', emitTimeout);
  else request.on('socket', (socket) => socket.once('timeout', emitTimeout));
}

// A listener of a socket.
function emitTimeout() {
  this._httpMessage?.emit('timeout');
}

function failWith(request, error) {
  publish('http.client.request.error', 'request', request, 'error', error);
  request.emit('error', error);
}

// ---- The socket.

function begin(request, socket, error) {
  if (!request.destroyed && !error) {
    new Exchange(request, socket);
    request._flush();
    return;
  }
  const failure = error || request[kErrored];
  if (!socket) {
    endUnserved(request, failure);
  } else if (!error && request.agent && !socket.destroyed) {
    socket.emit('free');
    endUnserved(request, failure);
  } else {
    const { finished } = require('internal/streams/finished');
    finished(socket.destroy(failure), (late) => {
      endUnserved(request, failure || (late?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : late));
    });
  }
}

// The end of a request that had no socket.
function endUnserved(request, error) {
  request.destroyed = true;
  if (!error && !request.aborted) error = connectionReset('socket hang up');
  if (error) failWith(request, error);
  closeRequest(request);
}

// A socket that is used again has a parser already.
function parserFor(request, socket) {
  const { maxHeaderSize: size, insecureHTTPParser } = request;
  if (size !== undefined || insecureHTTPParser !== undefined) {
    return new Parser(false, size || maxHeaderSize(), insecureHTTPParser ?? isLenientByDefault());
  }
  const parser = socket[kParser] ?? new Parser(false, maxHeaderSize(), isLenientByDefault());
  socket[kParser] = parser;
  return parser;
}

// A request and its response on a socket.
class Exchange {
  constructor(request, socket) {
    this.request = request;
    this.socket = socket;
    this.message = null;
    this.parser = parserFor(request, socket);
    this.parser.socket = socket;
    this.parser.incoming = null;
    this.parser.outgoing = request;
    request[kExchange] = this;
    request.socket = socket;
    request.parser = this.parser;
    socket.parser = this.parser;
    socket._httpMessage = request;
    this.listeners = [
      ['error', (error) => this.onError(error)],
      ['data', (chunk) => this.execute(chunk)],
      ['end', () => this.onEnd()],
      ['close', () => this.onClose()],
      ['drain', () => this.onDrain()],
    ];
    for (const [event, listener] of this.listeners) socket.on(event, listener);
    if (request.timeout !== undefined || request.agent?.options?.timeout) {
      if (request.timeout !== undefined) setSocketTimeout(socket, request.timeout);
      listenForTimeout(request);
    }
    request.emit('socket', socket);
  }

  listen(event, listener) {
    this.listeners.push([event, listener]);
    this.socket.on(event, listener);
  }

  execute(chunk) {
    const { parser } = this;
    if (parser === null) return;
    parser.feed(chunk);
    for (;;) {
      const event = parser.next();
      switch (event & 0xff) {
        case MORE:
          return;
        case HEAD:
          this.head(event);
          break;
        case BODY: {
          const { message } = this;
          if (message !== null && !message._dumped && !message.push(parser.body())) readStop(this.socket);
          break;
        }
        case END: {
          const { message } = this;
          endMessage(parser, message);
          parser.incoming = null;
          if (message !== null) readStart(this.socket);
          break;
        }
        case UPGRADED:
          this.upgrade();
          return;
        case FAILED:
          this.fail(parseError(parser, chunk));
          return;
        default:
      }
      if (this.parser === null) return;
    }
  }

  head(flags) {
    const { parser, request, socket } = this;
    // A second response to one request.
    if (request.res) {
      this.stopParsing();
      socket.destroy();
      return;
    }
    const message = receive(parser, IncomingMessage, socket, request.maxHeadersCount);
    if (request.joinDuplicateHeaders) message.joinDuplicateHeaders = true;
    parser.incoming = message;
    const { statusCode } = message;
    if (request.method === 'CONNECT' || flags & ASKS_FOR_UPGRADE) {
      message.upgrade = true;
      this.message = message;
      parser.judge(2);
      return;
    }
    if (statusCode >= 100 && statusCode < 200 && statusCode !== 101) {
      this.message = null;
      this.tellInformation(message);
      return;
    }
    this.message = message;
    if (request.method === 'HEAD') parser.judge(1);
    if (request.shouldKeepAlive && (flags & KEEPS_ALIVE) === 0 && !request.upgradeOrConnect) {
      request.shouldKeepAlive = false;
    }
    request.res = message;
    message.req = request;
    if (loaded('internal/performance')) {
      const asked = { method: request.method, url: `${request.protocol}//${request.host}${request.path}`, headers: request.getHeaders() };
      stopClock('HttpClient', request, asked, message, message.headers);
    }
    message.on('end', () => this.onResponseEnd());
    this.listen('timeout', () => message.emit('timeout'));
    publish('http.client.response.finish', 'request', request, 'response', message);
    if (request.aborted || !request.emit('response', message)) message._dump();
  }

  tellInformation(message) {
    const { request } = this;
    const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = message;
    if (statusCode === 100) request.emit('continue');
    request.emit('information', {
      statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders,
    });
  }

  upgrade() {
    const { message, parser, request, socket } = this;
    const head = parser.rest();
    request.res = message;
    message.req = request;
    this.release();
    if (request.timeoutCb) socket.removeListener('timeout', request.timeoutCb);
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
    if (request.listenerCount(event) === 0) {
      socket.destroy();
      closeRequest(request);
      return;
    }
    request.upgradeOrConnect = true;
    socket.emit('agentRemove');
    socket._httpMessage = null;
    socket.readableFlowing = null;
    request.emit(event, message, socket, head);
    request.destroyed = true;
    closeRequest(request);
  }

  // What comes from the socket is nobody's any more.
  release() {
    const { parser, socket } = this;
    if (parser === null) return;
    this.parser = null;
    parser.socket = null;
    this.request.parser = null;
    socket.parser = null;
    for (const [event, listener] of this.listeners) socket.removeListener(event, listener);
  }

  // No more data; its errors and its end are still told.
  stopParsing() {
    if (this.parser === null) return;
    this.parser = null;
    this.request.parser = null;
    this.socket.parser = null;
  }

  fail(error) {
    const { request, socket } = this;
    this.stopParsing();
    socket.removeListener('data', this.listeners[1][1]);
    socket.removeListener('end', this.listeners[2][1]);
    socket._hadError = true;
    socket.destroy();
    failWith(request, error);
  }

  onError(error) {
    const { request, socket } = this;
    // A handle that is gone has no more to say.
    socket._hadError = true;
    failWith(request, error);
    if (this.parser !== null) {
      this.parser.finish();
      this.stopParsing();
    }
    socket.removeListener('data', this.listeners[1][1]);
    socket.removeListener('end', this.listeners[2][1]);
    socket.destroy();
  }

  onEnd() {
    const { parser, request, socket } = this;
    if (!request.res && !socket._hadError) {
      socket._hadError = true;
      failWith(request, connectionReset('socket hang up'));
    }
    if (parser !== null) {
      this.finishParsing();
      this.stopParsing();
    }
    socket.end();
  }

  // A body that ends with the connection has ended.
  finishParsing() {
    if ((this.parser.finish() & 0xff) === END) endMessage(this.parser, this.message);
  }

  onClose() {
    const { request, socket } = this;
    const { res: response } = request;
    if (this.parser !== null) this.finishParsing();
    this.release();
    request.destroyed = true;
    if (response) {
      if (!response.complete) response.destroy(connectionReset('aborted'));
      closeRequest(request);
      if (!response.aborted && response.readable) response.push(null);
    } else {
      if (!socket._hadError) {
        socket._hadError = true;
        failWith(request, connectionReset('socket hang up'));
      }
      closeRequest(request);
    }
    // What was not written will never be.
    request.outputData.length = 0;
  }

  onDrain() {
    const { request } = this;
    if (!request.finished && request[kNeedDrain]) {
      request[kNeedDrain] = false;
      request.emit('drain');
    }
  }

  onResponseEnd() {
    const { request, socket } = this;
    request._ended = true;
    if (!request.shouldKeepAlive) {
      if (socket.writable) {
        if (typeof socket.destroySoon === 'function') socket.destroySoon();
        else socket.end();
      }
    } else if (request.writableFinished && !request.aborted) {
      this.keepAlive();
    }
  }

  // The socket is the agent's again.
  keepAlive() {
    const { request, socket } = this;
    if (this.parser === null) return;
    if (request.timeoutCb) {
      socket.setTimeout(0, request.timeoutCb);
      request.timeoutCb = null;
    }
    this.release();
    socket.once('error', onFreeError);
    request.destroyed = true;
    nextTick(() => {
      socket.removeListener('error', onFreeError);
      closeRequest(request);
      if (socket._httpMessage === request) socket._httpMessage = null;
      socket.emit('free');
    });
  }
}

function onFreeError() {
  this.destroy();
}

function closeRequest(request) {
  if (request._closed) return;
  request._closed = true;
  request.emit('close');
}

// All of a request was handed to the system. Called with it as `this`.
function onRequestFinish() {
  const exchange = this[kExchange];
  if (exchange === null) return;
  if (this.shouldKeepAlive && this._ended) exchange.keepAlive();
}

module.exports = { ClientRequest };
