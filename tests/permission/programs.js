'use strict';

// Attempts to start what may not be started, to see and pass on what is hidden, and to give children more
// than this program has. It may start `bin/tool` and rjs, sees the variables SHOWN and MINE_*, and may read
// `in` and write `in/own`. Prints what each attempt came to that is not denied, and nothing else.

const cp = require('child_process');
const fs = require('fs');
const path = require('path');

const [, , root] = process.argv;
const tool = path.join(root, 'bin', 'tool');
const other = path.join(root, 'bin', 'other');
const own = path.join(root, 'in', 'own');
const secret = path.join(root, 'out', 'secret');
const real = process.env;
const planted = path.join(own, 'tool');
fs.copyFileSync('/bin/true', planted);
fs.chmodSync(planted, 0o755);

const run = [
  ['another program', () => cp.spawn(other)],
  ['a name of the PATH', () => cp.spawn('true')],
  ['a name that is nowhere', () => cp.spawn('no-such-program')],
  ['a planted program of the same name', () => cp.spawn(planted)],
  ['a planted program by a relative path', () => cp.spawn('./tool', { cwd: own })],
  ['a planted program by .. and cwd', () => cp.spawn('../in/own/tool', { cwd: path.join(root, 'in') })],
  ['another program called as ours', () => cp.spawn(other, { argv0: 'tool' })],
  ['another program called as our path', () => cp.spawn(other, { argv0: tool })],
  ['ours called as another', () => cp.spawn(tool, { argv0: 'other' })],
  ['ours by a link of another name', () => cp.spawn(path.join(root, 'bin', 'link'))],
  ['a link of our name to another', () => cp.spawn(path.join(root, 'links', 'tool'))],
  ['a shell', () => cp.spawn(tool, { shell: true })],
  ['another shell', () => cp.spawn(tool, { shell: other })],
  ['exec', () => cp.exec(tool)],
  ['execFile', () => cp.execFile(other)],
  ['spawnSync', () => cp.spawnSync(other)],
  ['execSync', () => cp.execSync(tool)],
  ['execFileSync', () => cp.execFileSync(other)],
  ['fork of another executable', () => cp.fork(__filename, { execPath: other })],
  ['fork of a planted executable', () => cp.fork(__filename, { execPath: planted })],
  ['a process.execPath of our own', () => {
    const kept = process.execPath;
    process.execPath = other;
    try {
      return cp.fork(__filename);
    } finally {
      process.execPath = kept;
    }
  }],
  ['the class', () => new cp.ChildProcess().spawn({ file: other, args: [tool] })],
  ['a cluster of another executable', () => {
    const cluster = require('cluster');
    cluster.setupPrimary({ exec: __filename, execArgv: [] });
    cluster.setupPrimary({ execPath: other });
    const kept = process.execPath;
    process.execPath = other;
    try {
      return cluster.fork();
    } finally {
      process.execPath = kept;
    }
  }],
  ['execve', () => process.execve(other, ['tool'], {})],
  ['an open file', () => {
    const fd = fs.openSync(planted);
    return cp.spawn(`/proc/self/fd/${fd}`);
  }],
  ['an inherited folder', () => cp.spawn('/proc/self/cwd/true', { cwd: '/bin' })],
  ['a library for ours', () => cp.spawn(tool, { env: { LD_PRELOAD: planted } }), 'Env'],
  ['has', () => process.permission.has('run', other) || process.permission.has('run') || denial('Run')],
].map(([name, attempt, permission = 'Run']) => [`run: ${name}`, permission, attempt]);

const env = [
  ['read', () => process.env.HIDDEN || denial('Env')],
  ['read by a copy', () => ({ ...process.env }).HIDDEN || denial('Env')],
  ['enumerate', () => Object.keys(process.env).includes('HIDDEN') || denial('Env')],
  ['in', () => 'HIDDEN' in process.env || denial('Env')],
  ['own', () => Object.hasOwn(process.env, 'HIDDEN') || denial('Env')],
  ['descriptor', () => Object.getOwnPropertyDescriptor(process.env, 'HIDDEN') || denial('Env')],
  ['inspect', () => require('util').inspect(process.env).includes('hidden value') || denial('Env')],
  ['set', () => { process.env.HIDDEN = 'x'; }],
  ['define', () => Object.defineProperty(process.env, 'HIDDEN', { value: 'x', configurable: true, writable: true, enumerable: true })],
  ['delete', () => delete process.env.HIDDEN],
  ['assign', () => Object.assign(process.env, { HIDDEN: 'x' })],
  ['loadEnvFile', () => process.loadEnvFile(path.join(root, 'in', 'env'))],
  ['pass on by spawn', () => cp.spawn(tool, { env: { HIDDEN: 'x' } })],
  ['pass on by spawnSync', () => cp.spawnSync(tool, { env: { SHOWN: '1', HIDDEN: 'x' } })],
  ['pass on by fork', () => cp.fork(__filename, { env: { HIDDEN: 'x' } })],
  ['pass on by a prototype', () => cp.spawn(tool, { env: { __proto__: { HIDDEN: 'x' } } })],
  ['pass on by the class', () => new cp.ChildProcess().spawn({ file: tool, args: [tool], envPairs: ['HIDDEN=x'] })],
  ['pass on by execve', () => process.execve(tool, [tool], { HIDDEN: 'x' })],
  ['pass on by a process.env of our own', () => {
    process.env = { HIDDEN: 'x' };
    try {
      return cp.spawn(tool);
    } finally {
      process.env = real;
    }
  }],
  ['pass on by a cluster', () => {
    const cluster = require('cluster');
    return cluster.fork({ HIDDEN: 'x' });
  }],
  ['has', () => process.permission.has('env', 'HIDDEN') || process.permission.has('env') || denial('Env')],
].map(([name, attempt]) => [`env: ${name}`, 'Env', attempt]);

/** What a child says that tries to read the secret, has an option more, or another environment. */
function child(options, { argv = [], env: variables } = {}) {
  const text = `try { require('fs').readFileSync(${JSON.stringify(secret)}); console.log('SUCCEEDED'); }
    catch (error) { console.log(JSON.stringify({ code: error.code, permission: error.permission })); }`;
  const { stdout, stderr } = cp.spawnSync(process.execPath, [...options, '--no-warnings', '-e', text, ...argv], {
    env: { ...process.env, ...variables },
  });
  if (`${stdout}`.startsWith('{')) throw Object.assign(new Error(), JSON.parse(`${stdout}`));
  return `${stdout}${stderr}`;
}

const more = ['--permission', '--allow-fs-read=*'];
const children = [
  ['without options', () => child([])],
  ['with more', () => child(more)],
  ['with a grant alone', () => child(['--allow-fs-read=*'])],
  ['with everything', () => child([...more, '--allow-child-process', '--allow-worker'])],
  ['with a path', () => child(['--permission', `--allow-fs-read=${secret}`])],
  ['with a path that is relative', () => child(['--permission', '--allow-fs-read=out/'])],
  ['with an option that only looks like it', () => child([], { argv: ['--permission'] })],
  ['with limits of its own making', () => child([], { env: { MINE_X: '1', RJS_PERMISSIONS: '' } })],
  ['with limits of its own making, whole', () => child(more, {
    env: { RJS_PERMISSIONS: '{"read":["*"],"write":["*"],"run":[],"env":null,"also":["child"]}' },
  })],
  ['of a child', () => {
    const text = `const { stdout } = require('child_process').spawnSync(process.execPath, ['--permission', '--allow-fs-read=*', '-e',
      'try { require("fs").readFileSync(process.argv[1]); console.log("SUCCEEDED") } catch (error) { console.log(JSON.stringify({ code: error.code, permission: error.permission })) }',
      process.argv[1]]); console.log(String(stdout));`;
    const { stdout, stderr } = cp.spawnSync(process.execPath, ['--no-warnings', '-e', text, secret]);
    if (`${stdout}`.startsWith('{')) throw Object.assign(new Error(), JSON.parse(`${stdout}`));
    return `${stdout}${stderr}`;
  }],
  ...['cold', 'warm'].map((way) => [`by fork, ${way}`, () => new Promise((resolve, reject) => {
    const forked = cp.fork(path.join(root, 'in', 'reader.js'), [secret], { execArgv: more });
    forked.on('message', (error) => (error ? reject(Object.assign(new Error(), error)) : resolve('SUCCEEDED')));
    forked.on('error', reject);
  })]),
].map(([name, attempt]) => [`child: ${name}`, 'FileSystemRead', attempt]);

const environ = [
  ['/proc/self/environ', () => fs.readFileSync('/proc/self/environ')],
  ['/proc/self/task', () => fs.readFileSync(`/proc/${process.pid}/task/${process.pid}/environ`)],
].map(([name, attempt]) => [`env: ${name}`, 'FileSystemRead', attempt]);

function denial(permission) {
  throw Object.assign(new Error(), { code: 'ERR_ACCESS_DENIED', permission });
}

async function outcome(attempt, permission) {
  try {
    return `SUCCEEDED: ${await attempt()}`;
  } catch (error) {
    if (error.code !== 'ERR_ACCESS_DENIED') return `${error.stack}`;
    return error.permission === permission ? 'denied' : `denied for ${error.permission}: ${error.resource}`;
  }
}

async function main() {
  const attempts = [...run, ...env, ...environ, ...children];
  for (const [name, permission, attempt] of attempts) {
    const came = await outcome(attempt, permission);
    if (came !== 'denied') console.log(`${name}: ${came}`);
  }
  console.log(`${attempts.length} attempts`);
  // What is allowed works.
  const { status } = cp.spawnSync(tool, { env: { MINE_X: '1' } });
  console.log('status', status, process.env.SHOWN, process.env.MINE_X, process.permission.has('run', tool));
}

main();
