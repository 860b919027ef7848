'use strict';

// A pool of eight workers that answer 500 questions: 1,000 messages, and what becomes of the workers.
// The last worker gets a server for its own, the first is killed.

const { fork } = require('child_process');
const net = require('net');

const WORKERS = 8;
const QUESTIONS = 500;

if (process.argv[2] === 'worker') {
  process.on('message', (question, server) => {
    process.send({ answer: question.number * 2 });
    server?.close();
  });
} else {
  const workers = Array.from({ length: WORKERS }, () => fork(__filename, ['worker']));
  let open = QUESTIONS;
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    for (let number = 0; number < QUESTIONS; number += 1) {
      const isLast = number === QUESTIONS - 1;
      workers[number % WORKERS].send({ number }, isLast ? server : undefined);
    }
    server.close();
  });
  for (const worker of workers) {
    worker.on('message', () => {
      open -= 1;
      if (open > 0) return;
      workers[0].kill('SIGKILL');
      for (const other of workers.slice(1)) other.disconnect();
    });
  }
}
