'use strict';
// Connections a second to a server that was passed to two children, eight at a time.

const net = require('net');
const { fork } = require('child_process');

function serve() {
  process.on('message', (_, server) => {
    server.on('connection', (socket) => socket.end('x'));
    process.send('up');
  });
}

function connect(port, total, done) {
  let started = 0;
  let ended = 0;
  function next() {
    if (started === total) return;
    started += 1;
    const socket = net.connect(port, '127.0.0.1');
    socket.resume();
    socket.on('close', () => {
      ended += 1;
      if (ended === total) return done();
      next();
    });
  }
  for (let i = 0; i < 8; i += 1) next();
}

function measure(total) {
  const server = net.createServer();
  const children = [fork(__filename), fork(__filename)];
  let up = 0;
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    for (const child of children) {
      child.on('message', () => {
        up += 1;
        if (up < children.length) return;
        server.close();
        const begun = process.hrtime.bigint();
        connect(port, total, () => {
          console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
          for (const each of children) each.kill();
        });
      });
      child.send('server', server);
    }
  });
}

if (process.send) serve();
else measure(Number(process.argv[2]));
