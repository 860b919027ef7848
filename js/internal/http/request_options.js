'use strict';

// What a request asks for: read once from a URL, options or both, and checked once. What is read here is what is sent.

const { coded, invalidArgType } = require('internal/errors');
const { isToken } = require('internal/http/native');

const { isArray } = Array;
const { assign } = Object;

// Methods that usually come without a body.
const BODILESS = ['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'];

// One of them ends a path for some reader.
const UNESCAPED = /[\0- \u0100-\uffff]/;

// The arguments of a request: an address, options, a listener, each of which can be left out.
function readArguments(words) {
  const options = {};
  if (typeof words[0] === 'string' || words[0] instanceof URL) {
    const address = words.shift();
    assign(options, require('url').urlToHttpOptions(typeof address === 'string' ? new URL(address) : address));
  }
  if (typeof words[0] !== 'function') assign(options, words.shift());
  return { options, listener: words[0] };
}

function agentOf({ agent, createConnection }, common) {
  if (agent === false) return new common.constructor();
  if (agent === undefined || agent === null) return typeof createConnection === 'function' ? undefined : common;
  if (typeof agent.addRequest === 'function') return agent;
  throw invalidArgType('options.agent', 'one of Agent-like Object, undefined, or false', agent);
}

function checkProtocol(protocol, expected) {
  if (protocol === expected) return;
  throw coded('ERR_INVALID_PROTOCOL', `Protocol "${protocol}" not supported. Expected "${expected}"`);
}

// The text of a path that is safe in a first line.
function pathOf(given) {
  const path = `${given}`;
  if (UNESCAPED.test(path)) {
    throw coded('ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
  }
  return path;
}

function hostOf(options) {
  for (const name of ['hostname', 'host']) {
    const host = options[name] ?? '';
    if (typeof host !== 'string') {
      throw invalidArgType(`options.${name}`, 'of type string or one of undefined or null', host);
    }
    if (host !== '') return host;
  }
  return 'localhost';
}

function methodOf(given) {
  const method = given ?? '';
  if (typeof method !== 'string') throw invalidArgType('options.method', 'of type string', method);
  if (method === '') return 'GET';
  if (isToken(method)) return method.toUpperCase();
  throw coded('ERR_INVALID_HTTP_TOKEN', `Method must be a valid HTTP token ["${method}"]`);
}

// Properties of the request that are set to what the options say.
function checkedOptions({ timeout, maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders, socketPath }) {
  const said = { maxHeaderSize, insecureHTTPParser, joinDuplicateHeaders, socketPath };
  if (timeout !== undefined) said.timeout = require('internal/timers').getTimerDuration(timeout, 'timeout');
  if (maxHeaderSize !== undefined) {
    require('internal/validate').validateInteger(maxHeaderSize, 'maxHeaderSize', 0);
  }
  for (const name of ['insecureHTTPParser', 'joinDuplicateHeaders']) {
    if (said[name] !== undefined) require('internal/validate').validateBoolean(said[name], `options.${name}`);
  }
  return said;
}

// What stands in `Host`: an address of IPv6 in brackets, a port where it is not the usual one.
function authorityOf(host, port, defaultPort) {
  const isAddress = host[0] !== '[' && host.indexOf(':') !== host.lastIndexOf(':');
  const name = isAddress ? `[${host}]` : host;
  return port && Number(port) !== defaultPort ? `${name}:${port}` : name;
}

// Describes a request: `shown` are properties of the request, the other ones say what to do with it.
function describe(words) {
  const { options, listener } = readArguments(words);
  const common = options._defaultAgent || require('internal/http/agent').globalAgent;
  const agent = agentOf(options, common);
  const protocol = options.protocol || common.protocol;
  const path = pathOf(options.path || '/');
  const { headers, auth, signal, setDefaultHeaders = true, setHost = setDefaultHeaders } = options;
  if (isArray(headers?.host)) throw invalidArgType('options.headers.host', 'of type string', headers.host);
  checkProtocol(protocol, agent?.protocol || common.protocol);
  const host = hostOf(options);
  const method = methodOf(options.method);
  const defaultPort = options.defaultPort || agent?.defaultPort;
  const port = options.port || defaultPort || 80;
  assign(options, { host, port }, options.path ? { path } : undefined);
  // The end of a request is that of its socket: the signal does not end the socket on its own.
  if (signal) delete options.signal;
  return {
    shown: { agent, protocol, host, method, ...checkedOptions(options) },
    listener, options, path, headers, auth, signal,
    authority: setHost ? authorityOf(host, port, defaultPort) : '',
    hasDefaults: Boolean(setDefaultHeaders),
    hasBody: !BODILESS.includes(method),
  };
}

module.exports = { describe, pathOf };
