'use strict';

// url.resolve() and url.resolveObject(): a reference, seen from another URL. The legacy API's, not the standard's.

const { Url } = require('url');
const { SLASHED, formatUrl, joinedPath, parse, parseInto } = require('internal/url_legacy');

const isSlashed = (protocol) => SLASHED.has(protocol) || SLASHED.has(`${protocol}:`);

function resolve(source, relative) {
  return resolveText(parse(source, false, true), relative);
}

function resolveText(base, relative) {
  return formatUrl(resolveFrom(base, parse(relative, false, true)));
}

function resolveObject(source, relative) {
  return source ? resolveFrom(parse(source, false, true), relative) : relative;
}

function resolveFrom(base, target) {
  let relative = target;
  if (typeof target === 'string') {
    relative = new Url();
    parseInto(relative, target, false, true);
  }
  const result = Object.assign(new Url(), base);
  // Even an empty reference takes the fragment away.
  result.hash = relative.hash;
  if (relative.href === '') return finished(result);
  if (relative.slashes && !relative.protocol) return withOtherHost(result, relative);
  if (relative.protocol && relative.protocol !== result.protocol) return withOtherScheme(result, relative);
  return withOtherPath(result, relative);
}

function finished(url) {
  url.href = formatUrl(url);
  return url;
}

function takeQuery(result, relative) {
  result.search = relative.search;
  result.query = relative.query;
}

function withOtherHost(result, relative) {
  const { protocol } = result;
  Object.assign(result, relative, { protocol });
  if (SLASHED.has(protocol) && result.hostname && !result.pathname) {
    result.pathname = '/';
    result.path = '/';
  }
  return finished(result);
}

function withOtherScheme(result, relative) {
  if (!isSlashed(relative.protocol)) return finished(Object.assign(result, relative));
  const { protocol } = relative;
  const isHostKnown = relative.host || /^file:?$/.test(protocol);
  const pathname = isHostKnown ? relative.pathname : hostFromPath(relative);
  const { auth, host, hostname, port, query, search } = relative;
  Object.assign(result, {
    protocol, auth, host: host || '', hostname: hostname || host, port, pathname, search, query,
  });
  if (result.pathname || result.search) result.path = joinedPath(result);
  result.slashes ||= relative.slashes;
  return finished(result);
}

// `http:/h/p`: the first segment of the path is the host.
function hostFromPath(relative) {
  const segments = (relative.pathname || '').split('/');
  const first = segments.findIndex((segment) => segment !== '');
  relative.host = first === -1 ? '' : segments[first];
  relative.hostname ||= '';
  const path = first === -1 ? [] : segments.slice(first + 1);
  if (path[0] !== '') path.unshift('');
  if (path.length < 2) path.unshift('');
  return path.join('/');
}

function withOtherPath(result, relative) {
  const startsWithSlash = (path) => Boolean(path) && path[0] === '/';
  const segmentsOf = (path) => (path ? path.split('/') : []);
  const isRelativeAbsolute = Boolean(relative.host) || startsWithSlash(relative.pathname);
  let isAbsolute = isRelativeAbsolute || startsWithSlash(result.pathname) ||
    Boolean(result.host && relative.pathname);
  const keepsParents = !isAbsolute;
  let path = segmentsOf(result.pathname);
  const relativePath = segmentsOf(relative.pathname);
  const hostIsInPath = result.protocol && !isSlashed(result.protocol);
  if (hostIsInPath) {
    putHostIntoPath(result, relative, path, relativePath);
    isAbsolute &&= relativePath[0] === '' || path[0] === '';
  }

  if (isRelativeAbsolute) {
    takeHost(result, relative);
    takeQuery(result, relative);
    path = relativePath;
  } else if (relativePath.length > 0) {
    path.pop();
    path.push(...relativePath);
    takeQuery(result, relative);
  } else if ((relative.search ?? null) !== null) {
    return withOtherQuery(result, relative, hostIsInPath ? path : null);
  }
  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    return finished(result);
  }

  const hasHost = Boolean(result.host || relative.host);
  path = withoutDots(path, { isAbsolute, keepsParents, hasHost });
  const startsAbsolute = path[0] === '' || (path[0] && path[0][0] === '/');
  if (hostIsInPath) {
    result.hostname = result.host = startsAbsolute ? '' : path.shift() ?? '';
    splitAuth(result);
  }
  isAbsolute ||= Boolean(result.host) && path.length > 0;
  if (isAbsolute && !startsAbsolute) path.unshift('');
  finishPath(result, path);
  const { auth, slashes } = relative;
  if (auth) result.auth = auth;
  result.slashes ||= slashes;
  return finished(result);
}

function finishPath(result, path) {
  const isEmpty = path.length === 0;
  if (isEmpty) result.path = null;
  result.pathname = isEmpty ? null : path.join('/');
  joinAgain(result);
}

function joinAgain(result) {
  const { pathname, search } = result;
  if (search === null && pathname === null) return;
  result.path = joinedPath(result);
}

// Schemes without slashes have their host as the first segment while paths are merged.
function putHostIntoPath(result, relative, path, relativePath) {
  result.hostname = '';
  result.port = null;
  putFirst(path, result.host);
  result.host = '';
  if (!relative.protocol) return;
  relative.hostname = null;
  relative.port = null;
  result.auth = null;
  putFirst(relativePath, relative.host);
  relative.host = null;
}

function putFirst(path, host) {
  if (!host) return;
  if (path[0] === '') path[0] = host;
  else path.unshift(host);
}

function takeHost(result, relative) {
  // An empty host is one, too. A name and a password are for the host that they were written for.
  for (const part of ['host', 'hostname']) {
    const named = relative[part];
    if (!named && named !== '') continue;
    if (named !== result[part]) result.auth = null;
    result[part] = named;
    if (part === 'host') result.port = relative.port;
  }
}

function withOtherQuery(result, relative, pathWithHost) {
  if (pathWithHost !== null) {
    result.hostname = result.host = pathWithHost.shift();
    splitAuth(result);
  }
  takeQuery(result, relative);
  joinAgain(result);
  return finished(result);
}

// `user@host` in one.
function splitAuth(result) {
  if (!result.host || result.host.indexOf('@') <= 0) return;
  const [auth, host] = result.host.split('@');
  result.auth = auth;
  result.host = host;
  result.hostname = host;
}

function withoutDots(segments, { isAbsolute, keepsParents, hasHost }) {
  const last = segments.at(-1);
  const endsInDots = last === '.' || last === '..';
  const endsWithSlash = last === '' || (endsInDots && (hasHost || segments.length > 1));
  const path = [];
  let up = 0;
  for (const segment of segments.toReversed()) {
    if (segment === '.') continue;
    if (segment === '..') up++;
    else if (up > 0) up--;
    else path.unshift(segment);
  }
  if (keepsParents && !isAbsolute) path.unshift(...Array(up).fill('..'));
  if (isAbsolute && path[0] !== '' && (!path[0] || path[0][0] !== '/')) path.unshift('');
  if (endsWithSlash && !path.join('/').endsWith('/')) path.push('');
  return path;
}

module.exports = { resolve, resolveObject, resolveText, resolveFrom };
