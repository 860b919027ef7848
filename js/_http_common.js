'use strict';

// An old name of a part of http, as far as programs use it. The parser of Node's insides is not there.

const { METHODS, isInvalidValue, isToken } = require('internal/http/native');

module.exports = {
  _checkInvalidHeaderChar: isInvalidValue,
  _checkIsHttpToken: isToken,
  chunkExpression: /\bchunked\b/i,
  continueExpression: /\b100-continue\b/i,
  CRLF: '\r\n',
  methods: [...METHODS],
};
