'use strict';

const { execFile } = require('child_process');
const { promisify } = require('util');

async function say(word) {
  const { stdout } = await promisify(execFile)('sh', ['-c', `echo ${word}`]);
  return stdout.trim();
}

// Three at once are one too many.
Promise.allSettled(['one', 'two', 'three'].map(say)).then((settled) => {
  console.log(settled.map(({ value, reason }) => value ?? reason.code).join(' '));
  console.log('home:', process.env.HOME);
});
