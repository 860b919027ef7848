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

// For a standard stream: its size is what it is now, and whoever listens is told of a new one.
function standard(stream, size) {
  furnish(stream);
  const dimension = (index) => ({ get: () => size()?.[index], enumerable: true, configurable: true });
  Object.defineProperty(stream, 'columns', dimension(0));
  Object.defineProperty(stream, 'rows', dimension(1));
  let [columns, rows] = stream.getWindowSize();
  let isWatched = false;
  const refresh = () => {
    const [newColumns, newRows] = stream.getWindowSize();
    if (newColumns === columns && newRows === rows) return;
    [columns, rows] = [newColumns, newRows];
    stream.emit('resize');
  };
  Object.defineProperty(stream, '_refreshSize', { value: refresh, writable: true, configurable: true });
  stream.on('newListener', (event) => {
    if (event !== 'resize' || isWatched) return;
    isWatched = true;
    require('process').on('SIGWINCH', refresh);
  });
}

module.exports = { furnish, standard };
