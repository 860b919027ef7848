'use strict';

// An old name of a part of http.

module.exports = require('internal/http/agent');
