'use strict';

// stream: each class and function comes when it is first looked at.

const { defineLazy } = require('internal/lazy');
const { bufferOf } = require('internal/streams/state');
const { Stream } = require('internal/streams/legacy');

// Name, builtin; in Node's order.
const EXPORTS = [
  ['isDestroyed', 'predicates'],
  ['isDisturbed', 'predicates'],
  ['isErrored', 'predicates'],
  ['isReadable', 'predicates'],
  ['isWritable', 'predicates'],
  ['Readable', 'readable'],
  ['Writable', 'writable'],
  ['Duplex', 'duplex'],
  ['Transform', 'transform'],
  ['PassThrough', 'passthrough'],
  ['duplexPair', 'duplex_pair'],
  ['pipeline', 'pipeline'],
  ['addAbortSignal', 'add_abort_signal'],
  ['finished', 'finished'],
  ['destroy', 'destroyer'],
  ['compose', 'compose'],
  ['setDefaultHighWaterMark', 'state'],
  ['getDefaultHighWaterMark', 'state'],
];
for (let i = 0; i < EXPORTS.length; i++) {
  const [name, builtin] = EXPORTS[i];
  defineLazy(Stream, name, `internal/streams/${builtin}`);
}

Object.defineProperty(Stream, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('stream/promises'); },
});
Stream.Stream = Stream;
Stream._isArrayBufferView = ArrayBuffer.isView;
Stream._isUint8Array = require('util/types').isUint8Array;
Stream._uint8ArrayToBuffer = bufferOf;

module.exports = Stream;
