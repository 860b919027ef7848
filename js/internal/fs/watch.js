'use strict';

// watch, watchFile and promises.watch.

const EventEmitter = require('events');
const { AbortError, coded, invalidArgType, invalidArgValue } = require('internal/errors');
const {
  emptyStats, pathText, promised, sync, watchRef, watchStart, watchStop,
} = require('internal/fs/native');
const { readDenial } = require('internal/permission');
const {
  validateAbortSignal, validateBoolean, validateFunction, validateInteger, validateNumber, validateObject,
} = require('internal/validate');
const { basename, join, matchesGlob, resolve } = require('path');
const process = require('process');
const timers = require('timers');

const DEFAULT_INTERVAL = 5007;
const DEFAULT_QUEUE = 2048;
const UNCHANGED = ['dev', 'ino', 'mode', 'uid', 'gid', 'size', 'mtimeMs', 'ctimeMs', 'birthtimeMs'];

// ---- what is ignored

function ignoreTest(ignore, name = 'options.ignore') {
  if (ignore === undefined || ignore === null) return () => false;
  if (Array.isArray(ignore)) {
    const tests = ignore.map((one, index) => ignoreTest(one, `${name}[${index}]`));
    return (file) => tests.some((test) => test(file));
  }
  if (typeof ignore === 'function') return (file) => ignore(file);
  if (ignore instanceof RegExp) return (file) => ignore.test(file);
  if (typeof ignore !== 'string') {
    throw invalidArgType(name, 'one of type string or function or an instance of RegExp', ignore);
  }
  if (ignore === '') throw invalidArgValue(name, ignore, 'must be a non-empty string');
  // A pattern without folders is one of names, wherever the file is.
  if (!ignore.includes('/')) return (file) => matchesGlob(basename(file), ignore);
  return (file) => matchesGlob(file, ignore);
}

// ---- one folder, or all below it

class FlatWatch {
  #id;

  constructor(path, { encoding, persistent }, tell) {
    this.#id = watchStart(path, encoding, persistent, tell);
  }

  setRef(refed) { watchRef(this.#id, refed); }
  stop() { watchStop(this.#id); }
}

// Watches every folder below one; what comes while it is watched is found as it comes.
class DeepWatch {
  #root;
  #ids = new Map();
  #tell;
  #refed;
  #isIgnored;

  constructor(root, { persistent }, tell, isIgnored) {
    this.#root = root;
    this.#tell = tell;
    this.#refed = persistent;
    this.#isIgnored = isIgnored;
    this.#add('');
    if (sync.stat(root, { throwIfNoEntry: false })?.isDirectory()) this.#addBelow('', false);
  }

  setRef(refed) {
    this.#refed = refed;
    for (const id of this.#ids.values()) watchRef(id, refed);
  }

  stop() {
    for (const id of this.#ids.values()) watchStop(id);
    this.#ids.clear();
  }

  #add(folder) {
    const path = folder === '' ? this.#root : join(this.#root, folder);
    const id = watchStart(path, 'utf8', this.#refed, (kind, name, isSelf) =>
      this.#receive(folder, kind, name, isSelf));
    this.#ids.set(folder, id);
  }

  #receive(folder, kind, name, isSelf) {
    if (kind instanceof Error) return this.#tell(kind);
    // What happens to a folder itself is told by the one above it.
    if (isSelf) return folder === '' ? this.#tell(kind, name) : undefined;
    const file = join(folder, name);
    this.#tell(kind, file);
    if (kind === 'rename') this.#update(file);
  }

  #update(file) {
    if (this.#ids.size === 0) return;
    const stats = sync.lstat(join(this.#root, file), { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      if (!this.#ids.has(file)) this.#addNew(file, true);
    } else if (this.#ids.has(file)) {
      for (const [folder, id] of this.#ids) {
        if (folder !== file && !folder.startsWith(`${file}/`)) continue;
        watchStop(id);
        this.#ids.delete(folder);
      }
    }
  }

  #addNew(folder, tells) {
    if (this.#isIgnored(folder)) return;
    try {
      this.#add(folder);
      this.#addBelow(folder, tells);
    } catch (error) {
      // It went as fast as it came.
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') this.#tell(error);
    }
  }

  #addBelow(folder, tells) {
    for (const entry of sync.readdir(join(this.#root, folder), { withFileTypes: true })) {
      const file = join(folder, entry.name);
      if (tells) this.#tell('rename', file);
      if (entry.isDirectory() && !this.#ids.has(file)) this.#addNew(file, tells);
    }
  }
}

class FSWatcher extends EventEmitter {
  #watch = null;
  #isIgnored;
  #path;

  // Begins to watch; a failure is thrown.
  static begin(watcher, path, options) {
    watcher.#isIgnored = ignoreTest(options.ignore);
    watcher.#path = path;
    const tell = (kind, name) => watcher.#receive(kind, name);
    const Watch = options.recursive ? DeepWatch : FlatWatch;
    try {
      watcher.#watch = new Watch(path, options, tell, watcher.#isIgnored);
    } catch (error) {
      error.filename = path;
      throw error;
    }
  }

  #receive(kind, name) {
    if (this.#watch === null && !(kind instanceof Error)) return;
    if (kind instanceof Error) {
      kind.filename = this.#path;
      this.close();
      this.emit('error', kind);
      return;
    }
    if (name !== null && this.#isIgnored(`${name}`)) return;
    this.emit('change', kind, name);
  }

  start() {}

  close() {
    if (this.#watch === null) return;
    this.#watch.stop();
    this.#watch = null;
    process.nextTick(() => this.emit('close'));
  }

  ref() {
    this.#watch?.setRef(true);
    return this;
  }

  unref() {
    this.#watch?.setRef(false);
    return this;
  }
}

function decodeOptions(options) {
  if (typeof options === 'string') options = { encoding: options };
  if (options === undefined || options === null || typeof options === 'function') options = {};
  if (typeof options !== 'object') throw invalidArgType('options', 'one of type string or object', options);
  const { encoding, signal } = options;
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw invalidArgValue('encoding', encoding, 'is invalid encoding');
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  return { persistent: true, recursive: false, ...options, encoding: encoding || 'utf8' };
}

function watch(filename, options, listener) {
  if (typeof options === 'function') listener = options;
  options = decodeOptions(options);
  const path = pathText(filename, 'path');
  validateBoolean(options.recursive, 'options.recursive');
  const watcher = new FSWatcher();
  if (listener) watcher.addListener('change', listener);
  FSWatcher.begin(watcher, path, options);
  const { signal } = options;
  if (signal?.aborted) {
    process.nextTick(() => watcher.close());
  } else if (signal) {
    const listening = EventEmitter.addAbortListener(signal, () => watcher.close());
    watcher.once('close', listening[Symbol.dispose]);
  }
  return watcher;
}

// ---- as an async iterator

function decodePromised(options) {
  validateObject(options, 'options');
  const { encoding = 'utf8', ignore, persistent = true, recursive = false } = options;
  const watching = { persistent, recursive, encoding, ignore };
  for (const name of ['persistent', 'recursive']) validateBoolean(watching[name], `options.${name}`);
  const { maxQueue = DEFAULT_QUEUE, overflow = 'ignore', signal } = options;
  validateInteger(maxQueue, 'options.maxQueue');
  if (overflow !== 'ignore' && overflow !== 'error') {
    throw invalidArgValue('options.overflow', overflow, "must be one of: 'ignore', 'error'");
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw invalidArgValue('options.encoding', encoding);
  }
  ignoreTest(ignore);
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
  return { watching, maxQueue, overflow, signal };
}

async function* watchPromised(filename, options = {}) {
  const path = pathText(filename, 'path');
  const { watching, maxQueue, overflow, signal } = decodePromised(options);
  const queue = [];
  let failure;
  let wake;
  const push = (eventType, name) => {
    if (queue.length < maxQueue) {
      queue[queue.length] = { __proto__: null, eventType, filename: name };
    } else if (overflow === 'error') {
      failure ??= coded('ERR_FS_WATCH_QUEUE_OVERFLOW', `fs.watch() queued more than ${maxQueue} events`);
    } else {
      process.emitWarning('fs.watch maxQueue exceeded');
    }
    wake?.();
  };
  const watcher = new FSWatcher();
  watcher.on('change', push);
  watcher.on('error', (error) => {
    failure = error;
    wake?.();
  });
  FSWatcher.begin(watcher, path, watching);
  const abort = () => {
    failure = new AbortError(undefined, { cause: signal.reason });
    wake?.();
  };
  const listening = signal && EventEmitter.addAbortListener(signal, abort);
  try {
    for (;;) {
      while (queue.length > 0 && failure === undefined) yield queue.shift();
      if (failure !== undefined) throw failure;
      await new Promise((resolve) => { wake = resolve; });
      wake = undefined;
    }
  } finally {
    watcher.close();
    listening?.[Symbol.dispose]();
  }
}

// ---- by looking again and again

class StatWatcher extends EventEmitter {
  #path;
  #interval;
  #bigint;
  #timer;
  #isRunning = false;
  #isPersistent;
  #last;
  #failure;
  #refs = 0;
  #maxRefs = 0;

  constructor(bigint) {
    super();
    this.#bigint = bigint;
  }

  static begin(watcher, path, { interval, persistent }) {
    validateNumber(interval, 'interval');
    watcher.#path = path;
    watcher.#interval = interval;
    watcher.#isPersistent = persistent;
    watcher.#last = emptyStats(watcher.#bigint);
    watcher.#isRunning = true;
    watcher.#look(true);
  }

  static count(watcher, change) {
    if (change === 'add') {
      watcher.#refs += 1;
      watcher.#maxRefs += 1;
    } else if (change === 'clean') {
      watcher.#maxRefs -= 1;
      watcher.unref();
    } else {
      watcher.#maxRefs = 0;
      watcher.#refs = 0;
      watcher.#setRef(false);
    }
  }

  async #look(isFirst) {
    let stats;
    let code;
    try {
      stats = await promised.stat(this.#path, { bigint: this.#bigint });
    } catch (error) {
      code = error.code;
    }
    if (!this.#isRunning) return;
    this.#compare(stats, code, isFirst);
    if (!this.#isRunning) return;
    this.#timer = timers.setTimeout(() => this.#look(false), this.#interval);
    if (!this.#isPersistent || this.#refs === 0) this.#timer.unref();
  }

  #compare(stats, code, isFirst) {
    const before = this.#last;
    if (stats === undefined) {
      if (this.#failure === code) return;
      this.#failure = code;
      this.#last = emptyStats(this.#bigint);
      this.emit('change', this.#last, before);
      return;
    }
    const returned = this.#failure !== undefined;
    this.#failure = undefined;
    this.#last = stats;
    if (returned || (!isFirst && UNCHANGED.some((field) => stats[field] !== before[field]))) {
      this.emit('change', stats, before);
    }
  }

  start() {}

  stop() {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    timers.clearTimeout(this.#timer);
    process.nextTick(() => this.emit('stop'));
  }

  #setRef(refed) {
    if (refed && this.#isPersistent) this.#timer?.ref();
    else this.#timer?.unref();
  }

  ref() {
    if (this.#refs !== this.#maxRefs) {
      this.#refs += 1;
      this.#setRef(true);
    }
    return this;
  }

  unref() {
    if (this.#refs > 0) {
      this.#refs -= 1;
      if (this.#refs === 0) this.#setRef(false);
    }
    return this;
  }
}

const statWatchers = new Map();

function watchFile(filename, options, listener) {
  const path = resolve(pathText(filename, 'path'));
  const isListener = options === null || typeof options !== 'object';
  if (isListener) listener = options;
  options = { interval: DEFAULT_INTERVAL, persistent: true, ...(isListener ? null : options) };
  validateFunction(listener, 'listener');
  const denied = readDenial(path);
  if (denied !== undefined) throw denied;
  let watcher = statWatchers.get(path);
  if (watcher === undefined) {
    watcher = new StatWatcher(options.bigint === true);
    StatWatcher.begin(watcher, path, options);
    statWatchers.set(path, watcher);
  }
  StatWatcher.count(watcher, 'add');
  watcher.addListener('change', listener);
  return watcher;
}

function unwatchFile(filename, listener) {
  const path = resolve(pathText(filename, 'path'));
  const watcher = statWatchers.get(path);
  if (watcher === undefined) return;
  if (typeof listener === 'function') {
    const before = watcher.listenerCount('change');
    watcher.removeListener('change', listener);
    if (watcher.listenerCount('change') < before) StatWatcher.count(watcher, 'clean');
  } else {
    watcher.removeAllListeners('change');
    StatWatcher.count(watcher, 'cleanAll');
  }
  if (watcher.listenerCount('change') === 0) {
    watcher.stop();
    statWatchers.delete(path);
  }
}

module.exports = { unwatchFile, watch, watchFile, watchPromised };
