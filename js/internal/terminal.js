'use strict';

// What every stream to a terminal can do: tty.WriteStream, and process.stdout where that is one.

const { clearLine, clearScreenDown, cursorTo, moveCursor } = require('internal/readline/cursor');
const { validateInteger } = require('internal/validate');
const { env: environment } = require('process');

const { getColorDepth } = native;

class TerminalOutput {
  getColorDepth(env = environment) {
    return getColorDepth(env);
  }

  hasColors(count, env) {
    if (env === undefined && (count === undefined || (typeof count === 'object' && count !== null))) {
      env = count;
      count = 16;
    } else {
      validateInteger(count, 'count', 2);
    }
    return count <= 2 ** this.getColorDepth(env);
  }

  getWindowSize() {
    return [this.columns, this.rows];
  }

  cursorTo(x, y, callback) {
    return cursorTo(this, x, y, callback);
  }

  moveCursor(dx, dy, callback) {
    return moveCursor(this, dx, dy, callback);
  }

  clearLine(direction, callback) {
    return clearLine(this, direction, callback);
  }

  clearScreenDown(callback) {
    return clearScreenDown(this, callback);
  }
}

// Gives an object the methods.
function furnish(object) {
  for (const name of Object.getOwnPropertyNames(TerminalOutput.prototype)) {
    if (name === 'constructor') continue;
    const value = TerminalOutput.prototype[name];
    Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

module.exports = { furnish, methods: TerminalOutput.prototype };
