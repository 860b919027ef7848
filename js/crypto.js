'use strict';

// crypto, as far as it goes: random values, digests, HMAC. What is not there says so.

const { coded, invalidArgType, invalidArgValue, outOfRange } = require('internal/errors');
const { validateBoolean, validateFunction, validateNumber, validateObject, validateString } = require('internal/validate');
const { DOMException } = require('internal/dom_exception');
const { Buffer } = require('buffer');
const { Transform } = require('stream');
const process = require('process');

const { isView } = ArrayBuffer;
const MAX_BYTES = 2 ** 31 - 1;
const MAX_RANGE = 2 ** 48 - 1;
const QUOTA = 65536;
const DATA = 'of type string or an instance of Buffer, TypedArray, or DataView';
const BYTES = 'an instance of ArrayBuffer, Buffer, TypedArray, or DataView';
const kState = Symbol('kState');

// ---- digests

function unknownDigest(algorithm) {
  return coded('ERR_CRYPTO_INVALID_DIGEST', `Invalid digest: ${algorithm}`);
}

function encodingOf(outputEncoding) {
  return outputEncoding && outputEncoding !== 'buffer' ? `${outputEncoding}` : undefined;
}

class Digester extends Transform {
  constructor(state, options) {
    super(options);
    this[kState] = state;
  }

  update(data, encoding) {
    if (this[kState] === undefined) throw finalized();
    if (typeof data !== 'string' && !isView(data)) throw invalidArgType('data', DATA, data);
    if (typeof data === 'string' && encoding === 'hex' && data.length % 2 !== 0) {
      throw invalidArgValue('encoding', encoding, `is invalid for data of length ${data.length}`);
    }
    native.update(this[kState], data, encoding);
    return this;
  }

  digest(outputEncoding) {
    if (this[kState] === undefined) throw finalized();
    const bytes = native.digest(this[kState]);
    this[kState] = undefined;
    const encoding = encodingOf(outputEncoding);
    return encoding === undefined ? bytes : bytes.toString(encoding);
  }

  _transform(chunk, encoding, callback) {
    native.update(this[kState], chunk, encoding);
    callback();
  }

  _flush(callback) {
    this.push(native.digest(this[kState]));
    this[kState] = undefined;
    callback();
  }
}

function finalized() {
  return coded('ERR_CRYPTO_HASH_FINALIZED', 'Digest already called');
}

class Hash extends Digester {
  constructor(algorithm, options) {
    let state = algorithm;
    if (typeof algorithm === 'string' || algorithm?.[kState] === undefined) {
      validateString(algorithm, 'algorithm');
      state = native.start(algorithm);
      if (state === undefined) {
        const error = new Error('Digest method not supported');
        error.code = 'ERR_OSSL_EVP_UNSUPPORTED';
        throw error;
      }
    } else {
      state = native.copy(algorithm[kState]);
    }
    super(state, options);
  }

  copy(options) {
    if (this[kState] === undefined) throw finalized();
    return new Hash(this, options);
  }
}

class Hmac extends Digester {
  constructor(algorithm, key, options) {
    validateString(algorithm, 'hmac');
    if (typeof key !== 'string' && !isView(key) && !(key instanceof ArrayBuffer)) {
      throw invalidArgType('key',
        'of type string or an instance of ArrayBuffer, Buffer, TypedArray, DataView, KeyObject, or CryptoKey', key);
    }
    const bytes = isView(key) ? key : Buffer.from(key, options?.encoding);
    const state = native.start(algorithm, bytes);
    if (state === undefined) throw unknownDigest(algorithm);
    super(state, options);
  }

  digest(outputEncoding) {
    // Asked again, an Hmac has nothing more to say.
    if (this[kState] === undefined) return encodingOf(outputEncoding) ? '' : Buffer.alloc(0);
    return super.digest(outputEncoding);
  }
}

function hash(algorithm, data, options = 'hex') {
  validateString(algorithm, 'algorithm');
  if (typeof data !== 'string' && !isView(data)) throw invalidArgType('input', DATA, data);
  const encoding = typeof options === 'string' ? options : options?.outputEncoding ?? 'hex';
  if (encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw invalidArgValue('outputEncoding', encoding);
  }
  return new Hash(algorithm).update(data).digest(encoding);
}

// ---- random values

function randomBytes(size, callback) {
  validateNumber(size, 'size');
  if (Number.isNaN(size) || size < 0 || size > MAX_BYTES) {
    throw outOfRange('size', `>= 0 && <= ${MAX_BYTES}`, size);
  }
  if (callback !== undefined) validateFunction(callback, 'callback');
  size = Math.trunc(size);
  const bytes = native.fill(Buffer.alloc(size), 0, size);
  if (callback === undefined) return bytes;
  setImmediate(callback, null, bytes);
}

// Offset and size count elements.
function span(buffer, offset, size) {
  if (!isView(buffer) && !(buffer instanceof ArrayBuffer) && !(buffer instanceof SharedArrayBuffer)) {
    throw invalidArgType('buf', 'an instance of ArrayBuffer or ArrayBufferView', buffer);
  }
  const width = buffer.BYTES_PER_ELEMENT ?? 1;
  const total = buffer.byteLength;
  const bytes = (value, name, max) => {
    validateNumber(value, name);
    const count = value * width;
    if (Number.isNaN(count) || count > max || count < 0) throw outOfRange(name, `>= 0 && <= ${max}`, count);
    return Math.trunc(count);
  };
  const from = bytes(offset ?? 0, 'offset', total);
  if (size === undefined) return [from, total - from];
  const length = bytes(size, 'size', MAX_BYTES);
  if (from + length > total) throw outOfRange('size + offset', `<= ${total}`, from + length);
  return [from, length];
}

function randomFillSync(buffer, offset, size) {
  return native.fill(buffer, ...span(buffer, offset, size));
}

function randomFill(buffer, offset, size, callback) {
  if (typeof offset === 'function') [offset, size, callback] = [0, undefined, offset];
  else if (typeof size === 'function') [size, callback] = [undefined, size];
  const part = span(buffer, offset, size);
  validateFunction(callback, 'callback');
  setImmediate(callback, null, native.fill(buffer, ...part));
}

function randomInt(min, max, callback) {
  if (max === undefined || typeof max === 'function') [min, max, callback] = [0, min, max];
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (!Number.isSafeInteger(min)) throw invalidArgType('min', 'a safe integer', min);
  if (!Number.isSafeInteger(max)) throw invalidArgType('max', 'a safe integer', max);
  if (max <= min) throw outOfRange('max', `greater than the value of "min" (${min})`, max);
  const range = max - min;
  if (range > MAX_RANGE) throw outOfRange('max - min', `<= ${MAX_RANGE}`, range);
  // What is above the last whole multiple of the range would favour small numbers.
  const limit = 2 ** 48 - (2 ** 48 % range);
  const bytes = Buffer.alloc(6);
  let drawn;
  do drawn = native.fill(bytes, 0, 6).readUIntBE(0, 6);
  while (drawn >= limit);
  const number = (drawn % range) + min;
  if (callback === undefined) return number;
  process.nextTick(callback, undefined, number);
}

function randomUUID(options) {
  if (options !== undefined) validateObject(options, 'options');
  const { disableEntropyCache = false } = options ?? {};
  validateBoolean(disableEntropyCache, 'options.disableEntropyCache');
  const bytes = native.fill(Buffer.alloc(16), 0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function timingSafeEqual(a, b) {
  for (const [name, value] of [['buf1', a], ['buf2', b]]) {
    if (isView(value) || value instanceof ArrayBuffer) continue;
    throw coded('ERR_INVALID_ARG_TYPE', `The "${name}" argument must be ${BYTES}.`);
  }
  return native.equal(a, b);
}

// ---- Web Crypto

class Crypto {
  constructor() {
    throw coded('ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
  }

  getRandomValues(array) {
    const isWhole = isView(array) && !(array instanceof DataView) &&
      !(array instanceof Float32Array) && !(array instanceof Float64Array);
    if (!isWhole) {
      throw new DOMException('The data argument must be an integer-type TypedArray', 'TypeMismatchError');
    }
    if (array.byteLength > QUOTA) {
      throw new DOMException('The requested length exceeds 65,536 bytes', 'QuotaExceededError');
    }
    return native.fill(array, 0, array.byteLength);
  }

  randomUUID(options) { return randomUUID(options); }

  get subtle() { throw absent('webcrypto.subtle'); }
}
for (const name of ['getRandomValues', 'randomUUID', 'subtle']) {
  Object.defineProperty(Crypto.prototype, name, { __proto__: null, enumerable: true });
}
Object.defineProperty(Crypto.prototype, Symbol.toStringTag, { __proto__: null, value: 'Crypto', configurable: true });
const webcrypto = Object.create(Crypto.prototype);

// ---- what is not there

function absent(name) {
  return coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `crypto.${name} is not available in this version of rjs`);
}

const ABSENT = [
  'checkPrime', 'checkPrimeSync', 'createCipheriv', 'createDecipheriv', 'createDiffieHellman',
  'createDiffieHellmanGroup', 'createECDH', 'createPrivateKey', 'createPublicKey', 'createSecretKey', 'createSign',
  'createVerify', 'diffieHellman', 'generateKey', 'generateKeyPair', 'generateKeyPairSync', 'generateKeySync',
  'generatePrime', 'generatePrimeSync', 'getCipherInfo', 'getDiffieHellman', 'hkdf', 'hkdfSync', 'pbkdf2', 'pbkdf2Sync',
  'privateDecrypt', 'privateEncrypt', 'publicDecrypt', 'publicEncrypt', 'scrypt', 'scryptSync', 'sign', 'verify',
];

module.exports = {
  Crypto,
  Hash,
  Hmac,
  createHash: (algorithm, options) => new Hash(algorithm, options),
  createHmac: (algorithm, key, options) => new Hmac(algorithm, key, options),
  crypto: webcrypto,
  getCiphers: () => [],
  getCurves: () => [],
  getHashes: () => native.names(),
  getRandomValues: (array) => webcrypto.getRandomValues(array),
  hash,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  timingSafeEqual,
  webcrypto,
};
for (const name of ABSENT) module.exports[name] = () => { throw absent(name); };
