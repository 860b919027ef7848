'use strict';

// stream/web: each class comes when it is first looked at.

const { defineLazy } = require('internal/lazy');

const EXPORTS = [
  ['ReadableStream', 'readable'],
  ['ReadableStreamDefaultReader', 'readable'],
  ['ReadableStreamBYOBReader', 'readable_bytes'],
  ['ReadableStreamBYOBRequest', 'readable_bytes'],
  ['ReadableByteStreamController', 'readable_bytes'],
  ['ReadableStreamDefaultController', 'readable'],
  ['TransformStream', 'transform'],
  ['TransformStreamDefaultController', 'transform'],
  ['WritableStream', 'writable'],
  ['WritableStreamDefaultWriter', 'writable'],
  ['WritableStreamDefaultController', 'writable'],
  ['ByteLengthQueuingStrategy', 'strategies'],
  ['CountQueuingStrategy', 'strategies'],
  ['TextEncoderStream', 'text'],
  ['TextDecoderStream', 'text'],
];
for (let i = 0; i < EXPORTS.length; i++) {
  const [name, builtin] = EXPORTS[i];
  defineLazy(exports, name, `internal/webstreams/${builtin}`);
}
