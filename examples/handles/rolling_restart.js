'use strict';

// Four workers share one listening server and are replaced one after another, while clients connect all
// the time: no connection may fail. `rjs rolling_restart.js [ROUNDS]`

const { fork } = require('child_process');
const net = require('net');

const WORKERS = 4;

if (process.argv[2] === 'worker') {
  worker();
} else {
  restart(Number(process.argv[2]) || 1);
}

function worker() {
  let open = 0;
  let server;
  const leaveWhenIdle = () => {
    if (server && !server.listening && open === 0) process.disconnect();
  };
  process.on('message', (message, handle) => {
    if (message === 'serve') {
      server = handle;
      server.on('connection', (socket) => {
        open++;
        socket.on('close', () => {
          open--;
          leaveWhenIdle();
        });
        socket.end(`${process.pid}`);
      });
      process.send('serving');
    } else {
      // What was accepted is answered; what was not, another worker accepts.
      server.close(leaveWhenIdle);
    }
  });
}

function start(server, ready) {
  const child = fork(__filename, ['worker']);
  child.once('message', () => ready(child));
  child.send('serve', server);
}

function restart(rounds) {
  // The server listens here too, so that there is one to pass on: what comes in here is answered as well.
  const server = net.createServer((socket) => socket.end(`${process.pid}`));
  let answered = 0;
  let failed = 0;
  let isOver = false;

  const connect = () => {
    if (isOver) return;
    let text = '';
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.setEncoding('utf8').on('data', (part) => { text += part; });
    socket.on('error', () => { failed++; });
    socket.on('close', () => {
      if (text === '') failed++;
      else answered++;
      connect();
    });
  };

  const replace = (workers, left) => {
    if (left === 0) {
      isOver = true;
      server.close();
      for (const child of workers) child.send('leave');
      console.log(`${answered > 0 ? 'answered' : 'nothing answered'}, ${failed} failed`);
      return;
    }
    const [oldest, ...others] = workers;
    start(server, (child) => {
      oldest.once('exit', () => replace([...others, child], left - 1));
      oldest.send('leave');
    });
  };

  server.listen(0, '127.0.0.1', () => {
    const workers = [];
    for (let i = 0; i < WORKERS; i++) {
      start(server, (child) => {
        if (workers.push(child) < WORKERS) return;
        for (let j = 0; j < 8; j++) connect();
        replace(workers, WORKERS * rounds);
      });
    }
  });
}
