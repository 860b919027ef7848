'use strict';

const { fork } = require('child_process');

if (process.send) {
  process.on('message', (number) => process.send(double(number)));
} else {
  /** Each number doubled, each by a worker of its own. */
  exports.doubled = (numbers) => Promise.all(numbers.map((number) => new Promise((resolve, reject) => {
    const worker = fork(__filename);
    worker.on('error', reject);
    worker.on('message', (answer) => { resolve(answer); worker.disconnect(); });
    worker.send(number);
  })));
}
