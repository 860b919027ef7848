'use strict';

// https: rjs has no TLS, which everything says that would need it. Programs that only name the module load.

const { coded } = require('internal/errors');
const http = require('http');

function absent(name) {
  return coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `https.${name} is not available in this version of rjs: it has no TLS`);
}

// Made by many packages when they are loaded, whether they connect or not.
class Agent extends http.Agent {
  constructor(options) {
    super(options);
    const { maxCachedSessions = 100 } = this.options;
    Object.assign(this, { protocol: 'https:', defaultPort: 443, maxCachedSessions });
  }

  createConnection() {
    throw absent('Agent.prototype.createConnection');
  }
}

function Server() {
  throw absent('Server');
}

module.exports = {
  Agent,
  globalAgent: new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 }),
  Server,
  createServer() { throw absent('createServer'); },
  get() { throw absent('get'); },
  request() { throw absent('request'); },
};
