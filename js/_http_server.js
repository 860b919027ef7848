'use strict';

// An old name of a part of http.

const { STATUS_CODES } = require('internal/http/native');
const { ServerResponse } = require('internal/http/response');
const {
  Server, connectionListener, httpServerPreClose, kChecking, kServerResponse, setupConnectionsTracking, storeHTTPOptions,
} = require('internal/http/server');

module.exports = {
  STATUS_CODES, Server, ServerResponse, setupConnectionsTracking, storeHTTPOptions,
  _connectionListener: connectionListener, kServerResponse, httpServerPreClose, kConnectionsCheckingInterval: kChecking,
};
