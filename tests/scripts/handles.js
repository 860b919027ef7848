'use strict';

// handles.js <other program> <case> <serialization>: passes handles to a child that the other program
// runs, and prints what came of it.

const { fork } = require('child_process');
const dgram = require('dgram');
const net = require('net');
const os = require('os');
const path = require('path');

const isChild = process.argv[2] === 'child';
const name = process.argv[3];

function textOf(socket, callback) {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => { text += chunk; });
  socket.on('end', () => callback(text));
}

// Connects, sends, and calls back with all that comes.
function talk(address, sent, callback) {
  const socket = net.connect(address);
  socket.on('error', (error) => callback(`error ${error.code}`));
  textOf(socket, callback);
  if (sent === undefined) return;
  socket.end(sent);
}

// A server on this object's address.
function serve(options, onConnection, onListening) {
  const server = net.createServer(options, onConnection);
  server.listen(0, '127.0.0.1', () => onListening(server, server.address().port));
  return server;
}

const unixPath = path.join(os.tmpdir(), `rjs-handles-${process.pid}.sock`);

const CASES = {
  // Both accept on the same socket; when the sender stops, the receiver answers all.
  server: {
    parent(child, done) {
      const server = serve({}, (socket) => socket.end('parent'), (_, port) => {
        child.once('message', () => {
          const answers = { parent: 0, child: 0 };
          const next = () => talk(port, '', (answer) => {
            answers[answer]++;
            if (answers.parent === 0 || answers.child === 0) return next();
            server.close();
            let left = 20;
            const rest = () => talk(port, '', (text) => {
              if (text !== 'child') return done(`answered by ${text}`);
              left -= 1;
              if (left > 0) rest();
              else done('both answered');
            });
            rest();
          });
          next();
        });
        child.send('server', server);
      });
    },
    child(message, server) {
      server.on('connection', (socket) => socket.end('child'));
      process.send(server instanceof net.Server && server.listening ? 'listening' : 'no server');
    },
  },

  // A socket that was paused loses no byte, and is the receiver's alone.
  socket: {
    parent(child, done) {
      const large = 'x'.repeat(300000);
      let sent;
      const server = serve({ pauseOnConnect: true }, (socket) => {
        sent = socket;
        child.send({ a: 'socket' }, socket);
      }, (_, port) => talk(port, large, (text) => {
        server.close();
        done(`${text} ${sent._handle === null}`);
      }));
    },
    child(message, socket) {
      textOf(socket, (text) => socket.end(`${message.a} ${text.length} ${socket.remoteAddress}`));
      socket.resume();
    },
    options: { allowHalfOpen: true },
  },

  // With keepOpen both hold it.
  keepOpen: {
    parent(child, done) {
      const server = serve({ pauseOnConnect: true }, (socket) => {
        child.once('message', (message) => {
          socket.end(` parent after ${message}`);
          server.close();
        });
        child.send('socket', socket, { keepOpen: true });
      }, (_, port) => talk(port, undefined, done));
    },
    child(message, socket) {
      socket.write('child', () => process.send('child'));
      process.once('disconnect', () => socket.destroy());
    },
  },

  dgram: {
    parent(child, done) {
      const socket = dgram.createSocket('udp4');
      socket.bind(0, '127.0.0.1', () => {
        const client = dgram.createSocket('udp4');
        const { port } = socket.address();
        child.once('message', (message) => {
          if (message !== 'bound') return done(message);
          socket.close();
          client.once('message', (answer) => {
            client.close();
            done(answer.toString());
          });
          client.send('question', port, '127.0.0.1');
        });
        child.send('dgram', socket);
      });
    },
    child(message, socket) {
      socket.on('message', (text, from) => {
        socket.send(`answer to ${text} by ${socket.type}`, from.port, from.address, () => socket.close());
      });
      process.send('bound');
    },
  },

  // The child sends, the parent receives.
  back: {
    parent(child, done) {
      child.once('message', (message, server) => {
        server.on('connection', (socket) => socket.end('parent'));
        child.once('message', () => talk(message.port, '', (answer) => {
          server.close();
          done(answer);
        }));
        child.send('close');
      });
      child.send('begin');
    },
    child(message) {
      if (message === 'begin') {
        this.server = serve({}, (socket) => socket.end('child'), (server, port) => process.send({ port }, server));
      } else {
        this.server.close(() => process.send('closed'));
      }
    },
  },

  // A hundred sockets and as many messages at once: all arrive, in order.
  queue: {
    parent(child, done) {
      const sockets = [];
      const answers = [];
      const told = [];
      const server = serve({ pauseOnConnect: true }, (socket) => {
        sockets.push(socket);
        if (sockets.length < 100) return;
        let callbacks = 0;
        const called = (error) => { if (!error) callbacks++; };
        sockets.forEach((each, i) => {
          child.send({ i, handle: true }, each, called);
          child.send({ i, handle: false }, called);
        });
        child.on('message', (order) => {
          told.push(order, callbacks);
          finish();
        });
      }, (_, port) => {
        for (let i = 0; i < 100; i++) talk(port, undefined, (answer) => {
          answers.push(answer);
          finish();
        });
      });
      function finish() {
        if (answers.length < 100 || told.length === 0) return;
        server.close();
        done(`${new Set(answers).size} answers, ${told}`);
      }
    },
    child({ i, handle }, socket) {
      this.order ??= [];
      this.order.push(handle === (socket !== undefined) && i === this.order.length >> 1);
      if (socket) socket.end(`socket ${i}`);
      if (this.order.length === 200) process.send(this.order.every(Boolean) ? 'in order' : 'out of order');
    },
  },

  // What was sent is counted there, and the server's end waits for it.
  counts: {
    parent(child, done) {
      const log = [];
      const clients = [];
      const server = serve({ pauseOnConnect: true }, (socket) => {
        child.send('socket', socket, () => {
          if (++server.sent < 3) return;
          child.once('message', counted);
        });
      }, (_, port) => {
        server.sent = 0;
        for (let i = 0; i < 3; i++) clients.push(net.connect(port).on('error', () => {}).on('close', () => {}).resume());
      });
      function counted() {
        server.getConnections((error, count) => {
          log.push(error, count);
          server.close(() => done(`${log} closed`));
          setImmediate(() => {
            log.push(server.listening);
            child.send('end');
          });
        });
      }
    },
    child(message, socket) {
      this.sockets ??= [];
      if (socket) this.sockets.push(socket.resume());
      else for (const each of this.sockets) each.end();
      if (this.sockets.length === 3 && socket) process.send('all');
    },
  },

  // The handle of a server alone.
  native: {
    parent(child, done) {
      const server = serve({}, () => {}, (_, port) => {
        child.once('message', (message) => {
          server.close();
          talk(port, '', (answer) => done(`${message} ${answer}`));
        });
        child.send('native', server._handle);
      });
    },
    child(message, handle) {
      const server = net.createServer((socket) => {
        socket.end('child');
        server.close();
      });
      server.listen(handle, () => process.send(`listening ${typeof handle.close}`));
    },
  },

  unix: {
    parent(child, done) {
      const server = net.createServer((socket) => socket.end('parent'));
      const ask = () => talk(unixPath, 'text', (answer) => {
        if (answer === 'parent') return ask();
        server.close();
        done(answer);
      });
      server.listen(unixPath, () => {
        child.once('message', ask);
        child.send('unix', server);
      });
    },
    child(message, server) {
      server.on('connection', (socket) => textOf(socket, (text) => {
        socket.end(`child got ${text}`);
        server.close();
      }));
      process.send('listening');
    },
  },
};

if (isChild) {
  const { child } = CASES[name];
  const state = {};
  process.on('message', (message, handle) => child.call(state, message, handle));
} else {
  const options = { execPath: process.argv[2], serialization: process.argv[4] };
  const child = fork(__filename, ['child', name], options);
  CASES[name].parent(child, (result) => {
    console.log(result);
    // A child that still listens would stay.
    child.kill('SIGKILL');
  });
}
