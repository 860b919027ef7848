'use strict';

// net: servers and sockets. What a program does not use is not loaded.

const { connect } = require('internal/net/core');
const { isIP, isIPv4, isIPv6 } = require('internal/net/ip');

const { defineProperty } = Object;

function createServer(options, listener) {
  const { Server } = require('internal/net/server');
  return new Server(options, listener);
}

const net = module.exports = {
  _createServerHandle(...args) { return require('internal/net/server').createServerHandle(...args); },
  _normalizeArgs(args) { return require('internal/net/arguments').normalize(args); },
  _setSimultaneousAccepts() {},
  connect,
  createConnection: connect,
  createServer,
  isIP,
  isIPv4,
  isIPv6,
};

// A property that another builtin brings along when it is first looked at.
function lazy(name, builtin, exported = name) {
  let value;
  defineProperty(net, name, {
    __proto__: null,
    enumerable: true,
    configurable: true,
    get() { return value ??= require(builtin)[exported]; },
    set(given) { value = given; },
  });
}

lazy('BlockList', 'internal/net/block_list');
lazy('SocketAddress', 'internal/net/block_list');
lazy('Server', 'internal/net/server');
lazy('Socket', 'internal/net/socket');
lazy('Stream', 'internal/net/socket', 'Socket');
for (const name of [
  'getDefaultAutoSelectFamily', 'setDefaultAutoSelectFamily',
  'getDefaultAutoSelectFamilyAttemptTimeout', 'setDefaultAutoSelectFamilyAttemptTimeout',
]) {
  net[name] = (...args) => require('internal/net/defaults')[name](...args);
  defineProperty(net[name], 'name', { __proto__: null, value: name, configurable: true });
}
