'use strict';

// zlib: streams over a native codec, and the same for whole buffers. Brotli and Zstandard are not there.

const { Buffer } = require('buffer');
const { nextTick } = require('process');
const { Transform } = require('internal/streams/transform');
const { coded, invalidArgType, outOfRange } = require('internal/errors');
const { Codec, codes, constants, crc32: checksum, showConstants } = native;

const { defineProperties, defineProperty, freeze, getOwnPropertyDescriptors, keys, setPrototypeOf } = Object;

const {
  DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP,
  Z_BLOCK, Z_FINISH, Z_FULL_FLUSH, Z_NO_FLUSH, Z_PARTIAL_FLUSH, Z_SYNC_FLUSH,
} = constants;

const MAX_OUTPUT = require('buffer').kMaxLength;

// How strong a flush is: of two that meet the stronger counts.
const STRENGTH = { [Z_NO_FLUSH]: 0, [Z_BLOCK]: 1, [Z_PARTIAL_FLUSH]: 2, [Z_SYNC_FLUSH]: 3, [Z_FULL_FLUSH]: 4, [Z_FINISH]: 5 };

function stronger(a, b) {
  return STRENGTH[a] > STRENGTH[b] ? a : b;
}

function bytesOf(buffer, name = 'buffer') {
  if (typeof buffer === 'string') return Buffer.from(buffer);
  if (ArrayBuffer.isView(buffer)) return buffer;
  if (require('util/types').isAnyArrayBuffer(buffer)) return Buffer.from(buffer);
  throw invalidArgType(name,
    'of type string or an instance of Buffer, TypedArray, DataView, or ArrayBuffer', buffer);
}

// ---- Options.

function number(value, name, min, max, otherwise) {
  if (value === undefined || value !== value) return otherwise;
  if (typeof value !== 'number') throw invalidArgType(name, 'of type number', value);
  if (!Number.isFinite(value)) throw outOfRange(name, 'a finite number', value);
  if (value < min || value > max) {
    throw outOfRange(name, max === Infinity ? `>= ${min}` : `>= ${min} and <= ${max}`, value);
  }
  return value;
}

function decode(options, mode) {
  const isCompressing = mode === DEFLATE || mode === GZIP || mode === DEFLATERAW;
  const decoded = {
    chunkSize: number(options.chunkSize, 'options.chunkSize', 64, Infinity, 16 * 1024),
    flush: number(options.flush, 'options.flush', Z_NO_FLUSH, Z_BLOCK, Z_NO_FLUSH),
    finishFlush: number(options.finishFlush, 'options.finishFlush', Z_NO_FLUSH, Z_BLOCK, Z_FINISH),
    maxOutputLength: number(options.maxOutputLength, 'options.maxOutputLength', 1, MAX_OUTPUT, MAX_OUTPUT),
    windowBits: 15,
  };
  // The size of a window that is read may be left to the stream.
  const isLeft = !isCompressing && (options.windowBits === 0 || options.windowBits === null);
  if (isLeft) decoded.windowBits = 0;
  else decoded.windowBits = number(options.windowBits, 'options.windowBits', mode === GZIP ? 9 : 8, 15, 15);
  decoded.level = number(options.level, 'options.level', -1, 9, -1);
  decoded.memLevel = number(options.memLevel, 'options.memLevel', 1, 9, 8);
  decoded.strategy = number(options.strategy, 'options.strategy', 0, 4, 0);
  const { dictionary } = options;
  if (dictionary !== undefined && !ArrayBuffer.isView(dictionary)) {
    if (!require('util/types').isAnyArrayBuffer(dictionary)) {
      throw invalidArgType('options.dictionary',
        'an instance of Buffer, TypedArray, DataView, or ArrayBuffer', dictionary);
    }
  }
  decoded.dictionary = dictionary;
  return decoded;
}

function codecOf(decoded, mode) {
  const { level, windowBits, memLevel, strategy, dictionary } = decoded;
  return new Codec(mode, level, windowBits, memLevel, strategy, dictionary);
}

// ---- Streams.

function ZlibBase(options, mode) {
  const decoded = decode(options ?? {}, mode);
  // Bytes go in and come out, whatever else is asked for.
  Transform.call(this, {
    autoDestroy: true, ...options, encoding: null, objectMode: false, writableObjectMode: false,
  });
  this.bytesWritten = 0;
  this._handle = codecOf(decoded, mode);
  this._mode = mode;
  this._chunkSize = decoded.chunkSize;
  this._defaultFlushFlag = decoded.flush;
  this._finishFlushFlag = decoded.finishFlush;
  this._defaultFullFlushFlag = Z_FULL_FLUSH;
  this._maxOutputLength = decoded.maxOutputLength;
  this._rejectGarbageAfterEnd = options?.rejectGarbageAfterEnd === true;
  this._level = decoded.level;
  this._strategy = decoded.strategy;
  this._info = options?.info;
}

setPrototypeOf(ZlibBase.prototype, Transform.prototype);
setPrototypeOf(ZlibBase, Transform);

// Whom flush() is to tell, and how strong it is. Without either it is strong.
function flushAsked(stream, kind, callback) {
  if (typeof kind === 'function') return { told: kind, strength: stream._defaultFullFlushFlag };
  if (kind === undefined && !callback) return { strength: stream._defaultFullFlushFlag };
  return { told: callback, strength: kind };
}

// Empty chunks that stand for a flush, with its strength.
const marks = new WeakMap();

const methods = {
  get _closed() { return !this._handle; },

  _transform(chunk, encoding, callback) {
    const marked = chunk.byteLength === 0 ? marks.get(chunk) : undefined;
    const asked = marked === undefined ? this._defaultFlushFlag : marked;
    const isLast = this.writableEnded && this.writableLength === chunk.byteLength;
    pass(this, chunk, isLast ? stronger(asked, this._finishFlushFlag) : asked, callback);
  },

  _flush(callback) {
    this._transform(Buffer.alloc(0), '', callback);
  },

  _final(callback) {
    callback();
  },

  _destroy(error, callback) {
    closeCodec(this);
    callback(error);
  },

  _processChunk(chunk, flush, callback) {
    if (typeof callback !== 'function') return passSync(this, chunk, flush);
    pass(this, chunk, flush, callback);
    return undefined;
  },

  flush(kind, callback) {
    const { told, strength } = flushAsked(this, kind, callback);
    if (!this.writableEnded) {
      // It waits for its turn behind the data.
      const mark = Buffer.alloc(0);
      marks.set(mark, strength);
      this.write(mark, told);
      return;
    }
    // The end flushes everything.
    if (!told) return;
    if (this.writableFinished) nextTick(told);
    else this.once('end', told);
  },

  params(level, strategy, callback) {
    level = number(level, 'level', -1, 9, this._level);
    strategy = number(strategy, 'strategy', 0, 4, this._strategy);
    if (strategy === this._strategy && level === this._level) {
      if (callback) nextTick(callback);
      return;
    }
    // What came before is packed the old way.
    this.flush(Z_SYNC_FLUSH, () => {
      const codec = this._handle;
      codec?.setParams(level, strategy);
      if (!codec || this.destroyed) return;
      this._strategy = strategy;
      this._level = level;
      callback?.();
    });
  },

  reset() {
    return openCodec(this).reset();
  },

  close(callback) {
    if (callback) require('internal/streams/finished').finished(this, callback);
    this.destroy();
  },
};
defineProperties(ZlibBase.prototype, getOwnPropertyDescriptors(methods));

// One chunk's way through the codec, a piece of output at a time, as fast as the reader takes them.
class Passage {
  #stream;
  #codec;
  #left;
  #callback;
  #onPiece = (error, output, isFull, remaining) => this.#take(error, output, isFull, remaining);

  constructor(stream, chunk, callback) {
    this.#stream = stream;
    this.#codec = stream._handle;
    this.#left = chunk.byteLength;
    this.#callback = callback;
  }

  advance() {
    this.#codec.step(this.#stream._chunkSize, this.#onPiece);
  }

  #take(error, output, isFull, remaining) {
    const stream = this.#stream;
    if (stream.destroyed) return;
    if (error) {
      fail(stream, error);
      return;
    }
    stream.bytesWritten += this.#left - remaining;
    this.#left = remaining;
    const isWanted = output.length === 0 || stream.push(output);
    // Who got the output may have had enough.
    if (stream.destroyed) return;
    if (!isFull) this.#end();
    else if (isWanted) this.advance();
    else this.#awaitReader();
  }

  #awaitReader() {
    const stream = this.#stream;
    stream._read = (size) => {
      delete stream._read;
      this.advance();
      stream._read(size);
    };
  }

  #end() {
    const stream = this.#stream;
    const callback = this.#callback;
    // What is left follows the end of what was packed.
    if (this.#left > 0) {
      if (stream._rejectGarbageAfterEnd) {
        fail(stream, coded('ERR_TRAILING_JUNK_AFTER_STREAM_END',
          'Trailing junk found after the end of the compressed stream'));
        return;
      }
      stream.push(null);
    }
    callback();
  }
}

function pass(stream, chunk, flush, callback) {
  if (!stream._handle) {
    nextTick(callback);
    return;
  }
  stream._handle.begin(flush, chunk);
  new Passage(stream, chunk, callback).advance();
}

function openCodec(stream) {
  return stream._handle ?? require('assert').fail('zlib binding closed');
}

function fail(stream, error) {
  closeCodec(stream);
  stream.destroy(error);
}

function closeCodec(stream) {
  stream._handle?.close();
  stream._handle = null;
}

function passSync(stream, chunk, flush) {
  const codec = openCodec(stream);
  const parts = [];
  let total = 0;
  let left = chunk.byteLength;
  let goesOn = true;
  codec.begin(flush, chunk);
  while (goesOn) {
    const [output, isFull, remaining] = codec.stepSync(stream._chunkSize);
    stream.bytesWritten += left - remaining;
    left = remaining;
    parts.push(output);
    total += output.length;
    goesOn = isFull && total <= stream._maxOutputLength;
  }
  closeCodec(stream);
  if (total > stream._maxOutputLength) throw tooLarge(stream._maxOutputLength);
  return Buffer.concat(parts, total);
}

function tooLarge(limit) {
  return coded('ERR_BUFFER_TOO_LARGE', `Cannot create a Buffer larger than ${limit} bytes`);
}

// ---- The classes and functions of each format.

const zlib = module.exports = {
  crc32(data, value = 0) {
    if (typeof data !== 'string' && !ArrayBuffer.isView(data)) {
      throw invalidArgType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
    }
    if (typeof value !== 'number') throw invalidArgType('value', 'of type number', value);
    require('internal/validate').validateInteger(value, 'value', 0, 0xffffffff);
    return checksum(data, value);
  },
};

function define(name, mode) {
  const Class = zlib[name] = {
    [name]: function(options) {
      if (!(this instanceof Class)) {
        warnOfCall(name);
        return new Class(options);
      }
      // A window of 256 bytes is none that zlib makes.
      if (mode === DEFLATERAW && options?.windowBits === 8) options = { ...options, windowBits: 9 };
      ZlibBase.call(this, options, mode);
    },
  }[name];
  setPrototypeOf(Class.prototype, ZlibBase.prototype);
  setPrototypeOf(Class, ZlibBase);
}

const warned = new Set();

function warnOfCall(name) {
  if (warned.has(name)) return;
  warned.add(name);
  require('process').emitWarning(
    `Instantiating ${name} without the 'new' keyword has been deprecated.`, 'DeprecationWarning', 'DEP0184');
}

function functionsOf(name, mode) {
  const lower = name[0].toLowerCase() + name.slice(1);
  const Class = zlib[name];
  const give = (output, decoded, options) => {
    if (output === undefined) throw tooLarge(decoded.maxOutputLength);
    return options?.info ? { buffer: output, engine: new Class(options) } : output;
  };
  const functions = {
    [lower](buffer, options, callback) {
      if (typeof options === 'function') {
        callback = options;
        options = {};
      }
      require('internal/validate').validateFunction(callback, 'callback');
      const input = bytesOf(buffer);
      const decoded = decode(options ?? {}, mode);
      codecOf(decoded, mode).whole(input, decoded.finishFlush, decoded.maxOutputLength, (error, output) => {
        if (error) callback(error);
        else if (output === undefined) callback(tooLarge(decoded.maxOutputLength));
        else callback(null, give(output, decoded, options));
      });
    },
    [`${lower}Sync`](buffer, options) {
      const input = bytesOf(buffer);
      const decoded = decode(options ?? {}, mode);
      const output = codecOf(decoded, mode).wholeSync(input, decoded.finishFlush, decoded.maxOutputLength);
      return give(output, decoded, options);
    },
    [`create${name}`](options) { return new Class(options); },
  };
  for (const key of keys(functions)) zlib[key] = functions[key];
}

const FORMATS = [
  ['Deflate', DEFLATE], ['Inflate', INFLATE], ['Gzip', GZIP], ['Gunzip', GUNZIP],
  ['DeflateRaw', DEFLATERAW], ['InflateRaw', INFLATERAW], ['Unzip', UNZIP],
];
for (const [name, mode] of FORMATS) define(name, mode);
for (const [name, mode] of FORMATS) functionsOf(name, mode);

// What is not there says so.
for (const format of ['Brotli', 'Zstd']) {
  for (const what of ['Compress', 'Decompress']) {
    const refuse = function() {
      throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `${format} is not available in rjs`, 'Error');
    };
    const lower = format.toLowerCase() + what;
    for (const name of [format + what, `create${format}${what}`, lower, `${lower}Sync`]) zlib[name] = refuse;
  }
}

showConstants(zlib);
defineProperty(zlib, 'constants', { __proto__: null, enumerable: true, value: freeze(constants) });
defineProperty(zlib, 'codes', { __proto__: null, enumerable: true, value: freeze(codes) });
