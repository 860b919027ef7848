'use strict';

// What can be known of a stream from outside, of any version and make.

const symbols = {};
for (const [key, name] of [
  ['kIsDestroyed', 'stream.destroyed'], ['kIsErrored', 'stream.errored'], ['kIsDisturbed', 'stream.disturbed'],
  ['kIsReadable', 'stream.readable'], ['kIsWritable', 'stream.writable'],
  ['kIsClosedPromise', 'webstream.isClosedPromise'],
  ['kControllerErrorFunction', 'webstream.controllerErrorFunction'],
]) {
  symbols[key] = Symbol.for(`nodejs.${name}`);
}

// The two sides that a stream can have, and what each goes by. `isOver` is what makes it useless.
const READS = {
  name: 'readable', state: '_readableState', failure: 'readableErrored', verdict: symbols.kIsReadable,
  isOf: isReadableNodeStream, isOver: isReadableFinished,
};
const WRITES = {
  name: 'writable', state: '_writableState', failure: 'writableErrored', verdict: symbols.kIsWritable,
  isOf: isWritableNodeStream, isOver: isWritableEnded,
};
const SIDES = [READS, WRITES];
const ITERATORS = [Symbol.asyncIterator, Symbol.iterator];

// Flags that an object of http has from birth.
const OUTGOING = ['_closed', '_defaultKeepAlive', '_removedConnection', '_removedContLen'];
const RESPONSE = ['_sent100', ...OUTGOING];
const REQUEST_SERVED = ['_consuming', '_dumped'];

const isKnown = (value) => value !== undefined && value !== null;
const hasFlags = (object, names) => names.every((name) => typeof object[name] === 'boolean');
const hasState = (value) => SIDES.some((side) => value[side.state]);

function can(value, ...methods) {
  if (!value) return false;
  for (const name of methods) {
    if (typeof value[name] !== 'function') return false;
  }
  return true;
}

function isReadableNodeStream(value, isStrict = false) {
  if (!can(value, 'on', 'pipe') || (isStrict && !can(value, 'resume', 'pause'))) return false;
  if (!value._writableState) return true;
  // A Duplex may have one side only.
  const side = value._readableState;
  return !!side && side.readable !== false;
}

function isWritableNodeStream(value) {
  if (!can(value, 'on', 'write')) return false;
  return !value._readableState || value._writableState?.writable !== false;
}

function isDuplexNodeStream(value) {
  return can(value, 'on', 'write', 'pipe') && !!value._readableState;
}

function isNodeStream(value) {
  if (!value) return false;
  return hasState(value) || (can(value, 'on') && (can(value, 'pipe') || can(value, 'write')));
}

function isReadableStream(value) {
  return can(value, 'getReader', 'pipeThrough', 'cancel') && !isNodeStream(value);
}

function isWritableStream(value) {
  return can(value, 'abort', 'getWriter') && !isNodeStream(value);
}

function isTransformStream(value) {
  if (!value || SIDES.some((side) => typeof value[side.name] !== 'object')) return false;
  return !isNodeStream(value);
}

function isWebStream(value) {
  return isTransformStream(value) || isWritableStream(value) || isReadableStream(value);
}

// `isAsync` asks for one of the two ways; without it both will do.
function isIterable(value, isAsync) {
  if (!isKnown(value)) return false;
  const ways = typeof isAsync === 'boolean' ? [ITERATORS[isAsync ? 0 : 1]] : ITERATORS;
  return ways.some((way) => typeof value[way] === 'function');
}

function isDestroyed(stream) {
  if (!isNodeStream(stream)) return null;
  for (const sign of ['destroyed', symbols.kIsDestroyed]) {
    if (stream[sign]) return true;
  }
  return !!(stream._writableState || stream._readableState)?.destroyed;
}

// A flag in the state of a side: null where nobody can tell, false where the side has failed.
function flagOf(stream, side, flag, alsoDrained = false) {
  const state = stream[side.state];
  if (state?.errored) return false;
  const value = state?.[flag];
  if (typeof value !== 'boolean') return null;
  return value || (alsoDrained && state.length === 0 && state.ended === true);
}

function isWritableEnded(stream) {
  if (!isWritableNodeStream(stream)) return null;
  return stream.writableEnded === true || flagOf(stream, WRITES, 'ended');
}

function isReadableEnded(stream) {
  if (!isReadableNodeStream(stream)) return null;
  return stream.readableEnded === true || (!!stream._readableState && flagOf(stream, READS, 'ended'));
}

// Loosely (`isStrict` is false), what has ended and holds nothing more is through.
function isWritableFinished(stream, isStrict) {
  if (!isWritableNodeStream(stream)) return null;
  return stream.writableFinished === true || flagOf(stream, WRITES, 'finished', isStrict === false);
}

function isReadableFinished(stream, isStrict) {
  return isReadableNodeStream(stream) ? flagOf(stream, READS, 'endEmitted', isStrict === false) : null;
}

// Whether a side can still be used; a stream of another make may give the verdict itself.
function isUsable(stream, side) {
  const verdict = stream?.[side.verdict];
  if (isKnown(verdict)) return verdict;
  const isOn = stream?.[side.name];
  if (typeof isOn !== 'boolean') return null;
  return isOn && !isDestroyed(stream) && side.isOf(stream) && !side.isOver(stream);
}

function isReadable(stream) {
  return isUsable(stream, READS);
}

function isWritable(stream) {
  return isUsable(stream, WRITES);
}

// Through, as far as those sides go that are looked at.
function isFinished(stream, options) {
  if (!isNodeStream(stream)) return null;
  const isOpen = (side) => options?.[side.name] !== false && isUsable(stream, side);
  return !!isDestroyed(stream) || !SIDES.some(isOpen);
}

function failureOf(stream, side) {
  if (!isNodeStream(stream)) return null;
  return stream[side.failure] || (stream[side.state]?.errored ?? null);
}

function isWritableErrored(stream) {
  return failureOf(stream, WRITES);
}

function isReadableErrored(stream) {
  return failureOf(stream, READS);
}

function isClosed(stream) {
  if (!isNodeStream(stream)) return null;
  if (typeof stream.closed === 'boolean') return stream.closed;
  let answer = null;
  for (const { state } of SIDES) {
    const closed = stream[state]?.closed;
    if (typeof closed === 'boolean') answer = closed || answer === true;
  }
  return answer ?? (hasFlags(stream, OUTGOING) ? stream._closed : null);
}

function isServerResponse(stream) {
  return hasFlags(stream, RESPONSE);
}

function isServerRequest(stream) {
  return stream.req?.upgradeOrConnect === undefined && hasFlags(stream, REQUEST_SERVED);
}

function isRequest(stream) {
  return can(stream, 'abort') && !!stream.setHeader;
}

function willEmitClose(stream) {
  if (!isNodeStream(stream)) return null;
  if (!hasState(stream)) return isServerResponse(stream);
  const { emitClose, autoDestroy, closed } = stream._writableState || stream._readableState;
  return closed === false && !!emitClose && !!autoDestroy;
}

function isDisturbed(stream) {
  const told = stream?.[symbols.kIsDisturbed];
  if (isKnown(told)) return !!told;
  return ['readableDidRead', 'readableAborted'].some((name) => stream?.[name]);
}

// The first sign that says anything decides.
function isErrored(stream) {
  if (!stream) return false;
  let sign = stream[symbols.kIsErrored];
  for (const { failure } of SIDES) sign ??= stream[failure];
  for (const flag of ['errorEmitted', 'errored']) {
    for (const { state } of SIDES) sign ??= stream[state]?.[flag];
  }
  return !!sign;
}

module.exports = {
  ...symbols, isClosed, isDestroyed, isDisturbed, isDuplexNodeStream, isErrored, isFinished, isIterable,
  isNodeStream, isReadable, isReadableEnded, isReadableErrored, isReadableFinished, isReadableNodeStream,
  isReadableStream, isRequest, isServerRequest, isServerResponse, isTransformStream, isWebStream, isWritable,
  isWritableEnded, isWritableErrored, isWritableFinished, isWritableNodeStream, isWritableStream, willEmitClose,
};
