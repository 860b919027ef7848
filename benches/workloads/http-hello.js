'use strict';
// Requests a second that a server in a process of its own answers over 16 connections that stay; the client writes to
// sockets what a request is, so that it costs little.

const { fork } = require('child_process');

function serve() {
  const http = require('http');
  const server = http.createServer((request, response) => {
    response.setHeader('Content-Type', 'text/plain');
    response.end('Hello, world\n');
  });
  server.listen(0, '127.0.0.1', () => process.send(server.address().port));
}

function ask(port, total, done) {
  const net = require('net');
  const text = 'GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n';
  let left = total;
  const answered = (socket) => {
    left -= 1;
    if (left > 0) socket.write(text);
    else socket.destroy();
    if (left === 0) done();
  };
  for (let i = 0; i < 16; i += 1) {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    // An answer comes in one piece.
    socket.on('data', () => answered(socket));
  }
}

if (process.argv[2] === 'serve') {
  serve();
} else {
  const total = Number(process.argv[2]);
  const server = fork(__filename, ['serve']);
  server.once('message', (port) => {
    ask(port, 2000, () => {
      const begun = process.hrtime.bigint();
      ask(port, total, () => {
        console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
        server.kill();
        process.exit();
      });
    });
  });
}
