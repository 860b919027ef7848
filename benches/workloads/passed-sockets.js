'use strict';
// Sockets a second that this process accepts and passes to a child, which answers and ends them.

const net = require('net');
const { fork } = require('child_process');

function answer() {
  process.on('message', (_, socket) => socket?.end('x'));
  process.send('ready');
}

function measure(total) {
  const child = fork(__filename);
  let started = 0;
  let ended = 0;
  let begun;
  const server = net.createServer({ pauseOnConnect: true }, (socket) => child.send('socket', socket));
  function next() {
    if (started === total) return;
    started += 1;
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.resume();
    socket.on('close', () => {
      ended += 1;
      if (ended < total) return next();
      console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
      child.kill();
      process.exit();
    });
  }
  child.once('message', () => {
    server.listen(0, '127.0.0.1', () => {
      begun = process.hrtime.bigint();
      for (let i = 0; i < 8; i += 1) next();
    });
  });
}

if (process.send) answer();
else measure(Number(process.argv[2]));
