'use strict';

// dns: what the system's resolver knows. Queries of DNS servers are not here.

const { nextTick } = require('process');
const { coded, errnoException, invalidArgType, invalidArgValue } = require('internal/errors');
const { isIP } = require('internal/net/ip');
const { netDenial } = require('internal/permission');
const {
  validateBoolean, validateFunction, validateNumber, validateString,
} = require('internal/validate');

const { ADDRCONFIG, ALL, V4MAPPED, getAddresses, getService } = native;
const { defineProperty } = Object;

const ORDERS = ['verbatim', 'ipv4first', 'ipv6first'];
const NOT_FOUND = ['EAI_NODATA', 'EAI_NONAME'];

let defaultOrder = orderOfOptions();

function orderOfOptions() {
  const option = require('process').execArgv.find((text) => text.startsWith('--dns-result-order='));
  const order = option?.slice('--dns-result-order='.length);
  return ORDERS.includes(order) ? order : 'verbatim';
}

// What went wrong with a look-up, of a host or of an address.
function lookupError(status, syscall, name) {
  const error = errnoException(status, syscall);
  if (NOT_FOUND.includes(error.code)) error.code = 'ENOTFOUND';
  error.message = `${syscall} ${error.code}${name ? ` ${name}` : ''}`;
  error.hostname = name;
  return error;
}

function validateHints(hints) {
  if ((hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) throw invalidArgValue('hints', hints);
}

function oneOf(value, name, allowed) {
  if (allowed.includes(value)) return;
  const { inspect } = require('util');
  const list = allowed.map((item) => inspect(item)).join(', ');
  throw invalidArgValue(name, value, `must be one of: ${list}`);
}

// The options of a look-up, whichever form they were given in.
function decode(hostname, options) {
  const query = { hints: 0, family: 0, all: false, order: defaultOrder };
  if (hostname) validateString(hostname, 'hostname');
  if (typeof options === 'number') {
    oneOf(options, 'family', [0, 4, 6]);
    query.family = options;
    return query;
  }
  if (options === undefined || options === null) return query;
  if (typeof options !== 'object') throw invalidArgType('options', 'of type object or integer', options);
  const isGiven = (value) => value !== undefined && value !== null;
  if (isGiven(options.hints)) {
    validateNumber(options.hints, 'options.hints');
    query.hints = options.hints >>> 0;
    validateHints(query.hints);
  }
  if (isGiven(options.family)) {
    const named = { IPv4: 4, IPv6: 6 }[options.family];
    if (named === undefined) oneOf(options.family, 'options.family', [0, 4, 6]);
    query.family = named ?? options.family;
  }
  if (isGiven(options.all)) {
    validateBoolean(options.all, 'options.all');
    query.all = options.all;
  }
  if (isGiven(options.verbatim)) {
    validateBoolean(options.verbatim, 'options.verbatim');
    query.order = options.verbatim ? 'verbatim' : 'ipv4first';
  }
  if (isGiven(options.order)) {
    oneOf(options.order, 'options.order', ORDERS);
    query.order = options.order;
  }
  return query;
}

function lookup(hostname, options, callback) {
  const isShort = typeof options === 'function';
  if (isShort) callback = options;
  const query = decode(hostname, isShort ? undefined : options);
  validateFunction(callback, 'callback');
  if (query.family !== 4 && query.family !== 6 && query.family !== 0) query.family = 0;
  if (!hostname) {
    throw invalidArgValue('hostname', hostname, 'must be a non-empty string');
  }
  const family = isIP(hostname);
  if (family !== 0) {
    if (query.all) nextTick(callback, null, [{ address: hostname, family }]);
    else nextTick(callback, null, hostname, family);
    return {};
  }
  const denied = netDenial(hostname);
  if (denied !== undefined) {
    nextTick(callback, denied);
    return {};
  }
  const { family: wanted, hints, order, all } = query;
  getAddresses(asciiHost(hostname), wanted, hints, order, (status, found) => {
    if (status !== 0) callback(lookupError(status, 'getaddrinfo', hostname));
    else if (all) callback(null, found);
    else callback(null, found[0].address, found[0].family);
  });
  return {};
}

function asciiHost(hostname) {
  return /[^\0-\x7f]/.test(hostname) ? require('url').domainToASCII(hostname) || hostname : hostname;
}

function lookupService(address, port, callback) {
  if (arguments.length !== 3) {
    throw coded('ERR_MISSING_ARGS', 'The "address", "port", and "callback" arguments must be specified');
  }
  if (isIP(address) === 0) throw invalidArgValue('address', address);
  const number = require('internal/net/arguments').validatePort(port, 'Port');
  validateFunction(callback, 'callback');
  const denied = netDenial(address);
  if (denied !== undefined) {
    nextTick(callback, denied);
    return {};
  }
  getService(address, number, (status, host, service) => {
    if (status !== 0) callback(lookupError(status, 'getnameinfo', address));
    else callback(null, host, service);
  });
  return {};
}

// The functions that ask a DNS server say that they are not here.
function missing(name) {
  const stub = {
    [name](query, ...rest) {
      const denied = typeof query === 'string' ? netDenial(query) : undefined;
      const callback = rest.at(-1);
      if (denied !== undefined && typeof callback === 'function') return nextTick(callback, denied);
      throw denied ?? coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `dns.${name} is not available in this version of rjs`);
    },
  };
  return stub[name];
}

const dns = module.exports = {
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  lookup,
  lookupService,
  getDefaultResultOrder() { return defaultOrder; },
  setDefaultResultOrder(order) {
    oneOf(order, 'dnsOrder', ORDERS);
    defaultOrder = order;
  },
};

const RECORDS = ['', '4', '6', 'Any', 'Caa', 'Cname', 'Mx', 'Naptr', 'Ns', 'Ptr', 'Soa', 'Srv', 'Tlsa', 'Txt'];
for (const name of [
  'getServers', 'setServers', ...RECORDS.map((record) => `resolve${record}`), 'reverse', 'Resolver',
]) {
  dns[name] = missing(name);
}

for (const name of [
  'NODATA', 'FORMERR', 'SERVFAIL', 'NOTFOUND', 'NOTIMP', 'REFUSED', 'BADQUERY', 'BADNAME', 'BADFAMILY', 'BADRESP',
  'CONNREFUSED', 'TIMEOUT', 'EOF', 'FILE', 'NOMEM', 'DESTRUCTION', 'BADSTR', 'BADFLAGS', 'NONAME', 'BADHINTS',
  'NOTINITIALIZED', 'LOADIPHLPAPI', 'ADDRGETNETWORKPARAMS', 'CANCELLED',
]) {
  dns[name] = `E${name}`;
}

defineProperty(lookup, require('util').promisify.custom, {
  __proto__: null, get() { return require('dns/promises').lookup; },
});
let promises;
defineProperty(dns, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return promises ??= require('dns/promises'); },
});
