'use strict';

// What both kinds of readline interfaces share: lines of a stream, prompts, questions. What a terminal
// needs beyond that is in internal/readline/editor, loaded with the first one.

const EventEmitter = require('events');
const { StringDecoder } = require('string_decoder');
const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { validateAbortSignal, validateInteger, validateNumber, validateString } = require('internal/validate');
const { env, nextTick } = require('process');

const { addAbortListener } = EventEmitter;
const on = require('internal/events/on');
const lineEnding = /\r?\n|\r(?!\n)|\u2028|\u2029/;
const minimumDelay = 100;

const usedAfterClose = () => coded('ERR_USE_AFTER_CLOSE', 'readline was closed');

// Makes an editor of the interfaces: for the first one that needs it.
function editor() {
  const loaded = require('internal/readline/editor');
  if (!hasEditor) {
    hasEditor = true;
    take(loaded.Editing.prototype);
  }
  return loaded;
}
let hasEditor = false;

// The arguments of the constructor as options: one object, or what it was long ago.
function decode(input, completer, output, terminal) {
  const options = input?.input !== undefined ? input : { input, output, completer, terminal };
  const { signal, history, historySize = 30, tabSize = 8, escapeCodeTimeout = 500 } = options;
  if (options.completer !== undefined && typeof options.completer !== 'function') {
    throw invalidArgValue('completer', options.completer);
  }
  if (history !== undefined && !Array.isArray(history)) {
    throw invalidArgType('history', 'an instance of Array', history);
  }
  validateNumber(historySize, 'historySize', 0);
  validateInteger(tabSize, 'tabSize', 1, 2 ** 32 - 1);
  if (!Number.isFinite(escapeCodeTimeout)) {
    throw invalidArgValue('input.escapeCodeTimeout', escapeCodeTimeout);
  }
  if (signal) validateAbortSignal(signal, 'options.signal');
  return { ...options, history: history ?? [], historySize, tabSize, escapeCodeTimeout };
}

// Listeners that go when the interface closes.
function listen(face, emitter, event, listener) {
  emitter.on(event, listener);
  face.once('close', () => emitter.removeListener(event, listener));
}

function initialize(face, input, output, completer, terminal) {
  const options = decode(input, completer, output, terminal);
  face._sawReturnAt = 0;
  face.isCompletionEnabled = true;
  face._sawKeyPress = false;
  face._previousKey = null;
  face.escapeCodeTimeout = options.escapeCodeTimeout;
  face.tabSize = options.tabSize;
  face.history = options.history;
  face.historyIndex = -1;
  face.historySize = options.historySize;
  face.removeHistoryDuplicates = !!options.removeHistoryDuplicates;
  face.line = '';
  face.output = options.output;
  face.input = options.input;
  const { crlfDelay } = options;
  face.crlfDelay = crlfDelay ? Math.max(minimumDelay, crlfDelay) : minimumDelay;
  face.completer = options.completer;
  face.paused = false;
  face.closed = false;
  face._questionCallback = null;
  face.setPrompt(options.prompt ?? '> ');
  face.terminal = !!(options.terminal ?? options.output?.isTTY);
  attach(face, options);
  face.input.resume();
}

function attach(face, { signal }) {
  const { input, output } = face;
  if (typeof input?.on !== 'function') throw new TypeError('input.on is not a function');
  listen(face, input, 'error', (error) => face.emit('error', error));
  if (face.terminal) {
    editor().attach(face, listen);
  } else {
    face._decoder = new StringDecoder('utf8');
    listen(face, input, 'data', (data) => face._normalWrite(data));
    listen(face, input, 'end', () => {
      const rest = face._lineBuffer;
      if (typeof rest === 'string' && rest.length > 0) face.emit('line', rest);
      face.close();
    });
  }
  if (face.terminal && output !== null && output !== undefined) {
    listen(face, output, 'resize', () => face._refreshLine());
  }
  if (!signal) return;
  const abort = () => face.close();
  if (signal.aborted) {
    nextTick(abort);
  } else {
    const subscription = addAbortListener(signal, abort);
    face.once('close', subscription[Symbol.dispose]);
  }
}

// The class as a function: programs made classes of it before there was `class`.
function Interface(input, output, completer, terminal) {
  EventEmitter.call(this);
  initialize(this, input, output, completer, terminal);
}

Object.setPrototypeOf(Interface.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Interface, EventEmitter);

class Methods {
  get columns() {
    return this.output?.columns || Infinity;
  }

  setPrompt(prompt) {
    this._prompt = prompt;
  }

  getPrompt() {
    return this._prompt;
  }

  prompt(preserveCursor) {
    if (this.paused) this.resume();
    if (this.closed) throw usedAfterClose();
    if (this.terminal && env.TERM !== 'dumb') {
      if (!preserveCursor) this.cursor = 0;
      this._refreshLine();
    } else {
      this._writeToOutput(this._prompt);
    }
  }

  close() {
    if (this.closed) return;
    this.pause();
    if (this.terminal) this._setRawMode(false);
    this.closed = true;
    this.emit('close');
  }

  pause() { return setFlow(this, 'pause'); }
  resume() { return setFlow(this, 'resume'); }

  write(data, key) {
    if (this.closed) throw usedAfterClose();
    if (this.paused) this.resume();
    if (this.terminal) this._ttyWrite(data, key);
    else this._normalWrite(data);
  }

  _setRawMode(mode) {
    const before = this.input.isRaw;
    if (typeof this.input.setRawMode === 'function') this.input.setRawMode(mode);
    return before;
  }

  _writeToOutput(text) {
    validateString(text, 'stringToWrite');
    if (this.output !== null && this.output !== undefined) this.output.write(text);
  }

  _onLine(line) {
    const answer = this._questionCallback;
    if (!answer) {
      this.emit('line', line);
      return;
    }
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    answer(line);
  }

  _normalWrite(data) {
    if (data === undefined) return;
    let text = this._decoder.write(data);
    if (this._sawReturnAt && Date.now() - this._sawReturnAt <= this.crlfDelay) {
      if (text[0] === '\n') text = text.slice(1);
      this._sawReturnAt = 0;
    }
    const lines = text.split(lineEnding);
    if (lines.length === 1) {
      if (text !== '') this._lineBuffer = (this._lineBuffer ?? '') + text;
      return;
    }
    this._sawReturnAt = text.endsWith('\r') ? Date.now() : 0;
    lines[0] = (this._lineBuffer ?? '') + lines[0];
    this._lineBuffer = lines.pop();
    for (let i = 0; i < lines.length; i++) this._onLine(lines[i]);
  }

  // Asks, and hands the next line to the callback; a question that is still open stays the question.
  _question(query, callback) {
    if (this.closed) throw usedAfterClose();
    if (!this._questionCallback) {
      this._oldPrompt = this._prompt;
      this.setPrompt(query);
      this._questionCallback = callback;
    }
    this.prompt();
  }

  _questionCancel() {
    if (!this._questionCallback) return;
    this._questionCallback = null;
    this.setPrompt(this._oldPrompt);
    this.clearLine();
  }

  [Symbol.asyncIterator]() {
    this._lines ??= on(this, 'line', {
      close: ['close'],
      highWaterMark: 1024,
      [on.firstParameter]: true,
    });
    return this._lines;
  }

  [Symbol.dispose]() {
    this.close();
  }
}

// Stops the input or lets it flow; nothing comes back if it did so before.
function setFlow(face, verb) {
  if (face.closed) throw usedAfterClose();
  const isPause = verb === 'pause';
  if (Boolean(face.paused) === isPause) return undefined;
  face.input[verb]();
  face.paused = isPause;
  face.emit(verb);
  return face;
}

// What a terminal's interface does is loaded with the first one that does it.
const edits = [
  'clearLine', 'getCursorPos', '_addHistory', '_deleteLeft', '_deleteLineLeft', '_deleteLineRight', '_deleteRight',
  '_deleteWordLeft', '_deleteWordRight', '_getCursorPos', '_getDisplayPos', '_historyNext', '_historyPrev',
  '_insertString', '_line', '_moveCursor', '_refreshLine', '_tabComplete', '_ttyWrite', '_wordLeft', '_wordRight',
];

function take(from) {
  for (const key of Reflect.ownKeys(from)) {
    if (key === 'constructor') continue;
    const descriptor = Object.getOwnPropertyDescriptor(from, key);
    Object.defineProperty(Interface.prototype, key, { ...descriptor, enumerable: false, configurable: true });
  }
}

take(Methods.prototype);
for (const name of edits) {
  const edit = { [name](...args) { return editor().Editing.prototype[name].apply(this, args); } };
  take(edit);
}

module.exports = { Interface, usedAfterClose };
