'use strict';
// Round trips a second.

const { fork } = require('child_process');
const path = require('path');
const messages = require('./messages.js');

const [, , size, amount] = process.argv;
const total = Number(amount);
const message = messages[size];
const child = fork(path.join(__dirname, 'child.js'), ['echo']);

let left = total;
let begun;
child.on('message', (reply) => {
  if (reply === 'ready') begun = process.hrtime.bigint();
  else left -= 1;
  if (left > 0) {
    child.send(message);
    return;
  }
  console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
  child.kill();
});
