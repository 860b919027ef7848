'use strict';
// Its binary: variables for a command.
const { spawnSync } = require('child_process');
const path = require('path');

const bin = path.join(__dirname, 'node_modules', 'cross-env', 'dist', 'bin', 'cross-env.js');
const run = (...args) => {
  const { stdout, stderr, status, signal } = spawnSync(process.execPath, [bin, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH, OUTER: 'o' } });
  console.log(args[0], JSON.stringify(stdout), status, signal, stderr.split('\n')[0]);
};

run('A=1', 'B=two words', 'node', '-p', 'process.env.A + process.env.B + process.env.OUTER');
run('A=$OUTER-x', 'node', '-p', 'process.env.A');
run('node', '-e', 'process.exit(4)');
run('A=', 'node', '-p', 'JSON.stringify(process.env.A)');
run('LIST=a:b', 'node', '-p', 'process.env.LIST');
