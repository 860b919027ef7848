'use strict';
// The child of every workload: says that it is there, then does what its argument says.

const messages = require('./messages.js');

const [, , role, size, count] = process.argv;

if (role === 'echo') {
  process.on('message', (message) => process.send(message));
} else if (role === 'count') {
  let left = Number(count);
  process.on('message', () => {
    left -= 1;
    if (left === 0) process.send('done');
  });
} else if (role === 'flood') {
  process.on('message', () => {
    const message = messages[size];
    for (let i = 0; i < Number(count); i += 1) process.send(message);
  });
} else {
  process.on('message', () => {});
}
process.send('ready');
