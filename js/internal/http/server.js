'use strict';

// http.Server: its options, the list of its connections and when they end. What becomes of each: internal/http/connection.

const EventEmitter = require('events');
const { Server: NetServer } = require('internal/net/server');
const { coded } = require('internal/errors');
const { Connections, kServerResponse, kUniqueHeaders } = require('internal/http/native');
const { Connection, connectionOf, kConnections } = require('internal/http/connection');
const { parseUniqueHeadersOption } = require('internal/http/outgoing');
const { serverArguments, socketOptions, storeHTTPOptions } = require('internal/http/server_options');

const { assign, setPrototypeOf } = Object;
const { captureRejectionSymbol } = EventEmitter;

const kChecking = Symbol('http.server.connectionsCheckingInterval');

function Server(options, listener) {
  if (this instanceof Server === false) return new Server(...arguments);
  const [told, onRequest] = serverArguments(options, listener);
  storeHTTPOptions.call(this, told);
  NetServer.call(this, socketOptions(told));
  assign(this, { httpAllowHalfOpen: false, timeout: 0, maxHeadersCount: null, maxRequestsPerSocket: 0 });
  this[kUniqueHeaders] = parseUniqueHeadersOption(told.uniqueHeaders);
  const own = { request: onRequest, connection: connectionListener, listening: setupConnectionsTracking };
  for (const event in own) {
    if (own[event]) this.on(event, own[event]);
  }
}

setPrototypeOf(Server.prototype, NetServer.prototype);
setPrototypeOf(Server, NetServer);

// The list is made when the server first needs it.
function connectionsOf(server) {
  return server[kConnections] ??= new Connections();
}

function connectionListener(socket) {
  new Connection(this, socket, connectionsOf(this));
}

// Looks from time to time whose request takes too long.
function setupConnectionsTracking() {
  connectionsOf(this);
  clearInterval(this[kChecking]);
  this[kChecking] = setInterval(endLate, this.connectionsCheckingInterval, this);
  this[kChecking].unref();
}

function endLate(server) {
  const { headersTimeout, requestTimeout } = server;
  if (headersTimeout === 0 && requestTimeout === 0) return;
  for (const { socket } of server[kConnections].expired(headersTimeout, requestTimeout)) {
    if (socket) connectionOf(socket).fail(coded('ERR_HTTP_REQUEST_TIMEOUT', 'Request timeout'));
  }
}

// What a server does before it stops to listen.
function rest(server) {
  clearInterval(server[kChecking]);
  server.closeIdleConnections();
}

assign(Server.prototype, {
  close(callback) {
    rest(this);
    return NetServer.prototype.close.call(this, callback);
  },

  async [Symbol.asyncDispose]() {
    if (!this._handle) return;
    const { promise, resolve, reject } = Promise.withResolvers();
    this.close((error) => (error ? reject(error) : resolve()));
    await promise;
  },

  closeAllConnections() {
    for (const { socket } of this[kConnections]?.all() ?? []) socket?.destroy();
  },

  closeIdleConnections() {
    for (const { socket } of this[kConnections]?.idle() ?? []) {
      const isAnswering = socket._httpMessage?.finished === false;
      if (!isAnswering) socket.destroy();
    }
  },

  setTimeout(milliseconds, listener) {
    if (listener) this.on('timeout', listener);
    this.timeout = milliseconds;
    return this;
  },

  // A listener for requests whose promise was rejected: the peer is told, if it was told nothing yet.
  [captureRejectionSymbol](error, event, ...told) {
    if (event !== 'request') {
      NetServer.prototype[captureRejectionSymbol].call(this, error, event, ...told);
      return;
    }
    const response = told[1];
    if (response.headersSent || response.writableEnded) {
      response.destroy();
      return;
    }
    for (const name of response.getHeaderNames()) response.removeHeader(name);
    response.statusCode = 500;
    response.end('Internal Server Error');
  },
});

module.exports = {
  Server, connectionListener, httpServerPreClose: rest, kChecking, kServerResponse, setupConnectionsTracking, storeHTTPOptions,
};
