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
      encoding ||= state.defaultEncoding;
      if (state.encoding !== encoding) {
        chunk = Buffer.from(chunk, encoding);
        // It stands in the buffer as what was decoded does.
        if (state.encoding) chunk = chunk.toString(state.encoding);
      }
    } else if (isView(chunk)) {
      if (!(chunk instanceof Buffer)) chunk = bufferOf(chunk);
    } else if (chunk !== undefined) {
      errorOrDestroy(this, invalidChunk(chunk));
      return false;
    }
    if (!chunk || chunk.length === 0) return mayGoOn(state);
  }
  if (state.endEmitted) {
    errorOrDestroy(this, coded('ERR_STREAM_UNSHIFT_AFTER_END_EVENT', 'stream.unshift() after end event'));
    return false;
  }
  return state.destroyed || state.errored ? false : place(this, undefined, chunk, state.objectMode ? 1 : chunk.length, true);
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
