'use strict';

// Happy eyeballs: whether it is the default, and how long an attempt has.

const { execArgv } = require('process');

const TIMEOUT = '--network-family-autoselection-attempt-timeout=';

let autoSelectFamily = !execArgv.includes('--no-network-family-autoselection');
let attemptTimeout = Number(execArgv.find((option) => option.startsWith(TIMEOUT))?.slice(TIMEOUT.length) ?? 500);

module.exports = {
  getDefaultAutoSelectFamily() { return autoSelectFamily; },

  setDefaultAutoSelectFamily(value) {
    require('internal/validate').validateBoolean(value, 'value');
    autoSelectFamily = value;
  },

  getDefaultAutoSelectFamilyAttemptTimeout() { return attemptTimeout; },

  setDefaultAutoSelectFamilyAttemptTimeout(value) {
    require('internal/validate').validateInteger(value, 'value', 1, 2147483647);
    attemptTimeout = value < 10 ? 10 : value;
  },
};
