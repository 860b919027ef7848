'use strict';

// Moving the cursor of a terminal, and clearing parts of it.

const { coded, invalidArgValue } = require('internal/errors');
const { validateFunction } = require('internal/validate');
const { nextTick } = require('process');

const clearDown = '\x1b[0J';
const clearLineCodes = { left: '\x1b[1K', right: '\x1b[0K', whole: '\x1b[2K' };

const codeOfClear = (direction) =>
  direction < 0 ? clearLineCodes.left : direction > 0 ? clearLineCodes.right : clearLineCodes.whole;

const codeOfPosition = (x, y) => (typeof y === 'number' ? `\x1b[${y + 1};${x + 1}H` : `\x1b[${x + 1}G`);

function codeOfMove(dx, dy) {
  let code = '';
  if (dx < 0) code += `\x1b[${-dx}D`;
  else if (dx > 0) code += `\x1b[${dx}C`;
  if (dy < 0) code += `\x1b[${-dy}A`;
  else if (dy > 0) code += `\x1b[${dy}B`;
  return code;
}

function send(stream, code, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (stream === null || stream === undefined || code === '') {
    if (typeof callback === 'function') nextTick(callback, null);
    return true;
  }
  return stream.write(code, callback);
}

function cursorTo(stream, x, y, callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  if (Number.isNaN(x)) throw invalidArgValue('x', x);
  if (Number.isNaN(y)) throw invalidArgValue('y', y);
  if (stream === null || stream === undefined || (typeof x !== 'number' && typeof y !== 'number')) {
    return send(null, '', callback);
  }
  if (typeof x !== 'number') {
    throw coded('ERR_INVALID_CURSOR_POS', 'Cannot set cursor row without setting its column');
  }
  return send(stream, codeOfPosition(x, y), callback);
}

const moveCursor = (stream, dx, dy, callback) => send(stream, codeOfMove(dx, dy), callback);
const clearLine = (stream, direction, callback) => send(stream, codeOfClear(direction), callback);
const clearScreenDown = (stream, callback) => send(stream, clearDown, callback);

module.exports = {
  clearDown,
  clearLine,
  clearScreenDown,
  codeOfClear,
  codeOfMove,
  codeOfPosition,
  cursorTo,
  moveCursor,
};
