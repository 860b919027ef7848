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
    // `(env)`: whether there are 16.
    const isUncounted = env === undefined && (count === undefined || (count !== null && typeof count === 'object'));
    if (!isUncounted) validateInteger(count, 'count', 2);
    const available = 2 ** this.getColorDepth(isUncounted ? count : env);
    return available >= (isUncounted ? 16 : count);
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
