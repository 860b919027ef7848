'use strict';

// What few do with a Readable: put chunks back, have text instead of bytes.

const { Buffer } = require('buffer');
const { coded } = require('internal/errors');
const { errorOrDestroy } = require('internal/streams/life');
const { bufferOf, invalidChunk } = require('internal/streams/state');
const { endOfInput, mayGoOn, place } = require('internal/streams/core');
const { startDecoding } = require('internal/streams/readable');

const { isView } = ArrayBuffer;

function unshift(chunk, encoding) {
  const state = this._readableState;
  if (chunk === null) {
    state.reading = false;
    endOfInput(this);
    return false;
  }
  if (!state.objectMode) {
    if (typeof chunk === 'string') {
      chunk = asStored(state, chunk, encoding || state.defaultEncoding);
    } else if (chunk !== undefined && !isView(chunk)) {
      errorOrDestroy(this, invalidChunk(chunk));
      return false;
    } else if (chunk && !(chunk instanceof Buffer)) {
      chunk = bufferOf(chunk);
    }
    if (!chunk?.length) return mayGoOn(state);
  }
  if (state.endEmitted) {
    errorOrDestroy(this, coded('ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event'));
    return false;
  }
  return state.destroyed || state.errored ? false : place(this, undefined, chunk, state.objectMode ? 1 : chunk.length, true);
}

// Text as it stands in the buffer: decoded again where what is read is decoded, else bytes.
function asStored(state, text, encoding) {
  const target = state.encoding;
  if (target === encoding) return text;
  const bytes = Buffer.from(text, encoding);
  return target ? bytes.toString(target) : bytes;
}

function setEncoding(encoding) {
  const state = this._readableState;
  startDecoding(state, encoding);
  state.encoding = state.decoder.encoding;
  let content = '';
  for (let i = state.bufferIndex; i < state.buffer.length; i++) {
    content += state.decoder.write(state.buffer[i]);
  }
  state.buffer = content === '' ? [] : [content];
  state.bufferIndex = 0;
  state.length = content.length;
  return this;
}

module.exports = { setEncoding, unshift };
