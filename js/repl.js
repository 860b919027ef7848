'use strict';

// repl: a conversation over any streams, on top of readline. What texts mean is internal/repl/evaluate's,
// commands, completion and history have rooms of their own.

const { Console } = require('console');
const { coded } = require('internal/errors');
const { Interface } = require('readline');
const { deprecate, inspect } = require('util');
const {
  contextFor, defaultEval, Recoverable, describe, modules, Thrown, REPL_MODE_SLOPPY, REPL_MODE_STRICT,
} = require('internal/repl/evaluate');
const process = require('process');

const { assign, defineProperty, setPrototypeOf } = Object;
const CONTINUATION = '| ';
const LAST = [['_', 'last', 'underscoreAssigned'], ['_error', 'lastError', 'underscoreErrAssigned']];
let texts = 0;
const NPM = 'npm should be run outside of the Node.js REPL, in your normal shell.\n' +
  '(Press Ctrl+D to exit.)\n';

const writer = (value) => inspect(value, writer.options);
writer.options = { ...inspect.defaultOptions, showProxy: true };

// The conversation that is the program itself.
const { kStandalone } = require('internal/repl/evaluate');

// In a conversation that is a part of a program no uncaughtException listener may be added.
function guard(server) {
  const refuse = (event) => {
    if (event !== 'uncaughtException' || process.domain !== server._domain) return;
    throw coded('ERR_INVALID_REPL_INPUT', 'Listeners for `uncaughtException` cannot be used in the REPL');
  };
  process.prependListener('newListener', refuse);
  server.once('exit', () => process.removeListener('newListener', refuse));
}

// The arguments as one object.
function decode(prompt, source, evaluate, useGlobal, ignoreUndefined, replMode) {
  const options = prompt !== null && typeof prompt === 'object'
    ? { ...prompt }
    : { prompt, stream: source, eval: evaluate, useGlobal, ignoreUndefined, replMode };
  const { breakEvalOnSigint, stream } = options;
  if (breakEvalOnSigint && options.eval) {
    throw coded('ERR_INVALID_REPL_EVAL_CONFIG', 'Cannot specify both "breakEvalOnSigint" and "eval" for REPL');
  }
  options.input ??= stream?.stdin ?? stream ?? process.stdin;
  options.output ??= stream?.stdout ?? stream ?? process.stdout;
  options.terminal ??= options.output.isTTY;
  options.terminal = !!options.terminal;
  options.useColors ??= !!options.output.isTTY && !!(options.output.hasColors?.() ?? true);
  options.prompt ??= '> ';
  return options;
}

function REPLServer(...args) {
  if (!(this instanceof REPLServer)) return new REPLServer(...args);
  const options = decode(...args);
  const server = this;
  const complete = (text, callback) => {
    const { complete, common } = require('internal/repl/complete');
    complete(server, text, server.editorMode ? common(callback) : callback);
  };
  Interface.call(this, {
    input: options.input,
    output: options.output,
    completer: options.completer ?? complete,
    terminal: options.terminal,
    historySize: options.historySize,
    prompt: options.prompt,
  });
  this.useColors = !!options.useColors;
  this._domain = options.domain || require('domain').create();
  hide(this, 'isStandalone', !!options[kStandalone]);
  if (!this.isStandalone) guard(this);
  this.useGlobal = !!options.useGlobal;
  this.ignoreUndefined = !!options.ignoreUndefined;
  this.replMode = options.replMode || REPL_MODE_SLOPPY;
  this.underscoreAssigned = false;
  this.underscoreErrAssigned = false;
  this.last = undefined;
  this.lastError = undefined;
  this.breakEvalOnSigint = !!(options.breakEvalOnSigint || options[kStandalone]);
  this.editorMode = false;
  this._initialPrompt = options.prompt;
  this._isAnswering = false;
  this._waiting = [];
  hide(this, 'bufferedText', '');
  hide(this, '_isLoading', false);
  hide(this, 'historyManager', { isFlushing: false });
  this.commands = { __proto__: null, ...require('internal/repl/commands').commands };
  const evaluate = options.eval || defaultEval;
  this.eval = this._domain.bind((...given) => Reflect.apply(evaluate, server, given));
  this.writer = options.writer || module.exports.writer;
  if (this.useColors && this.writer === writer) {
    this.writer = (value) => inspect(value, this.writer.options);
    this.writer.options = { ...writer.options, colors: true };
  }
  this._domain.on('error', (error) => this._report(error));
  this.resetContext();
  if (!this.terminal) delete this.commands.editor;
  attach(this);
  this.displayPrompt();
}

setPrototypeOf(REPLServer.prototype, Interface.prototype);
setPrototypeOf(REPLServer, Interface);

function hide(object, name, value) {
  defineProperty(object, name, { __proto__: null, value, writable: true, configurable: true, enumerable: false });
}

function attach(server) {
  let wasInterrupted = false;
  server.on('line', (line) => {
    wasInterrupted = false;
    if (server._isAnswering) server._waiting.push(line);
    else server._takeLine(line);
  });
  server.on('close', () => {
    if (server._isAnswering) server.once('answered', () => server.emit('exit'));
    else server.emit('exit');
  });
  server.on('SIGINT', () => {
    if (server._interrupt !== undefined) {
      server._interrupt();
      return;
    }
    const isEmpty = server.line.length === 0 && server.bufferedText === '';
    server.editorMode = false;
    server.clearLine();
    if (isEmpty && wasInterrupted) {
      server.close();
      return;
    }
    wasInterrupted = isEmpty;
    if (isEmpty) server.output.write('(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
    server.clearBufferedCommand();
    server.displayPrompt();
  });
  const { _ttyWrite: write } = server;
  if (!server.terminal) return;
  server._ttyWrite = (text, key) => {
    key ??= {};
    const isEnd = key.ctrl && !key.shift && key.name === 'd';
    if (!server.editorMode || !isEnd) {
      Reflect.apply(write, server, [text, key]);
      return;
    }
    // The last line of the editor has no end of its own.
    server.editorMode = false;
    const whole = server.bufferedText + server.line;
    server.bufferedText = '';
    server.clearLine();
    server._takeText(`${whole}\n`, '', whole);
  };
}

// The rest of what a conversation does.
const methods = {
  _takeLine(line) {
    line ??= '';
    if (this.editorMode) {
      this.bufferedText += `${line}\n`;
      // Who types goes on where the line before began.
      const indentation = this._sawKeyPress && !this._isLoading ? /^\s+/.exec(line) : null;
      if (indentation !== null) this.write(indentation[0]);
      return;
    }
    const text = line.trim();
    if (text.startsWith('.') && text[1] !== '.' && Number.isNaN(Number.parseFloat(text))) {
      const [, keyword, rest] = /^\.(\S*)\s*(.*)$/s.exec(text);
      const command = this.commands[keyword];
      if (command !== undefined) {
        Reflect.apply(command.action, this, [rest]);
        return;
      }
      if (this.bufferedText === '') {
        this.output.write('Invalid REPL keyword\n');
        this.displayPrompt();
        return;
      }
    }
    this._takeText(`${this.bufferedText}${line}\n`, line);
  },

  // Runs a text; `line` is its last line, `saved` what `.save` writes of it.
  _takeText(text, line, saved = text.replace(/\n$/, '')) {
    this._isAnswering = true;
    let isAnswered = false;
    const answer = (error, ...result) => {
      if (isAnswered) return;
      isAnswered = true;
      this._answer(error, result, text, line, saved);
    };
    texts += 1;
    this._onFailure = answer;
    this.eval(text, this.context, `REPL${texts}`, answer);
  },

  _answer(error, result, text, line, saved) {
    this._onFailure = undefined;
    const isNpm = error && !this.bufferedText && line.trim().startsWith('npm ') && !(error instanceof Recoverable);
    const isFailure = Boolean(error);
    if (error instanceof Thrown) error = error.value;
    if (error instanceof Recoverable) {
      this.bufferedText = text;
    } else {
      this.lines.push(saved);
      this.clearBufferedCommand();
      if (isNpm) this.output.write(NPM);
      else if (isFailure) this._fail(error);
      else if (result.length > 0) this._showResult(result[0]);
    }
    this._isAnswering = false;
    this.displayPrompt();
    this._takeWaiting();
  },

  // Takes the lines that came during an answer. Answers that come at once leave the rest to the first call.
  _takeWaiting() {
    if (this._isTakingWaiting) return;
    this._isTakingWaiting = true;
    try {
      while (!this._isAnswering && this._waiting.length > 0) this._takeLine(this._waiting.shift());
    } finally {
      this._isTakingWaiting = false;
    }
    if (!this._isAnswering) this.emit('answered');
  },

  _showResult(value) {
    if (this.ignoreUndefined && value === undefined) return;
    if (!this.underscoreAssigned) this.last = value;
    this.output.write(`${this.writer(value)}\n`);
  },

  // What was thrown, by a text or later.
  _report(error) {
    if (error !== null && typeof error === 'object') delete error.domainThrown;
    const answer = this._onFailure;
    if (answer !== undefined) {
      answer(error);
      return;
    }
    this._fail(error);
    this.clearBufferedCommand();
    this.displayPrompt();
  },

  // The text has gone elsewhere: nobody answers for it.
  _abandon() {
    this._isAnswering = false;
    this._onFailure = undefined;
    this.clearBufferedCommand();
  },

  _fail(error) {
    if (this.isStandalone && process.listenerCount('uncaughtException') > 0) {
      process.emit('uncaughtException', error, 'uncaughtException');
    } else {
      this._show(error);
    }
  },

  _show(error) {
    if (!this.underscoreErrAssigned) this.lastError = error;
    this.output.write(describe(error, this.writer));
  },

  createContext() {
    return contextFor(this, Console);
  },

  resetContext() {
    this.context = this.createContext();
    this.lines = [];
    for (const [name, property, flag] of LAST) {
      this[flag] = false;
      this._nameLast(name, property, flag);
    }
    this.emit('reset', this.context);
  },

  // A name for the last value, until the program gives it another.
  _nameLast(name, property, flag) {
    defineProperty(this.context, name, {
      __proto__: null,
      configurable: true,
      get: () => this[property],
      set: (value) => {
        this[property] = value;
        if (this[flag]) return;
        this[flag] = true;
        this.output.write(`Expression assignment to ${name} now disabled.\n`);
      },
    });
  },

  displayPrompt(preserveCursor) {
    if (this.closed) return;
    const prompt = this.bufferedText === '' ? this._initialPrompt : CONTINUATION;
    Interface.prototype.setPrompt.call(this, this.editorMode ? '' : prompt);
    this.prompt(preserveCursor);
  },

  setPrompt(prompt) {
    this._initialPrompt = prompt;
    Interface.prototype.setPrompt.call(this, prompt);
  },

  clearBufferedCommand() {
    this.bufferedText = '';
  },

  defineCommand(keyword, command) {
    if (typeof command === 'function') command = { action: command };
    else require('internal/validate').validateFunction(command.action, 'cmd.action');
    this.commands[keyword] = command;
  },

  complete(...args) {
    this.completer(...args);
  },

  setupHistory(config, callback) {
    require('internal/repl/history').setup(this, config, callback);
  },

  close() {
    const close = () => Interface.prototype.close.call(this);
    if (this.terminal && this.historyManager.isFlushing && !this.closed) this.once('flushHistory', close);
    else process.nextTick(close);
  },
};
for (const name of Reflect.ownKeys(methods)) hide(REPLServer.prototype, name, methods[name]);

const oldStreams = (name) => deprecate(
  function() { return this[name]; },
  'repl.inputStream and repl.outputStream are deprecated. Use repl.input and repl.output instead',
  'DEP0141',
);
const setOldStreams = (name) => deprecate(
  function(value) { this[name] = value; },
  'repl.inputStream and repl.outputStream are deprecated. Use repl.input and repl.output instead',
  'DEP0141',
);
for (const name of ['input', 'output']) {
  defineProperty(REPLServer.prototype, `${name}Stream`, {
    __proto__: null,
    get: oldStreams(name),
    set: setOldStreams(name),
    enumerable: false,
    configurable: true,
  });
}

function start(...args) {
  return new REPLServer(...args);
}

function deprecatedList(name, code) {
  const text = `repl.${name} is deprecated. Check module.builtinModules instead`;
  return {
    __proto__: null,
    get: deprecate(() => modules.get(), text, code),
    set: deprecate((value) => { modules.set(value); }, text, code),
    enumerable: false,
    configurable: true,
  };
}

assign(module.exports, { start, writer, REPLServer, REPL_MODE_SLOPPY, REPL_MODE_STRICT, Recoverable });
defineProperty(inspect, 'replDefaults', {
  __proto__: null,
  get: () => writer.options,
  set(options) {
    require('internal/validate').validateObject(options, 'options');
    assign(writer.options, options);
  },
  enumerable: true,
  configurable: true,
});
defineProperty(module.exports, 'builtinModules', deprecatedList('builtinModules', 'DEP0191'));
defineProperty(module.exports, '_builtinLibs', deprecatedList('_builtinLibs', 'DEP0142'));
