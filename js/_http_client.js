'use strict';

// An old name of a part of http.

module.exports = { ClientRequest: require('internal/http/client').ClientRequest };
