'use strict';

// tls: rjs has none. Programs that only name the module load; what they would call says that it is not there.

const { coded } = require('internal/errors');

const ABSENT = ['checkServerIdentity', 'connect', 'createSecureContext', 'createServer', 'getCACertificates', 'getCiphers',
  'setDefaultCACertificates', 'convertALPNProtocols'];
const CLASSES = ['SecureContext', 'Server', 'TLSSocket'];

for (const name of [...ABSENT, ...CLASSES]) {
  // A function of its own: classes can be made, if only to fail.
  module.exports[name] = { [name]: function () {
    throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `tls.${name} is not available in this version of rjs`);
  } }[name];
}

Object.assign(module.exports, {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_ECDH_CURVE: 'auto',
  DEFAULT_MAX_VERSION: 'TLSv1.3',
  DEFAULT_MIN_VERSION: 'TLSv1.2',
});
