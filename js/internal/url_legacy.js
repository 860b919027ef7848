'use strict';

// The legacy API of url: url.parse(), url.format(), url.resolve() and the methods of Url.
// The class itself is made by the native half, whose methods call the functions in `methods`.

const { Url, URL, domainToASCII, domainToUnicode } = require('url');
const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { validateObject, validateString } = require('internal/validate');

const querystring = () => require('querystring');

// Schemes are kept with their colon.
const SLASHED = new Set(['http:', 'https:', 'ftp:', 'gopher:', 'file:', 'ws:', 'wss:']);
const isScript = (protocol) => protocol === 'javascript:';

const EDGE_SPACE = /^[\t\n\f\r \u00a0\ufeff]+|[\t\n\f\r \u00a0\ufeff]+$/g;
const PLAIN_PATH = /^(\/\/?(?!\/)[^?\s]*)(\?\S*)?$/;
const SCHEME = /^[a-z0-9.+-]+:/i;
const USER_AND_HOST = /^\/\/[^@/]+@[^@/]+/;
const NO_HOST_CHARACTER = /[ "%';<>\\^`{|}]/;
const FORBIDDEN_IN_HOST = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const FORBIDDEN_IN_IPV6 = /[\0\t\n\r #%/<>?@\\^|]/;
const TO_ESCAPE = /[\t\n\r "'<>\\^`{|}]/g;

function invalidUrl(input) {
  const error = coded('ERR_INVALID_URL', 'Invalid URL');
  error.input = input;
  return error;
}

// ---- parse

function parse(text, parseQuery, slashesDenoteHost) {
  warnOnce();
  if (text instanceof Url) return text;
  const url = new Url();
  parseInto(url, text, parseQuery, slashesDenoteHost);
  return url;
}

let warned = false;

// DEP0169, unless a package in node_modules is who calls.
function warnOnce() {
  if (warned || calledByPackage()) return;
  warned = true;
  const { emitWarning } = require('process');
  emitWarning(
    '`url.parse()` behavior is not standardized and prone to errors that have security implications. ' +
    'Use the WHATWG URL API instead. CVEs are not issued for `url.parse()` vulnerabilities.',
    'DeprecationWarning', 'DEP0169');
}

function calledByPackage() {
  const stack = new Error().stack;
  if (typeof stack !== 'string') return false;
  const caller = stack.split('\n').slice(1).find((line) => !/node:|\(native\)/.test(line));
  return caller !== undefined && /[\\/]node_modules[\\/]/.test(caller);
}

function parseInto(url, text, parseQuery, slashesDenoteHost) {
  validateString(text, 'url');
  let rest = withForwardSlashes(text.replace(EDGE_SPACE, ''));
  const simple = !slashesDenoteHost && !/[#@]/.test(rest) && PLAIN_PATH.exec(rest);
  if (simple) return takePlainPath(url, rest, simple, parseQuery);

  const scheme = SCHEME.exec(rest)?.[0];
  const protocol = scheme?.toLowerCase();
  if (scheme !== undefined) {
    url.protocol = protocol;
    rest = rest.slice(scheme.length);
  }
  let slashes = false;
  if (slashesDenoteHost || scheme !== undefined || USER_AND_HOST.test(rest)) {
    slashes = rest.startsWith('//');
    if (slashes && !isScript(protocol)) {
      rest = rest.slice(2);
      url.slashes = true;
    }
  }
  if (!isScript(protocol)) {
    if (slashes || (scheme !== undefined && !SLASHED.has(scheme))) rest = takeAuthority(url, rest, text);
    rest = rest.replace(TO_ESCAPE, escape);
  }
  takeRest(url, rest, parseQuery);
  if (SLASHED.has(protocol) && url.hostname && !url.pathname) url.pathname = '/';
  if (url.pathname || url.search) url.path = joinedPath(url);
  url.href = formatUrl(url);
  return url;
}

// Backslashes are slashes up to the query.
function withForwardSlashes(text) {
  const end = text.search(/[?#]/);
  const head = end === -1 ? text : text.slice(0, end);
  return head.replaceAll('\\', '/') + text.slice(head.length);
}

function escape(character) {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

function takePlainPath(url, rest, [, pathname, search], parseQuery) {
  url.path = rest;
  url.href = rest;
  url.pathname = pathname;
  if (search) {
    url.search = search;
    url.query = search.slice(1);
    if (parseQuery) url.query = querystring().parse(url.query);
  } else if (parseQuery) {
    url.search = null;
    url.query = Object.create(null);
  }
  return url;
}

// Takes user, host and port; returns what follows.
function takeAuthority(url, text, whole) {
  const { at, end, clean } = measureAuthority(text);
  if (at !== -1) url.auth = decodeURIComponent(clean.slice(0, at));
  url.host = clean.slice(at + 1, end);
  let rest = clean.slice(end);
  parseHost(url);
  if (typeof url.hostname !== 'string') url.hostname = '';
  const isIpv6 = inBrackets(url.hostname);
  if (!isIpv6) rest = cutHostname(url, rest, whole);
  url.hostname = url.hostname.length > 255 ? '' : url.hostname.toLowerCase();
  if (url.hostname !== '') checkHostname(url, isIpv6, whole);
  url.host = url.hostname + (url.port ? `:${url.port}` : '');
  if (isIpv6) {
    url.hostname = url.hostname.slice(1, -1);
    if (rest[0] !== '/') rest = `/${rest}`;
  }
  return rest;
}

// Where the last at-sign of the authority is, and where its host ends. Tabs and line ends before
// that do not count.
function measureAuthority(text) {
  let clean = text;
  let at = -1;
  let end = -1;
  for (let i = 0; i < clean.length; i++) {
    const c = clean[i];
    if (c === '\t' || c === '\n' || c === '\r') {
      clean = clean.slice(0, i) + clean.slice(i + 1);
      i--;
    } else if (c === '@') {
      at = i;
      end = -1;
    } else if (c === '/' || c === '?' || c === '#') {
      if (end === -1) end = i;
      break;
    } else if (end === -1 && NO_HOST_CHARACTER.test(c)) {
      end = i;
    }
  }
  return { at, end: end === -1 ? clean.length : end, clean };
}

// The part of a host name before what cannot be part of one; the rest becomes the path.
function cutHostname(url, rest, whole) {
  const at = url.hostname.search(/[/\\#?:]/);
  if (at === -1) return rest;
  // Node words this error with value and reason in each other's place.
  if (url.hostname[at] === ':') throw invalidArgValue('url', 'Invalid port in url', whole);
  const tail = url.hostname.slice(at);
  url.hostname = url.hostname.slice(0, at);
  return `/${tail}${rest}`;
}

function checkHostname(url, isIpv6, whole) {
  if (isIpv6) {
    if (FORBIDDEN_IN_IPV6.test(url.hostname)) throw invalidUrl(whole);
    return;
  }
  if (/[^\0-\x7f]/.test(url.hostname)) url.hostname = domainToASCII(url.hostname);
  if (url.hostname === '' || FORBIDDEN_IN_HOST.test(url.hostname)) throw invalidUrl(whole);
}

function inBrackets(hostname) {
  return hostname.startsWith('[') && hostname.endsWith(']');
}

// Takes path, query and fragment.
function takeRest(url, rest, parseQuery) {
  const hash = rest.indexOf('#');
  if (hash !== -1) url.hash = rest.slice(hash);
  const end = hash === -1 ? rest.length : hash;
  const question = rest.slice(0, end).indexOf('?');
  if (question !== -1) {
    url.search = rest.slice(question, end);
    url.query = rest.slice(question + 1, end);
    if (parseQuery) url.query = querystring().parse(url.query);
  } else if (parseQuery) {
    url.search = null;
    url.query = Object.create(null);
  }
  const pathname = rest.slice(0, question === -1 ? end : question);
  if (pathname !== '') url.pathname = pathname;
}

function parseHost(url) {
  let { host } = url;
  const port = /:[0-9]*$/.exec(host)?.[0];
  if (port !== undefined) {
    if (port !== ':') url.port = port.slice(1);
    host = host.slice(0, -port.length);
  }
  if (host) url.hostname = host;
}

function joinedPath({ pathname, search }) {
  return (pathname || '') + (search || '');
}

// ---- format

function format(value, options) {
  if (typeof value === 'string') return formatUrl(parse(value));
  if (typeof value !== 'object' || value === null) {
    throw invalidArgType('urlObject', 'one of type object or string', value);
  }
  if (value instanceof URL || looksLikeUrl(value)) return formatWhatwg(value, options);
  return formatUrl(value);
}

function looksLikeUrl(value) {
  return Boolean(value.href && value.protocol && value.auth === undefined && value.path === undefined);
}

function formatWhatwg(value, options) {
  if (options !== undefined && options !== null) validateObject(options, 'options');
  const wants = (name, otherwise) => (options?.[name] == null ? otherwise : Boolean(options[name]));
  const url = new URL(value.href);
  if (!wants('fragment', true)) url.hash = '';
  if (!wants('search', true)) url.search = '';
  if (!wants('auth', true)) {
    url.username = '';
    url.password = '';
  }
  if (!wants('unicode', false) || url.hostname === '') return url.href;
  const start = url.href.indexOf(url.host, url.protocol.length + 2 + credentialsLength(url));
  return url.href.slice(0, start) + domainToUnicode(url.hostname) + url.href.slice(start + url.hostname.length);
}

function credentialsLength({ username, password }) {
  if (username === '' && password === '') return 0;
  return username.length + (password === '' ? 0 : password.length + 1) + 1;
}

function formatUrl(url) {
  const auth = url.auth ? `${encodeAuth(url.auth)}@` : '';
  let protocol = url.protocol || '';
  let pathname = url.pathname || '';
  let hash = url.hash || '';
  let host = hostToFormat(url, auth);
  let search = url.search || '';
  if (url.query !== null && typeof url.query === 'object') {
    const query = querystring().stringify(url.query);
    search ||= query && `?${query}`;
  }
  if (protocol && !protocol.endsWith(':')) protocol += ':';
  pathname = pathname.replaceAll('#', '%23').replaceAll('?', '%3F');
  // Other schemes get slashes only if they had some.
  if (url.slashes || SLASHED.has(protocol)) {
    if (url.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (protocol.startsWith('file')) {
      host = '//';
    }
  }
  search = search.replaceAll('#', '%23');
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  if (search && search[0] !== '?') search = `?${search}`;
  return protocol + host + pathname + search + hash;
}

function hostToFormat({ host, hostname, port }, auth) {
  if (host) return auth + host;
  if (!hostname) return '';
  const name = hostname.includes(':') && !inBrackets(hostname) ? `[${hostname}]` : hostname;
  return auth + name + (port ? `:${port}` : '');
}

function encodeAuth(auth) {
  return encodeURIComponent(auth).replaceAll('%3A', ':');
}

// ---- resolve, loaded when it is first asked for

const resolving = () => require('internal/url_resolve');

module.exports = {
  parse,
  format,
  resolve: (source, relative) => resolving().resolve(source, relative),
  resolveObject: (source, relative) => resolving().resolveObject(source, relative),
  methods: {
    parse: (url, args) => parseInto(url, ...args),
    format: (url) => formatUrl(url),
    resolve: (url, [relative]) => resolving().resolveText(url, relative),
    resolveObject: (url, [relative]) => resolving().resolveFrom(url, relative),
    parseHost,
  },
  SLASHED,
  formatUrl,
  joinedPath,
  parseInto,
};
