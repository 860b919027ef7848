'use strict';

// Sockets are passed one by one to two workers, one of which, by chance, is killed every half second: every
// connection is answered or closed, every send is told what became of it, and no descriptor stays open.
// `rjs killed_workers.js [SOCKETS] [MILLISECONDS BETWEEN KILLS]`

const { fork } = require('child_process');
const { readdirSync } = require('fs');
const net = require('net');

if (process.argv[2] === 'worker') {
  process.on('message', (message, socket) => socket?.end('served'));
  process.send('ready');
} else {
  // What the runtime itself keeps open is open from the first children on.
  warmUp(2, () => pass(Number(process.argv[2]) || 5000, Number(process.argv[3]) || 500));
}

function warmUp(count, ready) {
  if (count === 0) {
    ready();
    return;
  }
  const child = fork(__filename, ['worker']);
  child.once('message', () => child.disconnect());
  child.once('close', () => warmUp(count - 1, ready));
}

function descriptors() {
  return readdirSync('/proc/self/fd').length;
}

function pass(total, interval) {
  const atStart = descriptors();
  const counts = { answered: 0, closed: 0, told: 0, sent: 0, killed: 0 };
  const workers = [];
  let isOver = false;
  let turn = 0;
  let killing;

  const start = (place, ready) => {
    const child = fork(__filename, ['worker']);
    workers[place] = child;
    child.on('error', () => {});
    child.once('message', ready ?? (() => {}));
    child.once('exit', () => {
      if (!isOver) start(place);
    });
  };

  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    const child = workers[turn++ % 2];
    if (!child.connected) {
      socket.destroy();
      return;
    }
    counts.sent++;
    child.send('socket', socket, (error) => {
      counts.told++;
      // One that did not leave is ours again.
      if (error) socket.destroy();
    });
  });

  const kill = () => {
    const child = workers[Math.floor(Math.random() * 2)];
    if (child.kill('SIGKILL')) counts.killed++;
  };

  const finish = () => {
    isOver = true;
    clearInterval(killing);
    server.close();
    let left = workers.length;
    for (const child of workers) {
      const gone = () => {
        if (--left === 0) setImmediate(report);
      };
      if (child.exitCode === null && child.signalCode === null) child.once('close', gone);
      else gone();
      child.kill('SIGKILL');
    }
  };

  const report = () => {
    const all = counts.answered + counts.closed;
    console.log(`${all} of ${total} answered or closed, ${counts.sent - counts.told} sends not told of`);
    const atEnd = descriptors();
    console.log(`${counts.answered} answered; ${counts.killed} workers killed on the way`);
    console.log(atEnd <= atStart ? 'no descriptor left' : `descriptors ${atStart} -> ${atEnd}`);
  };

  const connect = (number) => {
    if (number > total) return;
    let text = '';
    const socket = net.connect(server.address().port, '127.0.0.1');
    socket.on('data', (part) => { text += part; });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (text === 'served') counts.answered++;
      else counts.closed++;
      if (counts.answered + counts.closed === total) finish();
      connect(number + 8);
    });
  };

  start(0, () => start(1, () => {
    server.listen(0, '127.0.0.1', () => {
      killing = setInterval(kill, interval);
      for (let i = 1; i <= 8; i++) connect(i);
    });
  }));
}
