'use strict';

// exec and execFile: what a child writes is gathered until it has ended, then told at once.

const { Buffer } = require('buffer');
const { coded } = require('internal/errors');
const { clearTimeout, setTimeout } = require('timers');
const { getSystemErrorName } = require('util');

const { byteLength, concat } = Buffer;

// One output: returns what gives all of it.
function gather(stream, name, { encoding, maxBuffer }, overflow) {
  const chunks = [];
  let length = 0;
  if (encoding) stream?.setEncoding(encoding);
  stream?.on('data', (chunk) => {
    // The program may have set another encoding.
    const used = stream.readableEncoding;
    const size = used ? byteLength(chunk, used) : chunk.length;
    length += size;
    if (length <= maxBuffer) {
      chunks.push(chunk);
      return;
    }
    const room = maxBuffer - (length - size);
    chunks.push(used ? chunk.slice(0, room) : chunk.subarray(0, room));
    overflow(coded('ERR_CHILD_PROCESS_STDIO_MAXBUFFER', `${name} maxBuffer length exceeded`));
  });
  return () => (encoding || stream?.readableEncoding ? chunks.join('') : concat(chunks));
}

// `settings`: command (for messages), encoding, maxBuffer, killSignal, timeout.
function gatherAndCall(child, settings, callback) {
  const { command, killSignal, timeout } = settings;
  let failure = null;
  let killed = false;
  let isDone = false;
  let timer = null;

  const stdout = gather(child.stdout, 'stdout', settings, overflow);
  const stderr = gather(child.stderr, 'stderr', settings, overflow);
  if (timeout > 0) timer = setTimeout(kill, timeout);
  child.on('close', finish);
  child.on('error', (error) => {
    failure = error;
    destroyStreams();
    finish();
  });

  function destroyStreams() {
    child.stdout?.destroy();
    child.stderr?.destroy();
  }

  function overflow(error) {
    failure = error;
    kill();
  }

  function kill() {
    destroyStreams();
    killed = true;
    try {
      child.kill(killSignal);
    } catch (error) {
      failure ??= error;
      finish();
    }
  }

  function finish(code, signal) {
    if (isDone) return;
    isDone = true;
    if (timer !== null) clearTimeout(timer);
    if (typeof callback !== 'function') return;
    const out = stdout();
    const err = stderr();
    if (failure === null && code === 0 && signal === null) {
      callback(null, out, err);
      return;
    }
    failure ??= commandFailed(command, err, code, killed || child.killed, signal);
    failure.cmd = command;
    callback(failure, out, err);
  }
}

function commandFailed(command, stderr, code, killed, signal) {
  const error = new Error(`Command failed: ${command}\n${stderr}`);
  error.code = code < 0 ? getSystemErrorName(code) : code;
  error.killed = killed;
  error.signal = signal;
  return error;
}

// util.promisify of exec and execFile: a promise of both outputs, which has the child.
function promised(run, args) {
  let resolve, reject;
  const promise = new Promise((...settle) => { [resolve, reject] = settle; });
  promise.child = run(...args, (error, stdout, stderr) => {
    if (error === null) {
      resolve({ stdout, stderr });
      return;
    }
    error.stdout = stdout;
    error.stderr = stderr;
    reject(error);
  });
  return promise;
}

module.exports = { gatherAndCall, promised };
