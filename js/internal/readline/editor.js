'use strict';

// Editing a line in a terminal: keys, history, completion, what was cut, what was undone.

const { clearScreenDown, cursorTo, moveCursor } = require('internal/readline/cursor');
const { emitKeypressEvents } = require('internal/readline/keys');
const { AbortError } = require('internal/errors');
const { getStringWidth } = require('internal/text_width');
const process = require('process');
const { inspect, stripVTControlCharacters } = require('util');

const lineEnding = /\r?\n|\r(?!\n)|\u2028|\u2029/;
const maxCuts = 32;
const maxUndone = 2048;
const wordBefore = /(?:[^\w\s]+|\w+)?\s*$/;
const wordAfter = /^(?:\s+|[^\w\s]+|\w+)\s*/;
const wordToDelete = /^(?:\s+|\W+|\w+)\s*/;

// The code units of the character before an index, and at it.
function lengthBefore(text, index) {
  if (index <= 0) return 0;
  return (index > 1 && text.codePointAt(index - 2) > 0xffff) || text.codePointAt(index - 1) > 0xffff ? 2 : 1;
}

const lengthAt = (text, index) => (text.length > index && text.codePointAt(index) > 0xffff ? 2 : 1);

function commonPrefix(texts) {
  if (texts.length === 0) return '';
  let prefix = texts[0];
  for (const text of texts) {
    let end = 0;
    while (end < prefix.length && prefix[end] === text[end]) end++;
    prefix = prefix.slice(0, end);
  }
  return prefix;
}

function attach(face, listen) {
  const { input } = face;
  face.cursor = 0;
  face.prevRows = 0;
  face._undone = [];
  face._done = [];
  face._cuts = [];
  face._cutIndex = 0;
  face._isYanking = false;
  face._search = null;
  emitKeypressEvents(input, face);
  listen(face, input, 'keypress', (text, key) => {
    face._ttyWrite(text, key);
    // Half of a character: shown when the other half is there.
    if (/^[\ud800-\udfff]$/.test(key?.sequence)) face._refreshLine();
  });
  listen(face, input, 'end', () => {
    if (typeof face.line === 'string' && face.line.length > 0) face.emit('line', face.line);
    face.close();
  });
  face._setRawMode(true);
}

// After a stop: the terminal is ours again.
function comeBack(face) {
  const isReading = !face.paused;
  if (isReading) face.pause();
  if (isReading) face.emit('SIGCONT');
  face._setRawMode(true);
  face._refreshLine();
}

class Editing {
  // Where the cursor is after the text: rows and columns from where it starts.
  _getDisplayPos(text) {
    const columns = this.columns;
    let offset = 0;
    let rows = 0;
    for (const character of stripVTControlCharacters(text)) {
      if (character === '\n') {
        rows += Math.ceil(offset / columns) || 1;
        offset = 0;
      } else if (character === '\t') {
        offset += this.tabSize - (offset % this.tabSize);
      } else {
        const width = getStringWidth(character, false);
        // A wide character does not start in the last column.
        if (width === 2 && (offset + 1) % columns === 0) offset++;
        offset += width;
      }
    }
    const cols = offset % columns;
    rows += (offset - cols) / columns;
    return { cols, rows };
  }

  getCursorPos() {
    return this._getDisplayPos(this._prompt + this.line.slice(0, this.cursor));
  }

  _getCursorPos() {
    return this.getCursorPos();
  }

  _refreshLine() {
    const { output } = this;
    const text = this._prompt + this.line;
    const end = this._getDisplayPos(text);
    const position = this.getCursorPos();
    if (this.prevRows > 0) moveCursor(output, 0, -this.prevRows);
    cursorTo(output, 0);
    clearScreenDown(output);
    this._writeToOutput(text);
    // The terminal breaks the line when something follows.
    if (end.cols === 0) this._writeToOutput(' ');
    cursorTo(output, position.cols);
    const below = end.rows - position.rows;
    if (below > 0) moveCursor(output, 0, -below);
    this.prevRows = position.rows;
  }

  clearLine() {
    this._moveCursor(Infinity);
    this._writeToOutput('\r\n');
    this.line = '';
    this.cursor = 0;
    this.prevRows = 0;
  }

  _moveCursor(by) {
    if (by === 0) return;
    const before = this.getCursorPos();
    this.cursor = Math.min(Math.max(this.cursor + by, 0), this.line.length);
    const after = this.getCursorPos();
    if (before.rows === after.rows) moveCursor(this.output, after.cols - before.cols, 0);
    else this._refreshLine();
  }

  // Replaces what is between two indices; the cursor stands behind the new text.
  _replace(start, end, text = '') {
    this.line = this.line.slice(0, start) + text + this.line.slice(end);
    this.cursor = start + text.length;
    this._refreshLine();
  }

  _remember() {
    this._push(this._done);
    this._undone = [];
  }

  _push(list) {
    list.push({ line: this.line, cursor: this.cursor });
    if (list.length > maxUndone) list.shift();
  }

  _restore(from, to) {
    const state = from.pop();
    if (state === undefined) return;
    this._push(to);
    this.line = state.line;
    this.cursor = state.cursor;
    this._refreshLine();
  }

  _insertString(text) {
    this._remember();
    if (!this.isCompletionEnabled) {
      // More of what was pasted follows, and the line is shown anew with its end.
      this.line = this.line.slice(0, this.cursor) + text + this.line.slice(this.cursor);
      this.cursor += text.length;
      this._writeToOutput(text);
      return;
    }
    if (this.cursor < this.line.length) {
      this._replace(this.cursor, this.cursor, text);
      return;
    }
    const before = this.getCursorPos();
    this.line += text;
    this.cursor += text.length;
    if (before.rows < this.getCursorPos().rows) this._refreshLine();
    else this._writeToOutput(text);
  }

  _wordLeft() {
    if (this.cursor > 0) this._moveCursor(-wordBefore.exec(this.line.slice(0, this.cursor))[0].length);
  }

  _wordRight() {
    if (this.cursor < this.line.length) this._moveCursor(wordAfter.exec(this.line.slice(this.cursor))[0].length);
  }

  _delete(start, end) {
    if (start >= end) return '';
    this._remember();
    const deleted = this.line.slice(start, end);
    this._replace(start, end);
    return deleted;
  }

  _deleteLeft() {
    this._delete(this.cursor - lengthBefore(this.line, this.cursor), this.cursor);
  }

  _deleteRight() {
    if (this.cursor < this.line.length) {
      this._delete(this.cursor, this.cursor + lengthAt(this.line, this.cursor));
    }
  }

  _deleteWordLeft() {
    const { length } = wordBefore.exec(this.line.slice(0, this.cursor))[0];
    this._delete(this.cursor - length, this.cursor);
  }

  _deleteWordRight() {
    if (this.cursor === this.line.length) return;
    const { length } = wordToDelete.exec(this.line.slice(this.cursor))[0];
    this._delete(this.cursor, this.cursor + length);
  }

  _deleteLineLeft() {
    this._cut(this._delete(0, this.cursor));
  }

  _deleteLineRight() {
    this._cut(this._delete(this.cursor, this.line.length));
  }

  _cut(text) {
    if (text === '' || text === this._cuts[0]) return;
    this._cuts.unshift(text);
    this._cutIndex = 0;
    if (this._cuts.length > maxCuts) this._cuts.pop();
  }

  _yank() {
    if (this._cuts.length === 0) return;
    this._isYanking = true;
    this._insertString(this._cuts[this._cutIndex]);
  }

  // Puts what was cut before that in the place of what was just yanked.
  _yankPop() {
    if (!this._isYanking || this._cuts.length < 2) return;
    const { length } = this._cuts[this._cutIndex];
    this._cutIndex = (this._cutIndex + 1) % this._cuts.length;
    this._replace(this.cursor - length, this.cursor, this._cuts[this._cutIndex]);
  }

  _line() {
    const line = this._addHistory();
    this._undone = [];
    this._done = [];
    this.clearLine();
    this._onLine(line);
  }

  _addHistory() {
    const { history, line } = this;
    if (line.length === 0) return '';
    if (this.historySize === 0 || line.trim().length === 0) return line;
    if (history.length === 0 || history[0] !== line) {
      if (this.removeHistoryDuplicates) {
        const index = history.indexOf(line);
        if (index !== -1) history.splice(index, 1);
      }
      history.unshift(line);
      if (history.length > this.historySize) history.pop();
    }
    this.historyIndex = -1;
    // Listeners may change the history, but not the line.
    this.emit('history', history);
    return line;
  }

  // The next line of the history, upwards or downwards, that begins as what was typed.
  _browse(by) {
    const { history } = this;
    const search = this._search ?? '';
    let index = this.historyIndex + by;
    while (index >= 0 && index < history.length && (!history[index].startsWith(search) || history[index] === this.line)) {
      index += by;
    }
    this._remember();
    this.line = history[index] ?? search;
    this.historyIndex = index;
    this.cursor = this.line.length;
    this._refreshLine();
  }

  _historyPrev() {
    if (this.historyIndex < this.history.length && this.history.length > 0) this._browse(1);
  }

  _historyNext() {
    if (this.historyIndex >= 0) this._browse(-1);
  }

  _tabComplete(again) {
    this.pause();
    this.completer(this.line.slice(0, this.cursor), (error, value) => {
      this.resume();
      if (error) this._writeToOutput(`Tab completion error: ${inspect(error)}`);
      else this._complete(again, value);
    });
  }

  // Completes as far as all completions agree; shows them where that is nothing more.
  _complete(again, [completions, completed]) {
    if (!completions || completions.length === 0) return;
    const prefix = commonPrefix(completions.filter((text) => text !== ''));
    if (prefix.startsWith(completed) && prefix.length > completed.length) {
      this._insertString(prefix.slice(completed.length));
    } else if (!completed.startsWith(prefix)) {
      this._remember();
      this._replace(this.cursor - completed.length, this.cursor, prefix);
    } else if (again) {
      this._remember();
      this._writeToOutput(this._table(completions));
      this._refreshLine();
    }
  }

  // The completions in columns; an empty one begins a new group.
  _table(completions) {
    const widths = completions.map((text) => getStringWidth(text));
    const width = Math.max(...widths) + 2;
    const columns = Math.floor(this.columns / width) || 1;
    const perRow = columns === Infinity ? 1 : columns;
    let table = '\r\n';
    let inRow = 0;
    let blanks = 0;
    completions.forEach((text, index) => {
      if (text === '' || inRow === perRow) {
        table += '\r\n';
        inRow = 0;
        blanks = 0;
      }
      if (text === '') {
        table += '\r\n';
        return;
      }
      table += ' '.repeat(blanks) + text;
      blanks = width - widths[index];
      inRow++;
    });
    return inRow === 0 ? table : `${table}\r\n\r\n`;
  }

  _interrupted(name, event) {
    if (event !== undefined && this.listenerCount(event) > 0) {
      this.emit(event);
      return;
    }
    this.close();
    this._questionReject?.(new AbortError(`Aborted with Ctrl+${name}`));
  }

  _suspend() {
    if (this.listenerCount('SIGTSTP') > 0) {
      this.emit('SIGTSTP');
      return;
    }
    process.once('SIGCONT', () => comeBack(this));
    this._setRawMode(false);
    process.kill(process.pid, 'SIGTSTP');
  }

  _clearScreen() {
    cursorTo(this.output, 0, 0);
    clearScreenDown(this.output);
    this._refreshLine();
  }

  _ttyWrite(text, key = {}) {
    const before = this._previousKey;
    key ??= {};
    this._previousKey = key;
    if (!key.meta || key.name !== 'y') this._isYanking = false;
    this._searchHistory(key);
    if (key.sequence === '\x1f') this._restore(this._done, this._undone);
    else if (key.sequence === '\x1e') this._restore(this._undone, this._done);
    else if (key.name === 'escape') return;
    else if (key.ctrl && key.shift) this._controlShift(key.name);
    else if (key.ctrl) control[key.name]?.(this);
    else if (key.meta) meta[key.name]?.(this);
    else this._type(text, key, before);
  }

  // Up and down look for lines that begin as what stands before the cursor, until another key is hit.
  _searchHistory(key) {
    const isPlain = !(key.shift || key.ctrl || key.meta);
    if (isPlain && (key.name === 'down' || key.name === 'up')) {
      this._search ??= this.line.slice(0, this.cursor);
    } else if (this._search !== null) {
      this._search = null;
      if (this.historyIndex === this.history.length) this.historyIndex = -1;
    }
  }

  _controlShift(name) {
    if (name === 'delete') this._deleteLineRight();
    else if (name === 'backspace') this._deleteLineLeft();
  }

  _type(text, key, before) {
    if (this._sawReturnAt && key.name !== 'enter') this._sawReturnAt = 0;
    if (key.name === 'return') {
      this._sawReturnAt = Date.now();
      this._line();
    } else if (key.name === 'enter') {
      const belongsToReturn = this._sawReturnAt !== 0 && Date.now() - this._sawReturnAt <= this.crlfDelay;
      if (!belongsToReturn) this._line();
      this._sawReturnAt = 0;
    } else if (key.name === 'tab' && typeof this.completer === 'function' && this.isCompletionEnabled) {
      this._tabComplete(before?.name === 'tab');
    } else if (Object.hasOwn(named, key.name ?? '')) {
      named[key.name](this);
    } else if (typeof text === 'string' && text !== '') {
      const lines = text.split(lineEnding);
      lines.forEach((line, index) => {
        if (index > 0) this._line();
        this._insertString(line);
      });
    }
  }
}

const home = (face) => face._moveCursor(-Infinity);
const end = (face) => face._moveCursor(Infinity);
const left = (face) => face._moveCursor(-lengthBefore(face.line, face.cursor));
const right = (face) => face._moveCursor(lengthAt(face.line, face.cursor));

const named = {
  backspace: (face) => face._deleteLeft(),
  delete: (face) => face._deleteRight(),
  left,
  right,
  home,
  end,
  up: (face) => face._historyPrev(),
  down: (face) => face._historyNext(),
};

const control = {
  __proto__: null,
  a: home,
  b: left,
  backspace: (face) => face._deleteWordLeft(),
  c: (face) => face._interrupted('C', 'SIGINT'),
  d(face) {
    if (face.cursor === 0 && face.line.length === 0) face._interrupted('D');
    else face._deleteRight();
  },
  delete: (face) => face._deleteWordRight(),
  e: end,
  f: right,
  h: (face) => face._deleteLeft(),
  k: (face) => face._deleteLineRight(),
  l: (face) => face._clearScreen(),
  left: (face) => face._wordLeft(),
  n: (face) => face._historyNext(),
  p: (face) => face._historyPrev(),
  right: (face) => face._wordRight(),
  u: (face) => face._deleteLineLeft(),
  w: (face) => face._deleteWordLeft(),
  y: (face) => face._yank(),
  z: (face) => face._suspend(),
};

const meta = {
  __proto__: null,
  b: (face) => face._wordLeft(),
  backspace: (face) => face._deleteWordLeft(),
  d: (face) => face._deleteWordRight(),
  delete: (face) => face._deleteWordRight(),
  f: (face) => face._wordRight(),
  y: (face) => face._yankPop(),
};

module.exports = { Editing, attach };
