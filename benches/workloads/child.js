'use strict';
// The child of the message workloads: says that it is there, then does what its argument says.

const messages = require('./messages.js');

const [, , role, size, count] = process.argv;

function countDown() {
  let left = Number(count);
  process.on('message', () => {
    left -= 1;
    if (left === 0) process.send('done');
  });
}

function flood() {
  const message = messages[size];
  process.on('message', () => {
    for (let i = 0; i < Number(count); i += 1) process.send(message);
  });
}

if (role === 'echo') process.on('message', (message) => process.send(message));
else if (role === 'count') countDown();
else flood();
process.send('ready');
