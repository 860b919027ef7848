'use strict';

// dns/promises: the functions of dns, with a promise instead of a callback.

const dns = require('dns');
const { coded, invalidArgValue } = require('internal/errors');

// Arguments that are wrong are thrown, as by the functions with a callback.
function lookup(hostname, options) {
  if (typeof options?.family === 'string') {
    throw invalidArgValue('options.family', options.family, 'must be one of: 0, 4, 6');
  }
  const { promise, resolve, reject } = Promise.withResolvers();
  dns.lookup(hostname, options, (error, address, family) => {
    if (error) reject(error);
    else resolve(Array.isArray(address) ? address : { address, family });
  });
  return promise;
}

function lookupService(address, port) {
  if (arguments.length !== 2) {
    throw coded('ERR_MISSING_ARGS', 'The "address" and "port" arguments must be specified');
  }
  const { promise, resolve, reject } = Promise.withResolvers();
  dns.lookupService(address, port, (error, hostname, service) => {
    if (error) reject(error);
    else resolve({ hostname, service });
  });
  return promise;
}

module.exports = { lookup, lookupService };

// The rest is the same there and here: constants, the default order, what says that it is missing.
for (const name of Object.keys(dns)) {
  if (name !== 'promises' && !(name in module.exports)) module.exports[name] = dns[name];
}
