'use strict';

// The class Worker: decides what a thread is started with, and tells what becomes of it.

const EventEmitter = require('events');
const process = require('process');
const { publish } = require('internal/diagnostics');
const { coded, invalidArgType, invalidArgValue, outOfRange } = require('internal/errors');
const { validateObject, validateString } = require('internal/validate');
const { isAbsolute, resolve } = require('path');

const SHARE_ENV = Symbol.for('nodejs.worker_threads.SHARE_ENV');
const LIMITS = ['maxYoungGenerationSizeMb', 'maxOldGenerationSizeMb', 'codeRangeSizeMb', 'stackSizeMb'];
const DEFAULT_LIMITS = [-1, -1, -1, 4];

class Worker extends EventEmitter {
  #key;
  #performance;
  #threadId;
  #threadName;
  #limits;
  #hasEnded = false;
  #stdin = null;
  #outputs = {};
  #options;

  constructor(filename, options = {}) {
    super();
    native.checkPermission();
    const plan = decodePlan(filename, options);
    this.#options = plan;
    this.#threadName = plan.name;
    this.#limits = plan.limits;
    [this.#key, this.#threadId] = native.start(plan, (what, ...args) => this.#told(what, ...args), this);
    const port = native.internalPort(this.#key);
    port.on('message', (message) => this.#standardStream(port, message));
    port.unref();
    if (plan.stdin) this.#stdin = createInput(port);
    publish('worker_threads', 'worker', this);
    process.nextTick(() => process.emit('worker', this));
  }

  get threadId() { return this.#hasEnded ? -1 : this.#threadId; }
  get threadName() { return this.#hasEnded ? null : this.#threadName; }
  get stdin() { return this.#stdin; }
  get stdout() { return this.#output('stdout'); }
  get stderr() { return this.#output('stderr'); }

  get resourceLimits() {
    if (this.#hasEnded) return {};
    return Object.fromEntries(LIMITS.map((name, index) => [name, this.#limits[index]]));
  }

  postMessage(value, transferList) {
    if (!this.#hasEnded) native.post(this.#key, value, transferList);
  }

  terminate(callback) {
    this.ref();
    if (typeof callback === 'function') {
      process.emitWarning('Passing a callback to worker.terminate() is deprecated. ' +
        'It returns a Promise instead.', 'DeprecationWarning', 'DEP0132');
      if (this.#hasEnded) return Promise.resolve();
      this.once('exit', (code) => callback(null, code));
    }
    if (this.#hasEnded) return Promise.resolve();
    native.terminate(this.#key);
    return new Promise((resolve) => this.once('exit', resolve));
  }

  ref() { if (!this.#hasEnded) native.setRef(this.#key, true); }
  unref() { if (!this.#hasEnded) native.setRef(this.#key, false); }

  async [Symbol.asyncDispose]() { await this.terminate(); }

  get performance() {
    return this.#performance ??= {
      eventLoopUtilization: (first, second) => {
        const { utilization } = require('internal/loop_utilization');
        return utilization(first, second, native.loopTime(this.#key));
      },
    };
  }

  cpuUsage(previous) {
    if (previous) checkUsage(previous);
    return this.#ask('process', 'threadCpuUsage').then((usage) => {
      if (!previous) return usage;
      return { user: usage.user - previous.user, system: usage.system - previous.system };
    });
  }

  getHeapStatistics() { return this.#ask('v8', 'getHeapStatistics'); }

  #ask(module, name) {
    return new Promise((resolve, reject) => {
      const gone = () => reject(coded('ERR_WORKER_NOT_RUNNING', 'Worker instance not running'));
      const isAsked = !this.#hasEnded && native.ask(this.#key, module, name, (value) => {
        this.off('exit', gone);
        resolve(value);
      });
      if (isAsked) this.once('exit', gone);
      else gone();
    });
  }

  #told(what, value, error) {
    if (what !== 'exit') {
      this.emit(what, value);
      return;
    }
    this.#hasEnded = true;
    for (const output of Object.values(this.#outputs)) output.push(null);
    this.#outputs = { stdout: this.#outputs.stdout, stderr: this.#outputs.stderr };
    if (error !== undefined) this.emit('error', error);
    this.emit('exit', value);
  }

  #output(name) {
    return this.#outputs[name] ??= createOutput(name, this.#options[name], this.#hasEnded);
  }

  #standardStream(port, { name, chunks, isWanted }) {
    if (isWanted) {
      this.#stdin?.proceed();
      return;
    }
    if (chunks === null) {
      this.#outputs[name]?.push(null);
      return;
    }
    // Where nobody has asked for the stream, it is not made.
    const isFree = !this.#options[name] && !this.#outputs[name];
    const target = isFree ? process[name] : this.#output(name);
    for (const { chunk, encoding } of chunks) {
      if (isFree) target.write(chunk, encoding);
      else target.push(chunk, encoding);
    }
    if (isFree) port.postMessage({ name });
    else target.whenWanted(() => port.postMessage({ name }));
  }
}

function decodePlan(filename, options) {
  for (const name of ['execArgv', 'argv']) {
    if (options[name] && !Array.isArray(options[name])) {
      throw invalidArgType(`options.${name}`, 'an instance of Array', options[name]);
    }
  }
  if (options.name) validateString(options.name, 'options.name');
  return {
    ...decodeProgram(filename, options),
    argv: options.argv ? options.argv.map(String) : undefined,
    execArgv: options.execArgv,
    env: decodeEnv(options.env),
    name: options.name || 'WorkerThread',
    workerData: options.workerData,
    transferList: options.transferList,
    limits: decodeLimits(options.resourceLimits),
    trackUnmanagedFds: options.trackUnmanagedFds ?? true,
    stdin: !!options.stdin,
    stdout: !!options.stdout,
    stderr: !!options.stderr,
  };
}

function decodeProgram(filename, options) {
  const isUrl = typeof filename?.href === 'string' && typeof filename.protocol === 'string';
  if (options.eval) {
    if (typeof filename === 'string') return { kind: 'text', program: filename };
    throw invalidArgValue('options.eval', options.eval, "must be false when 'filename' is not a string");
  }
  if (isUrl) {
    if (filename.protocol === 'data:') return { kind: 'url', program: filename.href };
    return { kind: 'file', program: require('url').fileURLToPath(filename) };
  }
  if (typeof filename !== 'string') {
    throw invalidArgType('filename', 'of type string or an instance of URL', filename);
  }
  if (isAbsolute(filename)) return { kind: 'file', program: resolve(filename) };
  if (/^\.\.?[\\/]/.test(filename)) return { kind: 'file', program: resolve(filename) };
  throw coded('ERR_WORKER_PATH', 'The worker script or module filename must be an absolute path or a ' +
    `relative path starting with './' or '../'.${wrapHint(filename)} Received "${filename}"`);
}

function wrapHint(filename) {
  if (filename.startsWith('file://')) return ' Wrap file:// URLs with `new URL`.';
  return filename.startsWith('data:') ? ' Wrap data: URLs with `new URL`.' : '';
}

function decodeEnv(env) {
  if (env === undefined || env === null) return undefined;
  if (env === SHARE_ENV || typeof env === 'object') return env;
  throw invalidArgType('options.env',
    'of type object or one of undefined, null, or worker_threads.SHARE_ENV', env);
}

// What is told and not enforced is told as Node tells it.
function decodeLimits(given) {
  if (typeof given !== 'object' || given === null) return DEFAULT_LIMITS;
  return LIMITS.map((name, index) => (typeof given[name] === 'number' ? given[name] : DEFAULT_LIMITS[index]));
}

function checkUsage(previous) {
  validateObject(previous, 'prev');
  for (const name of ['user', 'system']) {
    const value = previous[name];
    if (typeof value !== 'number') throw invalidArgType(`prev.${name}`, 'of type number', value);
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      throw outOfRange(`prev.${name}`, `>= 0 && <= ${Number.MAX_SAFE_INTEGER}`, value);
    }
  }
}

function createOutput(name, isOwn, hasEnded) {
  const { Readable } = require('internal/streams/readable');
  const waiting = [];
  const output = new Readable({ read() { for (const proceed of waiting.splice(0)) proceed(); } });
  output.whenWanted = (proceed) => {
    if (output.readableLength < output.readableHighWaterMark) proceed();
    else waiting.push(proceed);
  };
  if (!isOwn) output.on('data', (chunk) => process[name].write(chunk));
  if (hasEnded) output.push(null);
  return output;
}

function createInput(port) {
  const { Writable } = require('internal/streams/writable');
  let isWanted = false;
  let waiting = null;
  const send = (chunks, callback) => {
    isWanted = false;
    port.postMessage({ name: 'stdin', chunks });
    callback();
  };
  const input = new Writable({
    decodeStrings: false,
    writev(chunks, callback) {
      const list = chunks.map(({ chunk, encoding }) => ({ chunk, encoding }));
      if (isWanted) send(list, callback);
      else waiting = () => send(list, callback);
    },
    final(callback) { send(null, callback); },
  });
  input.proceed = () => {
    isWanted = true;
    const proceed = waiting;
    waiting = null;
    proceed?.();
  };
  return input;
}

module.exports = { Worker };
