'use strict';

// FileHandle: an open file of fs/promises.

const EventEmitter = require('events');
const { coded } = require('internal/errors');
const { promised, sync } = require('internal/fs/native');

// How much a web stream reads at once.
const CHUNK = 16384;

// How many streams and calls use a handle is counted under these.
const kRef = Symbol('kRef');
const kUnref = Symbol('kUnref');

function requireHandle(handle) {
  if (!(handle instanceof FileHandle)) {
    const message = 'handle must be an instance of FileHandle';
    throw coded('ERR_INTERNAL_ASSERTION', `${message}\nThis is caused by either a bug in Node.js or ` +
      'incorrect usage of Node.js internals.\nPlease open an issue with this stack trace at ' +
      'https://github.com/nodejs/node/issues\n');
  }
  return handle;
}

// An error that Node's native half would give for a descriptor that is closed.
function closedError(syscall) {
  const error = new Error('file closed');
  error.code = 'EBADF';
  error.syscall = syscall;
  return error;
}

// Descriptors whose handles went without being closed: closed here, as a fault of the program.
const lost = new FinalizationRegistry(({ fd, path }) => {
  try {
    sync.close(fd);
  } catch {
    // Somebody else has closed it behind the handle's back.
  }
  const where = path === undefined ? '' : ` (${path})`;
  throw coded('ERR_INVALID_STATE', 'A FileHandle object was closed during garbage collection. ' +
    'This used to be allowed with a deprecation warning but is now considered an error. ' +
    `Please close FileHandle objects explicitly. File descriptor: ${fd}${where}`);
});

class FileHandle extends EventEmitter {
  #fd;
  #refs = 1;
  #closing = null;
  #isLocked = false;
  #resolveClosed;
  #rejectClosed;

  constructor(fd, path) {
    super();
    this.#fd = fd;
    lost.register(this, { fd, path }, this);
    // An own property, so that it can be handed on without its handle.
    this.close = () => this.#close();
  }

  get fd() { return this.#fd; }

  getAsyncId() { return -1; }

  [kRef]() { this.#refs += 1; }

  [kUnref]() {
    this.#refs -= 1;
    if (this.#refs === 0) this.#closeNow().then(this.#resolveClosed, this.#rejectClosed);
  }

  // Runs a call on the descriptor, which stays open until it is done.
  static async #use(handle, syscall, work) {
    requireHandle(handle);
    if (handle.#fd === -1) throw closedError(syscall);
    handle[kRef]();
    try {
      return await work(handle.#fd);
    } finally {
      handle[kUnref]();
    }
  }

  #close() {
    if (this.#fd === -1) return Promise.resolve();
    if (this.#closing !== null) return this.#closing;
    this.#refs -= 1;
    if (this.#refs === 0) {
      this.#closing = this.#closeNow();
    } else {
      const { promise, resolve, reject } = Promise.withResolvers();
      this.#resolveClosed = resolve;
      this.#rejectClosed = reject;
      this.#closing = promise;
    }
    this.#closing = this.#closing.finally(() => { this.#closing = null; });
    this.emit('close');
    return this.#closing;
  }

  async #closeNow() {
    const fd = this.#fd;
    this.#fd = -1;
    lost.unregister(this);
    await promised.close(fd);
  }

  appendFile(data, options) { return this.writeFile(data, options); }

  chmod(mode) { return FileHandle.#use(this, 'fchmod', (fd) => promised.fchmod(fd, mode)); }

  chown(uid, gid) { return FileHandle.#use(this, 'fchown', (fd) => promised.fchown(fd, uid, gid)); }

  datasync() { return FileHandle.#use(this, 'fdatasync', (fd) => promised.fdatasync(fd)); }

  sync() { return FileHandle.#use(this, 'fsync', (fd) => promised.fsync(fd)); }

  stat(options) { return FileHandle.#use(this, 'fstat', (fd) => promised.fstat(fd, options)); }

  truncate(len = 0) { return FileHandle.#use(this, 'ftruncate', (fd) => promised.ftruncate(fd, len)); }

  utimes(atime, mtime) {
    return FileHandle.#use(this, 'futimes', (fd) => promised.futimes(fd, atime, mtime));
  }

  read(buffer, offset, length, position) {
    return FileHandle.#use(this, 'read', (fd) =>
      promised.readOfHandle(fd, buffer ?? undefined, offset, length, position));
  }

  readv(buffers, position) {
    return FileHandle.#use(this, 'read', (fd) => promised.readv(fd, buffers, position));
  }

  readFile(options) {
    return FileHandle.#use(this, 'read', (fd) => promised.readFile(fd, options));
  }

  write(buffer, offset, length, position) {
    return FileHandle.#use(this, 'write', (fd) => {
      if (buffer?.byteLength === 0) return { __proto__: null, bytesWritten: 0, buffer };
      return promised.write(fd, buffer, offset, length, position);
    });
  }

  writev(buffers, position) {
    return FileHandle.#use(this, 'write', (fd) => promised.writev(fd, buffers, position));
  }

  writeFile(data, options) {
    return FileHandle.#use(this, 'write', () =>
      require('internal/fs/whole_files').writeFilePromised(this, data, options));
  }

  readLines(options) {
    return require('readline').createInterface({
      input: this.createReadStream(options),
      crlfDelay: Infinity,
    });
  }

  createReadStream(options) {
    const { ReadStream } = require('internal/fs/streams');
    return new ReadStream(undefined, { highWaterMark: 64 * 1024, ...options, fd: this });
  }

  createWriteStream(options) {
    const { WriteStream } = require('internal/fs/streams');
    return new WriteStream(undefined, { ...options, fd: this });
  }

  // A byte stream of the rest of the file; a handle gives one at most.
  readableWebStream({ autoClose = false } = {}) {
    if (this.#fd === -1) throw coded('ERR_INVALID_STATE', 'Invalid state: The FileHandle is closed');
    if (this.#closing !== null) throw coded('ERR_INVALID_STATE', 'Invalid state: The FileHandle is closing');
    if (this.#isLocked) throw coded('ERR_INVALID_STATE', 'Invalid state: The FileHandle is locked');
    this.#isLocked = true;
    this[kRef]();
    const end = async () => {
      this[kUnref]();
      if (autoClose) await this.close();
    };
    const { ReadableStream } = require('stream/web');
    return new ReadableStream({
      type: 'bytes',
      autoAllocateChunkSize: CHUNK,
      pull: async (controller) => {
        const { view } = controller.byobRequest;
        const { bytesRead } = await promised.readOfHandle(this.#fd, view, 0, view.byteLength);
        if (bytesRead === 0) {
          controller.close();
          await end();
        }
        controller.byobRequest.respond(bytesRead);
      },
      cancel: end,
    });
  }

  async [Symbol.asyncDispose]() { await this.close(); }
}

async function openPromised(path, flags, mode) {
  const fd = await promised.open(path, flags, mode);
  return new FileHandle(fd, typeof path === 'string' ? path : undefined);
}

module.exports = { FileHandle, openPromised, kRef, kUnref };
