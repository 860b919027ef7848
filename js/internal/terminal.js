'use strict';

// What every stream to a terminal can do: tty.WriteStream, and process.stdout where that is one.

const { validateInteger } = require('internal/validate');
const { env: environment } = require('process');

const { getColorDepth } = native;

// Few programs move the cursor.
const cursor = () => require('internal/readline/cursor');

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
    return cursor().cursorTo(this, x, y, callback);
  }

  moveCursor(dx, dy, callback) {
    return cursor().moveCursor(this, dx, dy, callback);
  }

  clearLine(direction, callback) {
    return cursor().clearLine(this, direction, callback);
  }

  clearScreenDown(callback) {
    return cursor().clearScreenDown(this, callback);
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
