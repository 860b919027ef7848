'use strict';

// The `pipe` of old, between any two emitters of data.

const { listenerCount } = require('events').prototype;

function pipe(source, destination, options) {
  const onData = (chunk) => {
    if (destination.writable && destination.write(chunk) === false && source.pause) source.pause();
  };
  const onDrain = () => {
    if (source.readable && source.resume) source.resume();
  };
  let isEnded = false;
  const onEnd = () => {
    if (isEnded) return;
    isEnded = true;
    destination.end();
  };
  const onClose = () => {
    if (isEnded) return;
    isEnded = true;
    if (typeof destination.destroy === 'function') destination.destroy();
  };
  function onError(error) {
    cleanUp();
    if (listenerCount.call(this, 'error') === 0) this.emit('error', error);
  }
  const cleanUp = () => {
    source.removeListener('data', onData);
    destination.removeListener('drain', onDrain);
    source.removeListener('end', onEnd);
    source.removeListener('close', onClose);
    source.removeListener('error', onError);
    destination.removeListener('error', onError);
    source.removeListener('end', cleanUp);
    source.removeListener('close', cleanUp);
    destination.removeListener('close', cleanUp);
  };

  source.on('data', onData);
  destination.on('drain', onDrain);
  if (!destination._isStdio && (!options || options.end !== false)) {
    source.on('end', onEnd);
    source.on('close', onClose);
  }
  prependListener(source, 'error', onError);
  prependListener(destination, 'error', onError);
  source.on('end', cleanUp);
  source.on('close', cleanUp);
  destination.on('close', cleanUp);
  destination.emit('pipe', source);
  return destination;
}

// For emitters of old, that cannot prepend by themselves.
function prependListener(emitter, event, listener) {
  if (typeof emitter.prependListener === 'function') {
    emitter.prependListener(event, listener);
    return;
  }
  const known = emitter._events?.[event];
  if (!known) emitter.on(event, listener);
  else if (Array.isArray(known)) known.unshift(listener);
  else emitter._events[event] = [listener, known];
}

module.exports = { pipe, prependListener };
