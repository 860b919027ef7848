'use strict';

// The body of a message that is sent, and its end: how parts are framed, what is refused.

const { nextTick } = require('process');
const { Buffer } = require('buffer');
const { coded, invalidArgType } = require('internal/errors');
const { hasTurn } = require('internal/http/outgoing_queue');
const { kCorked, kFields, kSocket, kWaiting, told } = require('internal/http/native');

const kWritten = Symbol('http.bytesWritten');
const kRefusesBody = Symbol('http.rejectNonStandardBodyWrites');

function nop() {}

function isUtf8(encoding) {
  return !encoding || encoding === 'utf8' || encoding === 'utf-8';
}

// Whether a part and the head can be one string: a character of either is the same bytes in the encoding.
function joinsHead(message, data, encoding) {
  if (typeof data !== 'string') return false;
  return encoding === 'latin1' || (isUtf8(encoding) && message[kFields].isAscii());
}

function sizeOf(chunk, encoding) {
  return chunk.byteLength ?? Buffer.byteLength(chunk, encoding);
}

function checkChunk(chunk) {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return;
  if (chunk === null) throw coded('ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  throw invalidArgType('chunk', 'of type string or an instance of Buffer or Uint8Array', chunk);
}

// Makes the head of a message whose body may be known by now.
function beginHead(message, length) {
  if (length !== undefined) message._contentLength = length;
  message._implicitHeader();
}

// One part of the body. Answers whether more is wanted at once.
function sayPart(message, chunk, encoding, callback, isLast) {
  if (typeof callback !== 'function') callback = undefined;
  checkChunk(chunk);
  if (message.finished || message.destroyed) return sayTooLate(message, callback);
  const hasHead = Boolean(message._header);
  const size = hasHead && !message.chunkedEncoding && !message.strictContentLength ? 0 : sizeOf(chunk, encoding);
  if (message.strictContentLength) {
    checkLength(message, size, isLast);
    message[kWritten] += size;
  }
  if (!hasHead) beginHead(message, isLast ? size : undefined);
  if (!message._hasBody) {
    if (message[kRefusesBody]) {
      throw coded('ERR_HTTP_BODY_NOT_ALLOWED', 'Adding content for this request method or response status is not allowed.');
    }
    if (callback !== undefined) nextTick(callback);
    return true;
  }
  if (!isLast) corkForTick(message[kSocket]);
  if (message.chunkedEncoding && size > 0) return sayChunk(message, chunk, size, encoding, callback);
  return message._send(message.chunkedEncoding ? '' : chunk, encoding, callback);
}

function sayChunk(message, chunk, size, encoding, callback) {
  const head = `${size.toString(16)}\r\n`;
  if (typeof chunk === 'string' && isUtf8(encoding)) return message._send(`${head}${chunk}\r\n`, 'utf8', callback);
  message._send(head, 'latin1');
  message._send(chunk, encoding);
  return message._send('\r\n', 'latin1', callback);
}

// What a program says in one turn goes out in one write.
function corkForTick(socket) {
  if (!socket || socket.writableCorked) return;
  socket.cork();
  nextTick(uncorkSocket, socket);
}

function uncorkSocket(socket) {
  socket.uncork();
}

function checkLength(message, size, isLast) {
  const { _contentLength: said, [kWritten]: before } = message;
  const isKnown = message._hasBody && !message._removedContLen && !message.chunkedEncoding && Number.isFinite(said);
  const total = before + size;
  const fits = isLast ? total === said : total <= said;
  if (fits || !isKnown || message[kFields]?.hasEncoding()) return;
  throw coded('ERR_HTTP_CONTENT_LENGTH_MISMATCH',
    `Response body's content-length of ${total} byte(s) does not match the content-length of ${said} byte(s) set in header`);
}

// ---- The end.

// `end` of a message with these arguments, where it is not a whole one that natives send at once.
function end(message, chunk, encoding, callback) {
  const isAlone = typeof chunk === 'function';
  const isShort = !isAlone && typeof encoding === 'function';
  if (isAlone) return conclude(message, undefined, undefined, chunk);
  return conclude(message, chunk, isShort ? undefined : encoding, isShort ? encoding : callback);
}

function conclude(message, chunk, encoding, callback) {
  if (typeof callback !== 'function') callback = undefined;
  const hasChunk = Boolean(chunk);
  if (message.finished) return concludeAgain(message, hasChunk, callback);
  if (hasChunk) checkChunk(chunk);
  const socket = message[kSocket];
  const isClear = hasChunk && message._header === null && hasNothingElse(message, socket);
  if (isClear) beginHead(message, sizeOf(chunk, encoding));
  const isWhole = isClear && message._header !== null && !message._headerSent && message._hasBody && !message.chunkedEncoding;
  if (!isWhole) {
    socket?.cork();
    if (hasChunk) sayPart(message, chunk, encoding, undefined, true);
    else if (!message._header) beginHead(message, 0);
  }
  if (callback !== undefined) message.once('finish', callback);
  if (isWhole) {
    sayWhole(message, socket, chunk, encoding);
  } else {
    if (message.strictContentLength) checkLength(message, 0, true);
    sayEnd(message, hasChunk);
    if (socket) uncorkWholly(socket);
  }
  message[kCorked] = 0;
  message.finished = true;
  if (!message[kWaiting]?.parts.length && message[kSocket]?._httpMessage === message) message._finish();
  return message;
}

// Whether nothing comes before a message, or keeps it from being said at once.
function hasNothingElse(message, socket) {
  return hasTurn(message, socket) && socket._handle && !message.destroyed && !message.strictContentLength &&
    message[kCorked] === 0 && !message[kWaiting]?.parts.length;
}

// A message with its whole body: what most messages are.
function sayWhole(message, socket, chunk, encoding) {
  const done = () => told(message);
  if (joinsHead(message, chunk, encoding)) {
    message._headerSent = true;
    // Characters that are bytes: nothing has to be encoded.
    socket.write(message._header + chunk, message._contentLength === chunk.length ? 'latin1' : 'utf8', done);
  } else {
    message._send(chunk, encoding, done);
  }
}

// What stands behind the body: of chunks the last; else at least the head has to be said.
function sayEnd(message, hasChunk) {
  const done = () => told(message);
  const isChunked = message.chunkedEncoding && message._hasBody;
  if (!isChunked && message._headerSent && !hasChunk && message.writableLength === 0) nextTick(done);
  else message._send(isChunked ? `0\r\n${message._trailer}\r\n` : '', 'latin1', done);
}

// Whoever has corked it: a message that is over goes out.
function uncorkWholly(socket) {
  do socket.uncork(); while (socket.writableCorked > 0);
}

function writeAfterEnd() {
  return coded('ERR_STREAM_WRITE_AFTER_END', 'write after end');
}

function concludeAgain(message, hasChunk, callback) {
  if (hasChunk) {
    fail(message, writeAfterEnd(), callback);
  } else if (callback !== undefined) {
    if (message.writableFinished) callback(coded('ERR_STREAM_ALREADY_FINISHED', 'Cannot call end after a stream was finished'));
    else message.on('finish', callback);
  }
  return message;
}

function sayTooLate(message, callback) {
  fail(message, message.finished ?
    writeAfterEnd() : coded('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed'), callback);
  return false;
}

// Tells of an error later: of one after the message's own end only the caller.
function fail(message, error, callback = nop) {
  const isOver = message.destroyed;
  nextTick(() => {
    callback(error);
    if (!isOver && !message._closed && typeof message.destroy === 'function') message.emit('error', error);
  });
}

module.exports = { end, joinsHead, sayPart, kRefusesBody, kWritten };
