'use strict';

// The constants of os and fs in one object, as old programs want them.

const { dlopen, errno, priority, signals } = require('os').constants;

module.exports = Object.freeze(Object.assign(
  {}, dlopen, errno, priority, signals, require('fs').constants));
