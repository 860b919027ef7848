'use strict';
// Milliseconds from new Worker() to its first message, the mean in sequence; or round trips a second.

const { Worker, isMainThread, parentPort } = require('worker_threads');

function elapsed(since) {
  return Number(process.hrtime.bigint() - since) / 1e6;
}

function start(total, done = 0, sum = 0) {
  if (done === total) {
    console.log(sum / total);
    return;
  }
  const since = process.hrtime.bigint();
  const worker = new Worker(__filename);
  worker.once('message', () => {
    const time = elapsed(since);
    worker.once('exit', () => start(total, done + 1, sum + time));
    worker.terminate();
  });
}

function roundTrips(total) {
  const worker = new Worker(__filename);
  const message = { id: 7, text: 'hello' };
  let left = total;
  let begun;
  worker.on('message', (reply) => {
    if (reply === 'ready') begun = process.hrtime.bigint();
    else left -= 1;
    if (left > 0) {
      worker.postMessage(message);
      return;
    }
    console.log(total / (elapsed(begun) / 1e3));
    worker.terminate();
  });
}

if (isMainThread) {
  const [, , mode, amount] = process.argv;
  if (mode === 'start') start(Number(amount));
  else roundTrips(Number(amount));
} else {
  parentPort.on('message', (message) => parentPort.postMessage(message));
  parentPort.postMessage('ready');
}
