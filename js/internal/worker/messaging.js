'use strict';

// postMessageToThread: a message to any thread of the program, which answers that it has taken it.

const { coded } = require('internal/errors');
const { validateNumber } = require('internal/validate');
const { clearTimeout, setTimeout } = require('timers');

// What the other side answers, by its number.
const FAILURES = [
  undefined,
  ['ERR_WORKER_MESSAGING_FAILED', 'Cannot find the destination thread or listener'],
  ['ERR_WORKER_MESSAGING_ERRORED', 'The destination thread threw an error while processing the message'],
  ['ERR_WORKER_MESSAGING_TIMEOUT', 'Sending a message to another thread timed out'],
  ['ERR_WORKER_MESSAGING_SAME_THREAD', 'Cannot sent a message to the same thread'],
];
const TIMED_OUT = 3;

async function postMessageToThread(threadId, value, transferList, timeout) {
  if (typeof transferList === 'number' && timeout === undefined) {
    timeout = transferList;
    transferList = [];
  }
  if (timeout !== undefined) validateNumber(timeout, 'timeout', 0);
  const failure = FAILURES[await answerOf(threadId, value, transferList, timeout)];
  if (failure) throw coded(...failure);
}

function answerOf(threadId, value, transferList, timeout) {
  return new Promise((resolve) => {
    const timer = timeout === undefined ? undefined : setTimeout(resolve, timeout, TIMED_OUT);
    native.send(threadId, value, transferList, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
  });
}

module.exports = { postMessageToThread };
