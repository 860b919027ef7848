'use strict';

// What a text of a conversation means, where it runs, and how what it throws is shown.

const { coded } = require('internal/errors');
const { makeModule, nameBuiltins, script } = require('internal/repl/native');
const process = require('process');
const vm = require('vm');

const { defineProperty, getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
const kStandalone = Symbol('kStandalone');
const REPL_MODE_SLOPPY = Symbol('repl-sloppy');
const REPL_MODE_STRICT = Symbol('repl-strict');
const FRAME = /^\s+at (?:.*[( ])?REPL\d+(?::\d+:\d+)?\)?$/;
const ERROR_NAME = /^\[?(?:[A-Z][a-z0-9_]*)*Error/;

// The builtin modules that completion knows, a list that a program may change.
let list;
const modules = {
  get: () => (list ??= require('module').builtinModules.filter((name) => !name.startsWith('_'))),
  set: (value) => { list = value; },
};

// Says that a text is not at its end.
function Recoverable(error) {
  this.err = error;
}
Object.setPrototypeOf(Recoverable.prototype, SyntaxError.prototype);
Object.setPrototypeOf(Recoverable, SyntaxError);

// What was thrown, where it would be taken for nothing.
class Thrown {
  constructor(value) {
    this.value = value;
  }
}

// The eval of conversations that bring none of their own; the conversation is `this`.
function defaultEval(text, context, file, callback) {
  if (text === '\n') {
    callback(null);
    return;
  }
  const found = script(text);
  if (found === undefined) {
    callback(new Recoverable(new SyntaxError('Unexpected end of input')));
    return;
  }
  const { 0: source, 1: awaits } = found;
  let value;
  try {
    value = run(this, source, context, file);
  } catch (error) {
    const { domain } = process;
    if (domain && domain !== this._domain) {
      // The text has entered a domain of its own.
      domain.emit('error', error);
      domain.exit();
      this._abandon();
      return;
    }
    if (error?.name === 'SyntaxError') callback(explained(asTyped(error, text, file), text));
    else callback(error || new Thrown(error));
    return;
  }
  if (awaits) settle(this, value, callback);
  else callback(null, value);
}

function run(server, source, context, file) {
  const code = server.replMode === REPL_MODE_STRICT ? `'use strict'; void 0;\n${source}` : source;
  const compiled = new vm.Script(code, { filename: file });
  const how = { displayErrors: false, breakOnSigint: server.breakEvalOnSigint };
  return server.useGlobal ? compiled.runInThisContext(how) : compiled.runInContext(context, how);
}

// Waits for a promise that an `await` made; Ctrl-C ends that.
function settle(server, promise, callback) {
  const settled = new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    server._interrupt = () => {
      reject(coded('ERR_SCRIPT_EXECUTION_INTERRUPTED', 'Script execution was interrupted by `SIGINT`'));
    };
  });
  settled.then(
    (value) => {
      server._interrupt = undefined;
      callback(null, value);
    },
    (error) => {
      server._interrupt = undefined;
      callback(error || new Thrown(error));
    },
  );
}

// The engine was given another text than the one that is wrong.
function asTyped(error, text, filename) {
  try {
    new vm.Script(text, { filename });
  } catch (typed) {
    return typed.message === error.message ? typed : error;
  }
  return error;
}

// An import declaration has its dynamic form shown.
function explained(error, text) {
  if (!/^Cannot use import statement/.test(error.message)) return error;
  const before = error.message;
  error.message = 'Cannot use import statement inside the Node.js REPL, alternatively use dynamic import: ' +
    dynamicImport(text);
  if (typeof error.stack === 'string') error.stack = error.stack.replace(before, error.message);
  return error;
}

function dynamicImport(text) {
  const parts = /^\s*import\s*(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)|\{([^}]*)\})?\s*(?:from\s*)?(['"])(.*?)\4/.exec(text);
  if (parts === null) return 'await import("…")';
  const [, whole, space, names, , name] = parts;
  const call = `await import(${JSON.stringify(name)});`;
  if (space !== undefined) return `const ${space} = ${call}`;
  const list = [];
  if (whole !== undefined) list.push(`default: ${whole}`);
  for (const part of names?.split(',') ?? []) {
    if (part.trim() !== '') list.push(part.trim().replace(/\s+as\s+/, ': '));
  }
  return list.length === 0 ? call : `const { ${list.join(', ')} } = ${call}`;
}

// The global object of a conversation: the program's, or one of its own with the same in it.
function contextFor(server, Console) {
  const context = server.useGlobal ? globalThis : ownContext(server, Console);
  const [module, require] = makeModule();
  for (const [name, value] of [['module', module], ['require', require]]) {
    defineProperty(context, name, { __proto__: null, value, writable: true, configurable: true });
  }
  nameBuiltins(context);
  return context;
}

function ownContext(server, Console) {
  const context = vm.createContext();
  const known = new Set(vm.runInContext('Object.getOwnPropertyNames(globalThis)', context));
  for (const name of getOwnPropertyNames(globalThis)) {
    if (known.has(name) && name !== 'console') continue;
    defineProperty(context, name, { __proto__: null, ...getOwnPropertyDescriptor(globalThis, name) });
  }
  context.global = context;
  const console = new Console(server.output);
  defineProperty(context, 'console', { __proto__: null, value: console, writable: true, configurable: true });
  return context;
}

// What was thrown as it is printed.
function describe(error, writer) {
  let text = '';
  if (isError(error)) {
    text = placeOf(error);
    trim(error);
  }
  let shown = writer(error);
  if (isError(error) && shown.startsWith('[') && shown.endsWith(']')) shown = shown.slice(1, -1);
  const breakLength = writer.options?.breakLength ?? 80;
  const at = shown.split('\n').findIndex((line) => ERROR_NAME.test(line));
  if (at < 0 || !isError(error)) return `${text}Uncaught${shown.includes('\n') ? ':\n' : ' '}${shown}\n`;
  const lines = shown.split('\n');
  lines[at] = `Uncaught${lines[at].length < breakLength ? ' ' : ':\n'}${lines[at]}`;
  return `${text}${lines.join('\n')}\n`;
}

function isError(value) {
  return require('util').types.isNativeError(value) || value instanceof Error;
}

// A syntax error's line and caret, which its stack begins with.
function placeOf(error) {
  if (error.name !== 'SyntaxError' || typeof error.stack !== 'string') return '';
  const match = /^REPL\d+:\d+\n(.*\n *\^+\n\n)/.exec(error.stack);
  if (match === null) return '';
  error.stack = error.stack.slice(match[0].length);
  return match[1];
}

// Leaves the frames of the texts but the last, which is the text itself.
function trim(error) {
  if (typeof error.stack !== 'string') return;
  const lines = error.stack.split('\n');
  const last = lines.findLastIndex((line) => FRAME.test(line));
  if (last >= 0) error.stack = lines.slice(0, last).join('\n');
  else if (error.name === 'SyntaxError') error.stack = lines.filter((line) => !/^\s+at /.test(line)).join('\n');
}

module.exports = {
  contextFor, defaultEval, describe, kStandalone, modules, Recoverable, REPL_MODE_SLOPPY,
  REPL_MODE_STRICT, Thrown,
};
