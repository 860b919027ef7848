'use strict';
// Messages a second in one direction.

const { fork } = require('child_process');
const path = require('path');
const messages = require('./messages.js');

const [, , direction, size, amount] = process.argv;
const total = Number(amount);
const role = direction === 'down' ? 'count' : 'flood';
const child = fork(path.join(__dirname, 'child.js'), [role, size, amount]);

let begun;

function finish() {
  console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
  child.kill();
}

function start() {
  begun = process.hrtime.bigint();
  if (direction === 'up') {
    child.send('go');
    return;
  }
  const message = messages[size];
  for (let i = 0; i < total; i += 1) child.send(message);
}

let received = 0;
child.on('message', (message) => {
  if (message === 'ready') {
    start();
    return;
  }
  received += 1;
  if (message === 'done' || received === total) finish();
});
