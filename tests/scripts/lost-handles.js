'use strict';

// lost-handles.js: sends sockets to children that never take them, and kills those. Every send is
// told, no descriptor stays open, no client waits for ever.

const { fork } = require('child_process');
const fs = require('fs');
const net = require('net');

if (process.argv[2] === 'child') {
  process.on('message', () => {});
  process.send('ready');
  return;
}

const SOCKETS = 40;
const ROUNDS = 5;
const descriptors = () => fs.readdirSync('/proc/self/fd').length;

function round(before, left) {
  // What is opened once for good is open after the first.
  if (left === ROUNDS - 1) before = descriptors();
  if (left === 0) {
    console.log('descriptors', descriptors() === before);
    return;
  }
  const child = fork(__filename, ['child']);
  const outcomes = { sent: 0, lost: 0 };
  const clients = [];
  let closed = 0;
  let gone = false;
  let given = 0;
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {});
    child.send({ n: given++ }, socket, (error) => {
      outcomes[error ? 'lost' : 'sent']++;
      // What did not leave is ours again.
      if (error) socket.destroy();
      finish();
    });
    child.send({ plain: given }, (error) => {
      outcomes[error ? 'lost' : 'sent']++;
      finish();
    });
    if (given === SOCKETS) child.kill('SIGKILL');
  });
  child.on('error', (error) => console.log('error', error.code));
  child.on('close', () => {
    gone = true;
    finish();
  });
  function finish() {
    if (!gone || outcomes.sent + outcomes.lost < SOCKETS * 2 || closed < SOCKETS) return;
    gone = false;
    console.log('told', outcomes.sent + outcomes.lost, outcomes.lost > 0, 'clients', closed);
    server.close(() => setImmediate(round, before, left - 1));
  }
  child.once('message', () => {
    // From now on the child takes nothing.
    process.kill(child.pid, 'SIGSTOP');
    server.listen(0, '127.0.0.1', () => {
      for (let i = 0; i < SOCKETS; i++) {
        const client = net.connect(server.address().port, '127.0.0.1');
        client.on('error', () => {});
        client.on('close', () => {
          closed++;
          finish();
        });
        client.resume();
        clients.push(client);
      }
    });
  });
}

round(undefined, ROUNDS);
