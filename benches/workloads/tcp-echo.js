'use strict';
// TCP round trips a second over 64 connections, both ends in this process.

const net = require('net');

const total = Number(process.argv[2]);
let left = total;
let begun;

const server = net.createServer((socket) => socket.pipe(socket));

function finish() {
  console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
  process.exit();
}

function open() {
  const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write('ping'));
  socket.on('data', () => {
    left -= 1;
    if (left === 0) finish();
    else socket.write('ping');
  });
}

server.listen(0, '127.0.0.1', () => {
  begun = process.hrtime.bigint();
  for (let i = 0; i < 64; i += 1) open();
});
