'use strict';

// http.Server, and what becomes of each of its connections.

const { nextTick } = require('process');
const EventEmitter = require('events');
const { Server: NetServer } = require('internal/net/server');
const { coded, invalidArgType, outOfRange } = require('internal/errors');
const { setUnrefTimeout } = require('internal/timers');
const { validateBoolean, validateInteger } = require('internal/validate');
const { Connections, Parser } = require('internal/http/native');
const { IncomingMessage, readStart, readStop } = require('internal/http/incoming');
const { ServerResponse, close, kServed } = require('internal/http/response');
const { kOnFinish, kUniqueHeaders, parseUniqueHeadersOption } = require('internal/http/outgoing');
const { BODY, END, FAILED, HEAD, MORE, UPGRADED, connectionReset, endMessage, parseError, receive, startClock, stopClock } =
  require('internal/http/parsing');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { publish } = require('internal/diagnostics');
const { loaded } = require('internal/builtins');

const { assign, setPrototypeOf } = Object;

const kConnections = Symbol('http.server.connections');
const kChecking = Symbol('http.server.connectionsCheckingInterval');
const kIncomingMessage = Symbol('IncomingMessage');
const kServerResponse = Symbol('ServerResponse');
const kConnection = Symbol('kConnection');
const kOptimizesEmpty = Symbol('OptimizeEmptyRequestsOption');

// Flags of a head (bindings/http/parser.rs).
const KEEPS_ALIVE = 1 << 8;
const ASKS_FOR_UPGRADE = 1 << 9;
const NAMES_HOST = 1 << 10;
const EXPECTS = 1 << 11;
const SAYS_LENGTH = 1 << 12;

function nop() {}

function Server(options, listener) {
  if (!(this instanceof Server)) return new Server(options, listener);
  if (typeof options === 'function') {
    listener = options;
    options = {};
  } else if (options === undefined || options === null) {
    options = {};
  } else if (typeof options !== 'object' || Array.isArray(options)) {
    throw invalidArgType('options', 'of type object', options);
  } else {
    options = { ...options };
  }
  storeHTTPOptions.call(this, options);
  NetServer.call(this, {
    allowHalfOpen: true,
    noDelay: options.noDelay ?? true,
    keepAlive: options.keepAlive,
    keepAliveInitialDelay: options.keepAliveInitialDelay,
    highWaterMark: options.highWaterMark,
  });
  if (listener) this.on('request', listener);
  // Whether the peer may go on listening after it has said all.
  this.httpAllowHalfOpen = false;
  this.timeout = 0;
  this.maxHeadersCount = null;
  this.maxRequestsPerSocket = 0;
  this.on('connection', connectionListener);
  this.on('listening', setupConnectionsTracking);
  this[kUniqueHeaders] = parseUniqueHeadersOption(options.uniqueHeaders);
}

setPrototypeOf(Server.prototype, NetServer.prototype);
setPrototypeOf(Server, NetServer);

function storeHTTPOptions(options) {
  this[kIncomingMessage] = options.IncomingMessage || IncomingMessage;
  this[kServerResponse] = options.ServerResponse || ServerResponse;
  const whole = (name, otherwise) => {
    const value = options[name];
    if (value === undefined) return otherwise;
    validateInteger(value, name, 0);
    return value;
  };
  const truth = (name, otherwise) => {
    const value = options[name];
    if (value === undefined) return otherwise;
    validateBoolean(value, `options.${name}`);
    return value;
  };
  this.maxHeaderSize = whole('maxHeaderSize', undefined);
  this.insecureHTTPParser = truth('insecureHTTPParser', undefined);
  this.requestTimeout = whole('requestTimeout', 300_000);
  this.headersTimeout = whole('headersTimeout', Math.min(60_000, this.requestTimeout));
  if (this.requestTimeout > 0 && this.headersTimeout > 0 && this.headersTimeout > this.requestTimeout) {
    throw outOfRange('headersTimeout', '<= requestTimeout', this.headersTimeout);
  }
  this.keepAliveTimeout = whole('keepAliveTimeout', 5000);
  this.keepAliveTimeoutBuffer = whole('keepAliveTimeoutBuffer', 1000);
  this.connectionsCheckingInterval = whole('connectionsCheckingInterval', 30_000);
  this.requireHostHeader = truth('requireHostHeader', true);
  this.joinDuplicateHeaders = truth('joinDuplicateHeaders', undefined);
  this.rejectNonStandardBodyWrites = truth('rejectNonStandardBodyWrites', false);
  this[kOptimizesEmpty] = truth('optimizeEmptyRequests', false);
  const { shouldUpgradeCallback } = options;
  if (shouldUpgradeCallback !== undefined) {
    require('internal/validate').validateFunction(shouldUpgradeCallback, 'options.shouldUpgradeCallback');
  }
  this.shouldUpgradeCallback = shouldUpgradeCallback ?? function() { return this.listenerCount('upgrade') > 0; };
}

// Looks from time to time whose request takes too long. The list is made when the server first needs it.
function setupConnectionsTracking() {
  this[kConnections] ??= new Connections();
  if (this[kChecking]) clearInterval(this[kChecking]);
  this[kChecking] = setInterval(checkConnections, this.connectionsCheckingInterval, this).unref();
}

function checkConnections(server) {
  if (server.headersTimeout === 0 && server.requestTimeout === 0) return;
  for (const { socket } of server[kConnections].expired(server.headersTimeout, server.requestTimeout)) {
    if (socket) socketError(socket, coded('ERR_HTTP_REQUEST_TIMEOUT', 'Request timeout'));
  }
}

function httpServerPreClose(server) {
  server.closeIdleConnections();
  clearInterval(server[kChecking]);
}

assign(Server.prototype, {
  close(callback) {
    httpServerPreClose(this);
    return NetServer.prototype.close.call(this, callback);
  },

  async [Symbol.asyncDispose]() {
    if (!this._handle) return;
    await new Promise((resolve, reject) => {
      this.close((error) => (error ? reject(error) : resolve()));
    });
  },

  closeAllConnections() {
    if (!this[kConnections]) return;
    for (const { socket } of this[kConnections].all()) socket?.destroy();
  },

  closeIdleConnections() {
    if (!this[kConnections]) return;
    for (const { socket } of this[kConnections].idle()) {
      if (socket._httpMessage && !socket._httpMessage.finished) continue;
      socket.destroy();
    }
  },

  setTimeout(milliseconds, callback) {
    this.timeout = milliseconds;
    if (callback) this.on('timeout', callback);
    return this;
  },

  [EventEmitter.captureRejectionSymbol](error, event, ...args) {
    if (event !== 'request') {
      NetServer.prototype[EventEmitter.captureRejectionSymbol].call(this, error, event, ...args);
      return;
    }
    const [, response] = args;
    if (!response.headersSent && !response.writableEnded) {
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      response.statusCode = 500;
      response.end('Internal Server Error');
    } else {
      response.destroy();
    }
  },
});

function connectionListener(socket) {
  // A socket that a program hands over belongs to the server from now on.
  socket.server ??= this;
  new Connection(this, socket);
}

// One connection: the requests that came, the responses that wait for their turn.
class Connection {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    const parser = new Parser(
      true, server.maxHeaderSize || require('internal/http/parsing').maxHeaderSize(), isLenient(server));
    this.parser = parser;
    this.incoming = [];
    this.outgoing = [];
    this.outgoingSize = 0;
    this.requests = 0;
    this.message = null;
    this.idleTimer = null;
    this.isIdle = false;
    const { rejectNonStandardBodyWrites } = server;
    const { writableHighWaterMark: highWaterMark } = socket;
    this.responseOptions = highWaterMark === getDefaultHighWaterMark(false) && !rejectNonStandardBodyWrites ?
      undefined : { highWaterMark, rejectNonStandardBodyWrites };
    parser.socket = socket;
    parser.incoming = null;
    parser.begin();
    (server[kConnections] ??= new Connections()).add(parser);
    socket.parser = parser;
    socket[kConnection] = this;
    socket._paused = false;
    socket._httpMessage = null;
    socket.setEncoding = refuseEncoding;
    if (server.timeout && typeof socket.setTimeout === 'function') socket.setTimeout(server.timeout);
    this.onData = (chunk) => this.execute(chunk);
    this.onEnd = () => this.end();
    this.onClose = () => this.close();
    this.onDrain = () => this.drain();
    socket.on('data', this.onData);
    socket.on('error', onSocketError);
    socket.on('end', this.onEnd);
    socket.on('close', this.onClose);
    socket.on('drain', this.onDrain);
    socket.on('timeout', onSocketTimeout);
    if (socket.readableFlowing === false && !socket.isPaused?.()) socket.resume();
  }

  execute(chunk) {
    const { parser } = this;
    if (parser === null) return;
    this.isIdle = false;
    parser.feed(chunk);
    for (;;) {
      const event = parser.next();
      switch (event & 0xff) {
        case MORE:
          return;
        case HEAD: {
          const message = receive(parser, this.server[kIncomingMessage], this.socket, this.server.maxHeadersCount);
          if (this.server.joinDuplicateHeaders) message.joinDuplicateHeaders = true;
          this.message = parser.incoming = message;
          if (event & ASKS_FOR_UPGRADE) this.judgeUpgrade(message, event);
          if (!message.upgrade) this.begin(message, event);
          break;
        }
        case BODY: {
          const { message } = this;
          if (!message._dumped && !message.push(parser.body())) readStop(this.socket);
          break;
        }
        case END: {
          const { message } = this;
          this.message = parser.incoming = null;
          endMessage(parser, message);
          readStart(this.socket);
          break;
        }
        case UPGRADED:
          this.upgrade();
          return;
        case FAILED:
          parser.incoming = null;
          socketError(this.socket, parseError(parser, chunk));
          return;
        default:
      }
      // A listener may have ended it all.
      if (this.parser === null) return;
    }
  }

  judgeUpgrade(message) {
    message.upgrade = message.method === 'CONNECT' || Boolean(this.server.shouldUpgradeCallback(message));
    if (message.upgrade) this.parser.judge(2);
  }

  // A request: makes its response and tells the program.
  begin(request, flags) {
    const { server, socket } = this;
    if (this.incoming.length > 0) this.pauseIfFull();
    this.incoming.push(request);
    if (server[kOptimizesEmpty] && (flags & SAYS_LENGTH) === 0) request._dumpAndCloseReadable();
    const Response = server[kServerResponse];
    const response = new Response(request, this.responseOptions);
    if (server.keepAliveTimeout !== 0) response._keepAliveTimeout = server.keepAliveTimeout;
    if (server.maxRequestsPerSocket > 0) response._maxRequestsPerSocket = server.maxRequestsPerSocket;
    if (server[kUniqueHeaders] !== null) response[kUniqueHeaders] = server[kUniqueHeaders];
    if ((flags & KEEPS_ALIVE) === 0) response.shouldKeepAlive = false;
    response[kServed] = this;
    response[kOnFinish] = finishServed;
    startClock(response);
    if (socket._httpMessage) {
      response._onPendingData = (size) => this.pending(size);
      this.outgoing.push(response);
    } else {
      response.assignSocket(socket);
    }
    publish('http.server.request.start',
      'request', request, 'response', response, 'socket', socket, 'server', server);
    if (request.httpVersionMinor === 1 && this.isSpecial(request, response, flags)) return;
    server.emit('request', request, response);
  }

  // Requests that are answered without the program, or told to it in another way.
  isSpecial(request, response, flags) {
    const { server, socket } = this;
    if (server.requireHostHeader && (flags & NAMES_HOST) === 0) {
      response.writeHead(400, ['Connection', 'close']);
      response.end();
      return true;
    }
    const { maxRequestsPerSocket: most } = server;
    if (typeof most === 'number' && most > 0) {
      this.requests++;
      response.maxRequestsOnConnectionReached = most <= this.requests;
      if (most < this.requests) {
        server.emit('dropRequest', request, socket);
        response.writeHead(503);
        response.end();
        return true;
      }
    }
    if ((flags & EXPECTS) === 0) return false;
    if (/(?:^|\W)100-continue(?:$|\W)/i.test(request.headers.expect)) {
      response._expect_continue = true;
      if (server.listenerCount('checkContinue') > 0) {
        server.emit('checkContinue', request, response);
      } else {
        response.writeContinue();
        server.emit('request', request, response);
      }
    } else if (server.listenerCount('checkExpectation') > 0) {
      server.emit('checkExpectation', request, response);
    } else {
      response.writeHead(417);
      response.end();
    }
    return true;
  }

  // A response was handed to the system: the next one's turn, or a rest.
  finished(response) {
    const { socket, server } = this;
    const request = this.incoming.shift();
    if (request && !request._consuming && !request.readableDidRead) request._dump();
    response.detachSocket(socket);
    if (loaded('internal/performance') && request) {
      const { method, url, headers } = request;
      stopClock('HttpRequest', response, { method, url, headers }, response, response.getHeaders());
    }
    nextTick(close, response);
    publish('http.server.response.finish',
      'request', request, 'response', response, 'socket', socket, 'server', server);
    if (response._last) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    } else if (this.outgoing.length > 0) {
      this.outgoing.shift().assignSocket(socket);
    } else if (server.keepAliveTimeout > 0) {
      this.rest(server.keepAliveTimeout + server.keepAliveTimeoutBuffer);
    }
  }

  rest(milliseconds) {
    this.isIdle = true;
    if (this.idleTimer !== null && this.idleTime === milliseconds) {
      this.idleTimer.refresh();
      return;
    }
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    this.idleTime = milliseconds;
    this.idleTimer = setUnrefTimeout(() => {
      if (this.isIdle && this.parser !== null) onSocketTimeout.call(this.socket);
    }, milliseconds);
  }

  // What waits in responses whose turn has not come.
  pending(size) {
    this.outgoingSize += size;
    const { socket } = this;
    if (socket._paused && this.outgoingSize < socket.writableHighWaterMark) this.drain();
  }

  // A peer that asks without listening is listened to no more.
  pauseIfFull() {
    const { socket } = this;
    if (socket._paused) return;
    if (socket.writableNeedDrain || this.outgoingSize >= socket.writableHighWaterMark) {
      socket._paused = true;
      socket.pause();
    }
  }

  drain() {
    const { socket } = this;
    if (this.outgoingSize > socket.writableHighWaterMark) return;
    if (socket._paused) {
      socket._paused = false;
      socket.resume();
    }
    const response = socket._httpMessage;
    if (response && !response.finished && response.writableNeedDrain) {
      response[require('internal/http/outgoing').kNeedDrain] = false;
      response.emit('drain');
    }
  }

  upgrade() {
    const { server, socket, parser, message: request } = this;
    const head = parser.rest();
    this.release();
    socket.removeListener('close', this.onClose);
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
    if (server.listenerCount(event) > 0) {
      socket.readableFlowing = null;
      server.emit(event, request, socket, head);
    } else {
      socket.destroy();
    }
  }

  // The connection is no more ours, or none at all.
  release() {
    const { parser, socket } = this;
    if (parser === null) return;
    this.parser = null;
    if (this.idleTimer !== null) clearTimeout(this.idleTimer);
    this.server[kConnections].remove(parser);
    parser.socket = null;
    parser.incoming = null;
    socket.parser = null;
    delete socket.setEncoding;
    socket.removeListener('data', this.onData);
    socket.removeListener('end', this.onEnd);
    socket.removeListener('drain', this.onDrain);
    socket.removeListener('error', onSocketError);
    socket.removeListener('timeout', onSocketTimeout);
  }

  // The peer has said all.
  end() {
    const { parser, server, socket } = this;
    if (parser === null) return;
    const event = parser.finish() & 0xff;
    if (event === FAILED) {
      socketError(socket, parseError(parser, undefined, true));
    } else if (!server.httpAllowHalfOpen) {
      this.abort();
      socket.end();
    } else if (this.outgoing.length > 0) {
      this.outgoing[this.outgoing.length - 1]._last = true;
    } else if (socket._httpMessage) {
      socket._httpMessage._last = true;
    } else {
      socket.end();
    }
  }

  abort() {
    while (this.incoming.length > 0) this.incoming.shift().destroy(connectionReset('aborted'));
  }

  close() {
    const response = this.socket._httpMessage;
    if (response) close(response);
    this.release();
    this.abort();
  }
}

function finishServed() {
  this[kServed].finished(this);
}

function isLenient({ insecureHTTPParser }) {
  return insecureHTTPParser ?? require('internal/http/parsing').isLenientByDefault();
}

function refuseEncoding() {
  throw coded('ERR_HTTP_SOCKET_ENCODING', 'Changing the socket encoding is not allowed per RFC7230 Section 3.');
}

function onSocketError(error) {
  socketError(this, error);
}

// Tells of an error of a connection; where nobody listens, the peer is told.
function socketError(socket, error) {
  socket.removeListener('error', onSocketError);
  if (socket.listenerCount('error', nop) === 0) socket.on('error', nop);
  if (socket.server.emit('clientError', error, socket)) return;
  const response = socket._httpMessage;
  if (socket.writable && (!response || !response._headerSent)) {
    socket.write(`HTTP/1.1 ${REFUSALS[error.code] ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
  }
  socket.destroy(error);
}

const REFUSALS = {
  __proto__: null,
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function onSocketTimeout() {
  const request = this.parser?.incoming;
  const isHeard = [
    request && !request.complete && request.emit('timeout', this),
    this._httpMessage?.emit('timeout', this),
    this.server.emit('timeout', this),
  ];
  if (!isHeard.includes(true)) this.destroy();
}

module.exports = {
  Server, connectionListener, httpServerPreClose, kChecking, kServerResponse, setupConnectionsTracking, storeHTTPOptions,
};
