'use strict';

// `blob.stream()`: the bytes of a blob as a byte stream, piece by piece.

const { Blob } = require('buffer');
const { ReadableStream } = require('internal/webstreams/readable');

const PIECE = 64 * 1024;
const { slice, bytes } = Blob.prototype;

function stream(blob, size) {
  let offset = 0;
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      if (offset < size) {
        const piece = await bytes.call(slice.call(blob, offset, offset + PIECE));
        offset += piece.length;
        controller.enqueue(piece);
        return;
      }
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel() { offset = size; },
  });
}

module.exports = { stream };
