'use strict';

// http: the server is loaded with the first that is made, the client with the first request.

const { METHODS, STATUS_CODES, maxHeaderSize } = require('internal/http/native');
const { defineLazy } = require('internal/lazy');

const { defineProperty } = Object;

function request(url, options, callback) {
  const { ClientRequest } = require('internal/http/client');
  return new ClientRequest(url, options, callback);
}

function get(url, options, callback) {
  const made = request(url, options, callback);
  made.end();
  return made;
}

function createServer(options, listener) {
  const { Server } = require('internal/http/server');
  return new Server(options, listener);
}

function validateHeaderName(name, label) {
  require('internal/http/outgoing').validateHeaderName(name, label);
}

function validateHeaderValue(name, value) {
  require('internal/http/outgoing').validateHeaderValue(name, value);
}

const http = module.exports = {
  METHODS: [...METHODS],
  STATUS_CODES,
  createServer,
  validateHeaderName,
  validateHeaderValue,
  get,
  request,
  // Parsers are small here and are not kept.
  setMaxIdleHTTPParsers(max) {
    require('internal/validate').validateInteger(max, 'max', 1);
  },
};

defineLazy(http, '_connectionListener', 'internal/http/server', 'connectionListener');
defineLazy(http, 'Agent', 'internal/http/agent');
defineLazy(http, 'ClientRequest', 'internal/http/client');
defineLazy(http, 'IncomingMessage', 'internal/http/incoming');
defineLazy(http, 'OutgoingMessage', 'internal/http/outgoing');
defineLazy(http, 'Server', 'internal/http/server');
defineLazy(http, 'ServerResponse', 'internal/http/response');

// Properties that another builtin answers for.
function forward(name, accessors) {
  defineProperty(http, name, { __proto__: null, ...accessors, enumerable: true, configurable: true });
}

forward('maxHeaderSize', { get: maxHeaderSize });
forward('globalAgent', {
  get: () => require('internal/http/agent').globalAgent,
  set(agent) { require('internal/http/agent').globalAgent = agent; },
});
