'use strict';

// `compose`: streams in a row as one Duplex.

const { coded, invalidArgValue } = require('internal/errors');
const { validateAbortSignal, validateObject } = require('internal/validate');
const { Duplex } = require('internal/streams/duplex');
const { duplexFrom } = require('internal/streams/duplexify');
const { Facade, facadeOptions } = require('internal/streams/facade');
const { finished } = require('internal/streams/finished');
const { pipelineOf } = require('internal/streams/pipeline');
const {
  isNodeStream, isReadable, isReadableStream, isTransformStream, isWebStream, isWritable,
  isWritableStream,
} = require('internal/streams/predicates');

function compose(...streams) {
  if (streams.length === 0) throw coded('ERR_MISSING_ARGS', 'The "streams" argument must be specified');
  if (streams.length === 1) return duplexFrom(streams[0], 'body');
  const given = streams.slice();
  const last = streams.length - 1;
  if (typeof streams[0] === 'function') streams[0] = duplexFrom(streams[0], 'body');
  if (typeof streams[last] === 'function') streams[last] = duplexFrom(streams[last], 'body');
  for (let i = 0; i <= last; i++) check(streams[i], given[i], i, last);
  return facadeOf(streams);
}

const gives = (stream) => !!(isReadable(stream) || isReadableStream(stream) || isTransformStream(stream));
const takes = (stream) => !!(isWritable(stream) || isWritableStream(stream) || isTransformStream(stream));

function check(stream, given, index, last) {
  // What is no stream is for `pipeline` to judge.
  if (!isNodeStream(stream) && !isWebStream(stream)) return;
  const name = `streams[${index}]`;
  if (index < last && !gives(stream)) throw invalidArgValue(name, given, 'must be readable');
  if (index > 0 && !takes(stream)) throw invalidArgValue(name, given, 'must be writable');
}

function facadeOf(streams) {
  const head = streams[0];
  let facade;
  let duplex;
  const tail = pipelineOf(streams, once((error) => {
    if (!facade.through(error) && !canRead && !canWrite) duplex.destroy();
  }));
  const canWrite = takes(head);
  const canRead = gives(tail);
  duplex = new Duplex(facadeOptions(tail, head, canRead, canWrite));
  facade = new Facade(duplex);
  const output = isTransformStream(tail) ? tail.readable : tail;
  if (canWrite) {
    if (isNodeStream(head)) facade.writeInto(head);
    else writeIntoWeb(facade, isTransformStream(head) ? head.writable : head);
    finished(output, () => facade.settle('onFinish'));
  }
  if (canRead) {
    if (isNodeStream(tail)) facade.readFrom(tail);
    else readFromWeb(facade, output);
  }
  if (isNodeStream(tail)) facade.destroyWith(tail);
  else facade.destroyWith();
  return duplex;
}

function once(call) {
  let isCalled = false;
  return (error) => {
    if (isCalled) return;
    isCalled = true;
    call(error);
  };
}

function writeIntoWeb(facade, stream) {
  const writer = stream.getWriter();
  // How it ends the pipeline learns by itself.
  const start = (outcome) => { outcome.catch(() => {}); };
  const whenReady = async (callback, act) => {
    try {
      await writer.ready;
      act();
    } catch (error) {
      callback(error);
    }
  };
  facade.duplex._write = (chunk, encoding, callback) => whenReady(callback, () => {
    start(writer.write(chunk));
    callback();
  });
  facade.duplex._final = (callback) => whenReady(callback, () => {
    start(writer.close());
    facade.onFinish = callback;
  });
}

function readFromWeb(facade, stream) {
  const reader = stream.getReader();
  const { duplex } = facade;
  duplex._read = async () => {
    let goesOn = true;
    try {
      while (goesOn) {
        const step = await reader.read();
        goesOn = duplex.push(step.done ? null : step.value) && !step.done;
      }
    } catch {
      // The pipeline tells of it.
    }
  };
}

// `readable.compose(stream)`.
function composeWith(stream, options) {
  if (options !== undefined && options !== null) validateObject(options, 'options');
  const signal = options?.signal;
  if (signal !== undefined && signal !== null) validateAbortSignal(signal, 'options.signal');
  const composed = compose(this, stream);
  if (signal) require('internal/streams/add_abort_signal').follow(signal, composed);
  return composed;
}

module.exports = { compose, composeWith };
