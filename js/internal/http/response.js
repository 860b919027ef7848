'use strict';

// http.ServerResponse.

const { coded, invalidArgValue } = require('internal/errors');
const { isInvalidValue, statusMessage } = require('internal/http/native');
const { OutgoingMessage, headersSent, kCorked, kFields, kSocket } = require('internal/http/outgoing');

const { isArray } = Array;
const { assign, keys, setPrototypeOf } = Object;

const kServed = Symbol('kServed');

function ServerResponse(request, options) {
  OutgoingMessage.call(this, options);
  if (request.method === 'HEAD') this._hasBody = false;
  this.req = request;
  if (request.httpVersionMajor < 1 || request.httpVersionMinor < 1) {
    this.useChunkedEncodingByDefault = /(?:^|\W)chunked(?:$|\W)/i.test(request.headers.te);
    this.shouldKeepAlive = false;
  }
}

setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
setPrototypeOf(ServerResponse, OutgoingMessage);

// A socket that was closed before its response had ended. The listener is called with the socket as `this`.
function onSocketClose() {
  const response = this._httpMessage;
  if (response) close(response);
}

function close(response) {
  if (response._closed) return;
  response.destroyed = true;
  response._closed = true;
  response.emit('close');
}

assign(ServerResponse.prototype, {
  statusCode: 200,
  statusMessage: undefined,
  sendDate: true,
  _sent100: false,
  _expect_continue: false,
  _maxRequestsPerSocket: 0,
  [kServed]: null,

  _finish() {
    OutgoingMessage.prototype._finish.call(this);
  },

  assignSocket(socket) {
    if (socket._httpMessage) {
      throw coded('ERR_HTTP_SOCKET_ASSIGNED', 'Socket already assigned');
    }
    socket._httpMessage = this;
    // Connections of our servers tell themselves.
    if (this[kServed] === null) socket.on('close', onSocketClose);
    this[kSocket] = socket;
    // What waited was corked here.
    for (let i = this[kCorked]; i > 0; i--) socket.cork();
    if (this.outputData.length > 0 || this.finished) this._flush();
    if (this.listenerCount('socket') > 0) this.emit('socket', socket);
  },

  detachSocket(socket) {
    if (this[kServed] === null) socket.removeListener('close', onSocketClose);
    socket._httpMessage = null;
    this[kSocket] = null;
  },

  writeContinue(callback) {
    this._writeRaw('HTTP/1.1 100 Continue\r\n\r\n', 'ascii', callback);
    this._sent100 = true;
  },

  writeProcessing(callback) {
    this._writeRaw('HTTP/1.1 102 Processing\r\n\r\n', 'ascii', callback);
  },

  writeEarlyHints(hints, callback) {
    require('internal/validate').validateObject(hints, 'hints');
    if (hints.link === null || hints.link === undefined) return;
    const link = linkField(hints.link);
    if (link.length === 0) return;
    let head = `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n`;
    for (const name of keys(hints)) {
      if (name === 'link') continue;
      const { validateHeaderName, validateHeaderValue } = require('internal/http/outgoing');
      validateHeaderName(name);
      validateHeaderValue(name, hints[name]);
      head += `${name}: ${hints[name]}\r\n`;
    }
    this._writeRaw(`${head}\r\n`, 'ascii', callback);
  },

  _implicitHeader() {
    this.writeHead(this.statusCode);
  },

  writeHead(code, reason, headers) {
    if (this._header) throw headersSent('write');
    const given = code;
    code |= 0;
    if (code < 100 || code > 999) {
      const shown = typeof given === 'symbol' ? String(given) : require('util').inspect(given);
      throw coded('ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${typeof given === 'string' ? given : shown}`);
    }
    if (typeof reason === 'string') {
      this.statusMessage = reason;
    } else {
      this.statusMessage ||= statusMessage(code) ?? 'unknown';
      headers ??= reason;
    }
    if (this.statusCode !== code) this.statusCode = code;
    // Fields that were set before are replaced; where there are none, these are written as they are.
    if (this[kFields] !== null && headers) {
      replaceFields(this, headers);
      headers = undefined;
    } else if (isArray(headers)) {
      checkList(headers);
    }
    if (isInvalidValue(this.statusMessage)) throw coded('ERR_INVALID_CHAR', 'Invalid character in statusMessage');
    if (code === 204 || code === 304 || code < 200) this._hasBody = false;
    // A peer that waits for a word has not got it: what it sends next is no body.
    if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false;
    this._storeHeader(`HTTP/1.1 ${code} ${this.statusMessage}\r\n`, headers);
    return this;
  },
});
ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

function checkList(headers) {
  if (!isArray(headers[0]) && headers.length % 2 !== 0) throw invalidArgValue('headers', headers);
}

function replaceFields(response, headers) {
  if (!isArray(headers)) {
    for (const name of keys(headers)) {
      if (name) response.setHeader(name, headers[name]);
    }
    return;
  }
  checkList(headers);
  const pairs = isArray(headers[0]) ? headers : [];
  if (pairs !== headers) {
    for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i], headers[i + 1]]);
  }
  for (const [name] of pairs) response.removeHeader(name);
  for (const [name, value] of pairs) {
    if (name) response.appendHeader(name, value);
  }
}

// The value of a `Link` field: one link or several, of which each is looked at.
function linkField(links) {
  const list = isArray(links) ? links : [links];
  for (const link of list) {
    if (typeof link !== 'string' || !/^(?:<[^>\r\n]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/.test(link)) {
      throw invalidArgValue('hints', links,
        'must be an array or string of format "</styles.css>; rel=preload; as=style"');
    }
  }
  return list.join(', ');
}

module.exports = { ServerResponse, close, kServed };
