'use strict';

// Rare ways to read and write whole files: through a FileHandle, bit by bit, with a flush; and what
// else of fs is small and rare.

const { AbortError, coded } = require('internal/errors');
const { promised, pathText, sync } = require('internal/fs/native');
const { validateAbortSignal, validateBoolean, validateFunction, validateObject } = require('internal/validate');

const { isView } = ArrayBuffer;
const UNKNOWN = 'of type string or an instance of Buffer, TypedArray, or DataView';

function checkAborted(signal) {
  if (signal?.aborted) throw new AbortError(undefined, { cause: signal.reason });
}

function decodeOptions(options, flag) {
  const given = typeof options === 'string' ? { encoding: options } : options;
  const { encoding = 'utf8', mode = 0o666, flush = false, signal } = given ?? {};
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  if (flush !== null) validateBoolean(flush, 'options.flush');
  return { encoding: encoding ?? 'utf8', mode, flag: given?.flag ?? flag, flush, signal };
}

function isIterable(value) {
  return typeof value !== 'string' && !isView(value) && value !== null && typeof value === 'object' &&
    (typeof value[Symbol.asyncIterator] === 'function' || typeof value[Symbol.iterator] === 'function');
}

// ---- with a flush

function writeSync(path, data, options, flag) {
  const fs = require('fs');
  const { encoding, mode, flag: flags, flush } = decodeOptions(options, flag);
  const isFd = typeof path === 'number';
  const fd = isFd ? path : fs.openSync(path, flags, mode);
  try {
    sync.writeFile(fd, data, encoding);
    if (flush) fs.fsyncSync(fd);
  } finally {
    if (!isFd) fs.closeSync(fd);
  }
}

function write(path, data, options, flag, callback) {
  validateFunction(callback, 'cb');
  const fs = require('fs');
  const { encoding, mode, flag: flags, flush, signal } = decodeOptions(options, flag);
  const isFd = typeof path === 'number';
  const finish = (fd, error) => {
    if (isFd) return callback(error);
    fs.close(fd, (failure) => callback(error ?? failure));
  };
  const writeTo = (fd) => {
    fs.writeFile(fd, data, { encoding, signal }, (error) => {
      if (error || !flush) return finish(fd, error);
      fs.fsync(fd, (failure) => finish(fd, failure));
    });
  };
  if (isFd) return writeTo(path);
  fs.open(path, flags, mode, (error, fd) => {
    if (error) return callback(error);
    writeTo(fd);
  });
}

// ---- with a promise

async function writeAll(handle, data, { encoding, signal }) {
  checkAborted(signal);
  if (!isIterable(data)) {
    await promised.writeFile(handle.fd, data, { encoding, signal });
    return;
  }
  for await (const chunk of data) {
    checkAborted(signal);
    await writeChunk(handle, isView(chunk) ? chunk : Buffer.from(chunk, encoding));
    checkAborted(signal);
  }
}

async function writeChunk(handle, bytes) {
  let rest = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  while (rest.byteLength > 0) {
    const { bytesWritten } = await handle.write(rest, 0, rest.byteLength);
    rest = rest.subarray(bytesWritten);
  }
}

async function writePromised(path, data, options, flag) {
  const decoded = decodeOptions(options, flag);
  if (typeof data !== 'string' && !isView(data) && !isIterable(data)) {
    throw require('internal/errors').invalidArgType('data', UNKNOWN, data);
  }
  const { FileHandle } = require('internal/fs/file_handle');
  checkAborted(decoded.signal);
  if (path instanceof FileHandle) return writeAll(path, data, decoded);
  const fs = require('fs');
  const handle = await fs.promises.open(path, decoded.flag, decoded.mode);
  try {
    await writeAll(handle, data, decoded);
    if (decoded.flush) await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readFilePromised(path, options) {
  const { FileHandle } = require('internal/fs/file_handle');
  if (path instanceof FileHandle) return path.readFile(options);
  return promised.readFile(pathText(path, 'path'), options);
}

// ---- temporary folders

// Where `remove` removes stays the same, wherever the program goes meanwhile.
function absolute(path) {
  return require('path').resolve(path);
}

function mkdtempDisposableSync(prefix, options) {
  const path = require('fs').mkdtempSync(prefix, options);
  const full = absolute(path);
  const remove = () => sync.rm(full, { recursive: true, force: true, maxRetries: 0, retryDelay: 100 });
  return { path, remove, [Symbol.dispose]() { remove(); } };
}

async function mkdtempDisposablePromised(prefix, options) {
  const path = await promised.mkdtemp(prefix, options);
  const full = absolute(path);
  const remove = () => promised.rm(full, { recursive: true, force: true, maxRetries: 0, retryDelay: 100 });
  return { __proto__: null, path, remove, async [Symbol.asyncDispose]() { await remove(); } };
}

// ---- the rest

function openAsBlob(path, options = {}) {
  validateObject(options, 'options');
  const text = pathText(path, 'path');
  const denied = require('internal/permission').readDenial(text);
  if (denied !== undefined) throw denied;
  return promised.readFile(text).then((bytes) => {
    const { Blob } = require('buffer');
    return new Blob([bytes], { type: `${options.type || ''}` });
  });
}

module.exports = {
  appendFile: (path, data, options, callback) =>
    write(path, data, options, 'a', typeof options === 'function' ? options : callback),
  appendFilePromised: (path, data, options) => writePromised(path, data, options, 'a'),
  appendFileSync: (path, data, options) => writeSync(path, data, options, 'a'),
  async lchmodPromised() {
    throw coded('ERR_METHOD_NOT_IMPLEMENTED', 'The lchmod() method is not implemented');
  },
  mkdtempDisposablePromised,
  mkdtempDisposableSync,
  openAsBlob,
  readFilePromised,
  writeAll,
  writeFile: (path, data, options, callback) =>
    write(path, data, options, 'w', typeof options === 'function' ? options : callback),
  writeFilePromised: (path, data, options) => writePromised(path, data, options, 'w'),
  writeFileSync: (path, data, options) => writeSync(path, data, options, 'w'),
};
