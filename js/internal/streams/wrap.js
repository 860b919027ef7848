'use strict';

// `wrap`: a Readable over a stream of old, that only emits 'data' and 'end'.

const { Readable } = require('internal/streams/readable');
const { errorOrDestroy } = require('internal/streams/life');
const { destroyer } = require('internal/streams/destroyer');

function wrap(old) {
  let isPaused = false;
  old.on('data', (chunk) => {
    if (this.push(chunk) || !old.pause) return;
    isPaused = true;
    old.pause();
  });
  old.on('end', () => this.push(null));
  old.on('error', (error) => errorOrDestroy(this, error));
  const onClose = () => destroyer(this);
  old.on('close', onClose);
  old.on('destroy', onClose);
  this._read = () => {
    if (!isPaused || !old.resume) return;
    isPaused = false;
    old.resume();
  };
  // Its other methods are the wrapper's too.
  const names = Object.keys(old);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (this[name] === undefined && typeof old[name] === 'function') this[name] = old[name].bind(old);
  }
  return this;
}

function readableOf(source, options) {
  return new Readable({
    objectMode: source.readableObjectMode ?? source.objectMode ?? true,
    ...options,
    destroy(error, callback) {
      destroyer(source, error);
      callback(error);
    },
  }).wrap(source);
}

module.exports = { readableOf, wrap };
