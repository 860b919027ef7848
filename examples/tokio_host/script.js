'use strict';

const { ask, pause } = require('host:net');
const { execFile } = require('child_process');

const inAChild = (word) => new Promise((resolve, reject) => {
  execFile('echo', [word], (error, stdout) => (error ? reject(error) : resolve(stdout.trim())));
});

globalThis.said = null;
Promise.all([ask('one'), inAChild('two'), pause(5), ask('three')]).then((all) => { globalThis.said = all; });
