'use strict';

// dns/promises: the functions of dns, with a promise instead of a callback.

const dns = require('dns');

function lookup(hostname, options) {
  return new Promise((resolve, reject) => {
    dns.lookup(hostname, options, (error, address, family) => {
      if (error) reject(error);
      else resolve(Array.isArray(address) ? address : { address, family });
    });
  });
}

function lookupService(address, port) {
  if (arguments.length !== 2) {
    const { coded } = require('internal/errors');
    throw coded('ERR_MISSING_ARGS', 'The "address" and "port" arguments must be specified');
  }
  return new Promise((resolve, reject) => {
    dns.lookupService(address, port, (error, hostname, service) => {
      if (error) reject(error);
      else resolve({ hostname, service });
    });
  });
}

module.exports = { lookup, lookupService };

// The rest is the same there and here: constants, the default order, what says that it is missing.
for (const name of Object.keys(dns)) {
  if (name !== 'promises' && !(name in module.exports)) module.exports[name] = dns[name];
}
