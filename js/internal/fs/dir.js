'use strict';

// opendir and Dir.

const { coded, invalidArgType } = require('internal/errors');
const { closeFolder, pathText, promised, sync } = require('internal/fs/native');
const { validateBoolean, validateFunction, validateInteger } = require('internal/validate');

const process = require('process');

const MAX_BUFFER = 2 ** 32 - 1;
const { join } = require('path');
const OPENED = Symbol('opened');

// Folders whose Dir went without being closed.
const lost = new FinalizationRegistry((ids) => {
  if (ids.size === 0) return;
  for (const id of ids) closeFolder(id);
  process.emitWarning('Closing directory handle on garbage collection');
});

function closed() {
  return coded('ERR_DIR_CLOSED', 'Directory handle was closed');
}

function decode(options) {
  if (typeof options === 'string') options = { encoding: options };
  if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function') {
    throw invalidArgType('options', 'one of type string or object', options);
  }
  const { encoding = 'utf8', bufferSize = 32, recursive = false } = options ?? {};
  if (encoding !== null && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw require('internal/errors').invalidArgValue('encoding', encoding, 'is invalid encoding');
  }
  validateInteger(bufferSize, 'options.bufferSize', 1, MAX_BUFFER);
  if (recursive !== null) validateBoolean(recursive, 'options.recursive');
  return { encoding: encoding ?? 'utf8', bufferSize, recursive };
}

class Dir {
  #path;
  #options;
  // The open folder, the number of each being its own; the first is the one that is read.
  #ids = new Set();
  #current;
  #folders = [];
  #entries = [];
  #next = 0;
  #isClosed = false;
  // Asynchronous calls run one after the other; synchronous ones must not come between.
  #inFlight = 0;
  #last = Promise.resolve();

  constructor(token, id, path, options) {
    if (token !== OPENED) throw coded('ERR_MISSING_ARGS', 'The "handle" argument must be specified');
    this.#path = path;
    this.#options = options;
    this.#enter(id, path);
    lost.register(this, this.#ids, this);
  }

  get path() {
    if (!(#path in this)) throw coded('ERR_INVALID_THIS', 'Value of "this" must be of type Dir');
    return this.#path;
  }

  #enter(id, path) {
    this.#current = { id, path };
    this.#ids.add(id);
  }

  #leave() {
    const { id } = this.#current;
    this.#current = undefined;
    this.#ids.delete(id);
    closeFolder(id);
  }

  // What is read next: an entry that is known, or the arguments to ask the system with.
  #take() {
    if (this.#next < this.#entries.length) {
      const entry = this.#entries[this.#next];
      this.#next += 1;
      if (this.#options.recursive && entry.isDirectory()) {
        this.#folders.push(join(`${entry.parentPath}`, `${entry.name}`));
      }
      return entry;
    }
    return undefined;
  }

  #question() {
    const { id, path } = this.#current;
    return [id, this.#options.bufferSize, this.#options.encoding, path];
  }

  #receive(entries) {
    this.#entries = entries ?? [];
    this.#next = 0;
    if (entries === null && this.#folders.length > 0) this.#leave();
  }

  // True when nothing can come any more.
  get #isDone() {
    return this.#current !== undefined && this.#folders.length === 0;
  }

  readSync() {
    this.#requireIdle();
    for (;;) {
      const entry = this.#take();
      if (entry !== undefined) return entry;
      if (this.#current === undefined) {
        const path = this.#folders.shift();
        this.#enter(sync.openFolder(path), path);
      }
      const entries = sync.readFolder(...this.#question());
      if (entries === null && this.#isDone) return null;
      this.#receive(entries);
    }
  }

  async #readNext() {
    for (;;) {
      if (this.#isClosed) throw closed();
      const entry = this.#take();
      if (entry !== undefined) return entry;
      if (this.#current === undefined) {
        const path = this.#folders.shift();
        this.#enter(await promised.openFolder(path), path);
      }
      const entries = await promised.readFolder(...this.#question());
      if (entries === null && this.#isDone) return null;
      this.#receive(entries);
    }
  }

  #queue(work) {
    this.#inFlight += 1;
    const result = this.#last.then(work).finally(() => { this.#inFlight -= 1; });
    this.#last = result.then(() => {}, () => {});
    return result;
  }

  #requireIdle() {
    if (this.#isClosed) throw closed();
    if (this.#inFlight > 0) {
      throw coded('ERR_DIR_CONCURRENT_OPERATION',
        'Cannot do synchronous work on directory handle with concurrent asynchronous operations');
    }
  }

  read(callback) {
    if (callback === undefined) {
      if (this.#isClosed) return Promise.reject(closed());
      return this.#queue(() => this.#readNext());
    }
    validateFunction(callback, 'cb');
    if (this.#isClosed) {
      process.nextTick(callback, closed());
      return;
    }
    settle(this.#queue(() => this.#readNext()), callback);
  }

  #closeAll() {
    this.#isClosed = true;
    for (const id of this.#ids) closeFolder(id);
    this.#ids.clear();
    lost.unregister(this);
  }

  close(callback) {
    if (callback === undefined) {
      if (this.#isClosed) return Promise.reject(closed());
      return this.#queue(() => {
        if (this.#isClosed) throw closed();
        this.#closeAll();
      });
    }
    validateFunction(callback, 'cb');
    if (this.#isClosed) {
      process.nextTick(callback, closed());
      return;
    }
    settle(this.#queue(() => {
      if (this.#isClosed) throw closed();
      this.#closeAll();
    }), callback);
  }

  closeSync() {
    this.#requireIdle();
    this.#closeAll();
  }

  async *entries() {
    try {
      for (;;) {
        const entry = await this.read();
        if (entry === null) break;
        yield entry;
      }
    } finally {
      if (!this.#isClosed) await this.close();
    }
  }

  [Symbol.dispose]() {
    if (!this.#isClosed) this.closeSync();
  }

  async [Symbol.asyncDispose]() {
    if (!this.#isClosed) await this.close();
  }
}
Object.defineProperty(Dir.prototype, Symbol.asyncIterator, {
  __proto__: null, value: Dir.prototype.entries, writable: true, enumerable: false, configurable: true,
});

// Errors of the callback are not the promise's.
function settle(promise, callback) {
  promise.then(
    (value) => process.nextTick(callback, null, ...(value === undefined ? [] : [value])),
    (error) => process.nextTick(callback, error),
  );
}

function opendirSync(path, options) {
  path = pathText(path, 'path');
  const decoded = decode(options);
  return new Dir(OPENED, sync.openFolder(path), path, decoded);
}

function opendir(path, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  validateFunction(callback, 'callback');
  path = pathText(path, 'path');
  const decoded = decode(options);
  settle(promised.openFolder(path).then((id) => new Dir(OPENED, id, path, decoded)), callback);
}

async function opendirPromised(path, options) {
  path = pathText(path, 'path');
  const decoded = decode(options);
  return new Dir(OPENED, await promised.openFolder(path), path, decoded);
}

module.exports = { Dir, opendir, opendirPromised, opendirSync };
