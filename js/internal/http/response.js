'use strict';

// http.ServerResponse.

const { coded, invalidArgValue } = require('internal/errors');
const {
  adoptResponse, kCorked, kServed, kSocket, messages: { writeHead, _implicitHeader },
} = require('internal/http/native');
const { OutgoingMessage } = require('internal/http/outgoing');

const { isArray } = Array;
const { assign, keys, setPrototypeOf } = Object;

function ServerResponse(request, options) {
  OutgoingMessage.call(this, options);
  this.req = request;
  const { method, httpVersionMajor: major, httpVersionMinor: minor } = request;
  if (method === 'HEAD') this._hasBody = false;
  if (major >= 1 && minor >= 1) return;
  // An old peer hears the end of a body by that of the connection, unless it says that it knows chunks.
  this.shouldKeepAlive = false;
  this.useChunkedEncodingByDefault = isAmong(request.headers.te, 'chunked');
}

setPrototypeOf(ServerResponse, OutgoingMessage);
setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);

// Whether a word, in lower case, is one of those that a field lists.
function isAmong(field, word) {
  if (typeof field !== 'string') return false;
  return field.split(',').some((part) => part.split(';', 1)[0].trim().toLowerCase() === word);
}

// ---- The end of it.

function close(response) {
  if (response._closed) return;
  response._closed = true;
  response.destroyed = true;
  response.emit('close');
}

// Listener of a socket that a program gave to a response.
function closeWithSocket() {
  if (this._httpMessage) close(this._httpMessage);
}

// ---- The head.

function refuseStatus(given) {
  const shown = typeof given === 'string' ? given : require('util').inspect(given);
  throw coded('ERR_HTTP_INVALID_STATUS_CODE', `Invalid status code: ${shown}`);
}

// A list of pairs, or of names and values in turn, as one of pairs.
function pairsOf(list) {
  checkList(list);
  if (isArray(list[0])) return list;
  const pairs = [];
  list.forEach((entry, index) => {
    if (index % 2 === 0) pairs.push([entry, list[index + 1]]);
  });
  return pairs;
}

function checkList(list) {
  if (list.length % 2 === 1 && !isArray(list[0])) throw invalidArgValue('headers', list);
}

// Sets fields beside those that were set before; those of one name are replaced.
function replaceFields(response, given) {
  const isList = isArray(given);
  const pairs = isList ? pairsOf(given) : keys(given).map((name) => [name, given[name]]);
  if (isList) {
    for (const [name] of pairs) response.removeHeader(name);
  }
  const method = isList ? 'appendHeader' : 'setHeader';
  for (const [name, value] of pairs) {
    if (name) response[method](name, value);
  }
}

// A word before the response itself.
function inform(response, status, fields, callback) {
  response._writeRaw(`HTTP/1.1 ${status}\r\n${fields}\r\n`, 'ascii', callback);
}

assign(ServerResponse.prototype, {
  assignSocket(socket) {
    if (socket._httpMessage) throw coded('ERR_HTTP_SOCKET_ASSIGNED', 'Socket already assigned');
    // Connections of our servers tell themselves.
    if (this[kServed] === null) socket.on('close', closeWithSocket);
    this[kSocket] = socket;
    socket._httpMessage = this;
    // What waited was corked here.
    for (let i = this[kCorked]; i > 0; i--) socket.cork();
    if (this.finished || this.outputData.length > 0) this._flush();
    if (this.listenerCount('socket') > 0) this.emit('socket', socket);
  },

  detachSocket(socket) {
    this[kSocket] = null;
    socket._httpMessage = null;
    if (this[kServed] === null) socket.removeListener('close', closeWithSocket);
  },

  writeContinue(callback) {
    this._sent100 = true;
    inform(this, '100 Continue', '', callback);
  },

  writeProcessing(callback) {
    inform(this, '102 Processing', '', callback);
  },

  writeEarlyHints(hints, callback) {
    const fields = require('internal/http/early_hints').fieldsOf(hints);
    if (fields !== '') inform(this, '103 Early Hints', fields, callback);
  },

  _implicitHeader,
  writeHead,
});
ServerResponse.prototype.writeHeader = ServerResponse.prototype.writeHead;

// What a response is unless it says otherwise.
adoptResponse(ServerResponse, {
  req: undefined,
  statusCode: 200,
  statusMessage: undefined,
  sendDate: true,
  _sent100: false,
  _expect_continue: false,
  _maxRequestsPerSocket: 0,
  // The connection of one of our servers that it belongs to.
  [kServed]: null,
});

module.exports = { ServerResponse, checkList, close, refuseStatus, replaceFields };
