'use strict';

// The conversation of `rjs -i` where standard input is no terminal.

const { kStandalone } = require('internal/repl/evaluate');
const process = require('process');
const repl = require('repl');

process.stdout.write(`Welcome to rjs v${process.versions.rjs}.\nType ".help" for more information.\n`);
const server = repl.start({
  useGlobal: true, terminal: process.stdout.isTTY && process.stdin.isTTY, [kStandalone]: true,
});
Object.defineProperty(repl, 'repl', { __proto__: null, value: server, writable: true, configurable: true });
server.on('exit', () => process.exit());
