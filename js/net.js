'use strict';

// What of `net` is true before there are sockets.

const { coded } = require('internal/errors');

let autoSelectFamily = true;
let attemptTimeout = 250;

function missing(name) {
  throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `net.${name} is not available in this version of rjs`);
}

module.exports = {
  isIP: native.isIP,
  isIPv4: native.isIPv4,
  isIPv6: native.isIPv6,
  getDefaultAutoSelectFamily() { return autoSelectFamily; },
  setDefaultAutoSelectFamily(value) { autoSelectFamily = Boolean(value); },
  getDefaultAutoSelectFamilyAttemptTimeout() { return attemptTimeout; },
  setDefaultAutoSelectFamilyAttemptTimeout(value) { attemptTimeout = Math.max(10, value); },
  createServer() { missing('createServer'); },
  createConnection() { missing('createConnection'); },
  connect() { missing('connect'); },
};
