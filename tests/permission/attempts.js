'use strict';

// Attempts to get around the permissions. The program may read the folder `in` (and this file) and write
// `in/own`; `out` it may neither read nor write, and it may start nothing and open no socket. Prints what
// each attempt came to, and nothing else.

const fs = require('fs');
const net = require('net');
const path = require('path');
const { pathToFileURL } = require('url');

const [, , root] = process.argv;
const inside = path.join(root, 'in');
const secret = path.join(root, 'out', 'secret');
const target = path.join(root, 'out', 'new');
const own = path.join(inside, 'own');

const read = [
  ['by its name', () => fs.readFileSync(secret)],
  ['as bytes', () => fs.readFileSync(Buffer.from(secret))],
  ['as a URL', () => fs.readFileSync(pathToFileURL(secret))],
  ['by ..', () => fs.readFileSync(`${inside}/../out/secret`)],
  ['by .. behind a link', () => fs.readFileSync(`${inside}/link/../out/secret`)],
  ['by a relative path', () => { process.chdir(inside); fs.readFileSync('../out/secret'); }],
  ['by a link to it', () => fs.readFileSync(`${inside}/secret-link`)],
  ['by a link to its folder', () => fs.readFileSync(`${inside}/link/secret`)],
  ['by two links', () => fs.readFileSync(`${inside}/link-link/secret`)],
  ['by /proc/self/root', () => fs.readFileSync(`/proc/self/root${secret}`)],
  ['by /proc/self/cwd', () => { process.chdir(root); fs.readFileSync('/proc/self/cwd/out/secret'); }],
  ['by slashes', () => fs.readFileSync(secret.replaceAll('/', '//'))],
  ['what an inherited descriptor leads to', () => fs.readFileSync('/proc/self/fd/3')],
  ['open', () => fs.openSync(secret)],
  ['stat', () => fs.statSync(secret)],
  ['exists', () => fs.existsSync(secret)],
  ['watchFile', () => fs.watchFile(secret, () => {})],
  ['openAsBlob', () => fs.openAsBlob(secret)],
  ['lstat', () => fs.lstatSync(secret)],
  ['access', () => fs.accessSync(secret)],
  ['readdir', () => fs.readdirSync(path.dirname(secret))],
  ['readdir of a link', () => fs.readdirSync(`${inside}/link`)],
  ['opendir', () => fs.opendirSync(path.dirname(secret))],
  ['realpath', () => fs.realpathSync.native(secret)],
  ['readlink', () => fs.readlinkSync(path.join(root, 'out', 'self'))],
  ['statfs', () => fs.statfsSync(secret)],
  ['copy from', () => fs.copyFileSync(secret, path.join(own, 'copy'))],
  ['cp from', () => fs.cpSync(secret, path.join(own, 'copy'))],
  ['chdir', () => process.chdir(path.dirname(secret))],
  ['watch', () => fs.watch(secret).close()],
  ['a promise', () => fs.promises.readFile(secret)],
  ['a promise of a handle', () => fs.promises.open(secret)],
  ['a stream', () => new Promise((resolve, reject) => fs.createReadStream(secret).on('data', resolve).on('error', reject))],
  ['a callback', () => new Promise((resolve, reject) => fs.readFile(secret, (error) => (error ? reject(error) : resolve())))],
  ['require', () => require(path.join(root, 'out', 'module.js'))],
  ['require of JSON', () => require(path.join(root, 'out', 'data.json'))],
  ['import()', () => import(path.join(root, 'out', 'module.mjs'))],
  ['require of a package', () => require(path.join(root, 'out', 'pkg'))],
  ['require of a linked package', () => require('module').createRequire(path.join(root, 'in', 'file'))('linked')],
  ['import of a linked package', () => import(pathToFileURL(path.join(root, 'in', 'importer.mjs')))],
  ['createRequire', () => require('module').createRequire(secret)('./module.js')],
  ['loadEnvFile', () => process.loadEnvFile(secret)],
  ['rename from', () => fs.renameSync(secret, path.join(own, 'moved'))],
  ['by /proc/thread-self/root', () => fs.readFileSync(`/proc/thread-self/root${secret}`)],
  ['by the root of a thread', () => fs.readFileSync(`/proc/self/task/${process.pid}/root${secret}`)],
  ['by /dev/stdin', () => fs.readFileSync('/dev/stdin')],
  ['by /dev/fd', () => fs.openSync('/dev/fd/0')],
  ['by dots that are escaped', () => fs.readFileSync(new URL(`${pathToFileURL(inside)}/%2e%2e/out/secret`))],
  ['by a URL that changes', () => {
    let asked = 0;
    const protocol = 'file:';
    const changing = { href: 'file:///', protocol, host: '', hostname: '', get pathname() { return asked++ ? secret : `${inside}/file`; } };
    const text = [1, 2, 3].map(() => fs.readFileSync(changing));
    throw new Error(`${text}`);
  }],
  ['by bytes that change meanwhile', () => {
    const bytes = Buffer.from(`${inside}/../in/file`);
    const read = fs.promises.readFile(bytes);
    bytes.write(secret.padEnd(bytes.length, '/'));
    return read.then(() => fs.promises.readFile(bytes));
  }],
  ['by a folder of a link, copied', () => fs.cpSync(`${inside}/link`, path.join(own, 'copied'), { recursive: true, dereference: true })],
  // It shows nothing, as in Node.
  ['glob', () => fs.globSync(path.join(root, 'out', 's*')).length || fs.readdirSync(path.join(root, 'out'))],
  ['opendir by a promise', () => fs.promises.opendir(`${inside}/link-link`)],
  ['a loader of modules', () => require('module')._extensions['.js']({ _compile: (text) => text, paths: [] }, path.join(root, 'out', 'module.js'))],
  ['a loader of JSON', () => require('module')._load(path.join(root, 'out', 'data.json'))],
  ['import() of JSON', () => import(path.join(root, 'out', 'data.json'), { with: { type: 'json' } })],
  ['import() in a data: URL', () => import(`data:text/javascript,import '${pathToFileURL(root)}/out/module.mjs'`)],
  ['a link inside, opened by flags', () => fs.openSync(`${inside}/secret-link`, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)],
].map(([name, attempt]) => [`read: ${name}`, 'FileSystemRead', attempt]);

const write = [
  ['by its name', () => fs.writeFileSync(target, 'x')],
  ['what may be read only', () => fs.writeFileSync(path.join(inside, 'file'), 'x')],
  ['append', () => fs.appendFileSync(target, 'x')],
  ['open for writing', () => fs.openSync(target, 'w')],
  ['open a readable file for both', () => fs.openSync(path.join(inside, 'file'), 'r+')],
  ['by a link that leads to nothing', () => fs.writeFileSync(path.join(own, 'dangling'), 'x')],
  ['by a link to the folder', () => fs.writeFileSync(path.join(own, 'out-link', 'new'), 'x')],
  ['mkdir', () => fs.mkdirSync(path.join(root, 'out', 'folder'))],
  ['mkdtemp', () => fs.mkdtempSync(path.join(root, 'out', 'x-'))],
  ['rm', () => fs.rmSync(path.join(inside, 'file'))],
  ['unlink', () => fs.unlinkSync(path.join(inside, 'file'))],
  ['rmdir', () => fs.rmdirSync(path.join(inside, 'folder'))],
  ['truncate', () => fs.truncateSync(path.join(inside, 'file'), 0)],
  ['chmod', () => fs.chmodSync(path.join(inside, 'file'), 0o777)],
  ['chown', () => fs.chownSync(path.join(inside, 'file'), process.getuid(), process.getgid())],
  ['utimes', () => fs.utimesSync(path.join(inside, 'file'), 0, 0)],
  ['copy to', () => fs.copyFileSync(path.join(inside, 'file'), target)],
  ['rename to', () => fs.renameSync(path.join(own, 'mine'), target)],
  ['a hard link to what may be read', () => fs.linkSync(path.join(inside, 'file'), path.join(own, 'hard'))],
  ['make folders behind a link', () => fs.mkdirSync(path.join(own, 'out-link', 'a', 'b'), { recursive: true })],
  ['make a temporary folder behind a link', () => fs.promises.mkdtemp(path.join(own, 'out-link', 'x-'))],
  ['remove what is behind a link', () => fs.rmSync(path.join(own, 'out-link', 'pkg'), { recursive: true }), 'FileSystemRead'],
  ['a file without a name', () => fs.openSync(path.join(root, 'out'), 0o20000000 | fs.constants.O_DIRECTORY | fs.constants.O_RDWR), 'FileSystemRead'],
  ['open for reading, and make', () => fs.openSync(target, fs.constants.O_CREAT | fs.constants.O_RDONLY), 'FileSystemRead'],
  ['copy over a link that leads to nothing', () => fs.copyFileSync(path.join(inside, 'file'), path.join(own, 'dangling'))],
  ['copy a tree to', () => fs.cpSync(path.join(inside, 'folder'), path.join(root, 'out', 'folder'), { recursive: true }), 'FileSystemRead'],
  ['memory', () => fs.openSync('/proc/self/mem', 'r+'), 'FileSystemRead'],
  ['what only the system writes', () => fs.writeFileSync('/proc/self/oom_score_adj', '0')],
  ['what stdin was opened from', () => fs.writeFileSync('/proc/self/fd/0', 'x')],
  ['the times of a link', () => fs.lutimesSync(path.join(inside, 'secret-link'), 0, 0)],
  ['the owner of a link', () => fs.lchownSync(path.join(inside, 'secret-link'), process.getuid(), process.getgid())],
  ['a promise', () => fs.promises.appendFile(target, 'x')],
  ['a stream', () => new Promise((resolve, reject) => fs.createWriteStream(target).on('open', resolve).on('error', reject))],
].map(([name, attempt, permission = 'FileSystemWrite']) => [`write: ${name}`, permission, attempt]);

const cp = require('child_process');
const start = [
  ['spawn', () => cp.spawn('true')],
  ['spawn of a path', () => cp.spawn('/bin/true')],
  ['spawn with a shell', () => cp.spawn('true', { shell: true })],
  ['spawn as something else', () => cp.spawn('true', { argv0: 'node' })],
  ['spawn with another PATH', () => cp.spawn('mine', { env: { PATH: own } })],
  ['spawn of ourselves with more', () => cp.spawn(process.execPath, ['--allow-fs-read=*', '-e', '0'])],
  ['exec', () => cp.exec('true')],
  ['execFile', () => cp.execFile('true')],
  ['fork', () => cp.fork(__filename)],
  ['fork of another executable', () => cp.fork(__filename, { execPath: '/bin/true' })],
  ['spawnSync', () => cp.spawnSync('true')],
  ['execSync', () => cp.execSync('true')],
  ['execFileSync', () => cp.execFileSync('true')],
  ['the class', () => new cp.ChildProcess().spawn({ file: '/bin/true', args: ['true'] })],
  ['cluster', () => require('cluster').fork()],
  ['execve', () => process.execve('/bin/true', ['true'])],
].map(([name, attempt]) => [`start: ${name}`, 'ChildProcess', attempt]);

const { Worker } = require('worker_threads');
const threads = [
  ['a file', () => new Worker(__filename)],
  ['a text', () => new Worker('0', { eval: true })],
].map(([name, attempt]) => [`thread: ${name}`, 'WorkerThreads', attempt]);

const failing = (emitter, event) => new Promise((resolve, reject) => emitter.on('error', reject).on(event, resolve));
const open = [
  ['connect', () => failing(require('net').connect(1, '127.0.0.1'), 'connect')],
  ['connect to a name', () => failing(require('net').connect(1, 'localhost'), 'connect')],
  ['listen', () => failing(require('net').createServer().listen(0, '127.0.0.1'), 'listening')],
  ['a UDP socket', () => failing(require('dgram').createSocket('udp4').bind(0, '127.0.0.1'), 'listening')],
  ['a datagram', () => {
    const socket = require('dgram').createSocket('udp4');
    socket.send('x', 1, '127.0.0.1');
    return failing(socket, 'message');
  }],
  ['a server of a file', () => failing(net.createServer().listen(path.join(own, 'socket')), 'listening')],
  ['a server of an abstract name', () => failing(net.createServer().listen('\0rjs-attempt'), 'listening')],
  ['connect to a file', () => failing(net.connect(path.join(own, 'socket')), 'connect')],
  ['a datagram socket that connects', () => {
    const socket = require('dgram').createSocket('udp4');
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.connect(1, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }],
  ['a handle that connects', () => new (Object.getPrototypeOf(net._createServerHandle(null, -1, -1)).constructor)(0).connect({}, '/none')],
  ['a handle of a server', () => net._createServerHandle('127.0.0.1', 0, 4)],
  ['a handle of a server of a file', () => net._createServerHandle(path.join(own, 'socket'), -1, -1)],
  ['a handle that listens', () => net._createServerHandle(null, -1, -1).listen(1)],
  ['a local address', () => failing(net.connect({ port: 1, host: '127.0.0.1', localAddress: '127.0.0.1' }), 'connect')],
  ['a handle that sends', () => {
    const socket = require('dgram').createSocket('udp4');
    const state = Object.getOwnPropertySymbols(socket).map((symbol) => socket[symbol]).find((value) => value?.handle);
    state.handle.send({}, [Buffer.from('x')], 1, 1, '127.0.0.1', false);
  }],
  ['a name of a host', () => require('dns').promises.lookup('localhost')],
  ['a name by a callback', () => new Promise((resolve, reject) => require('dns').lookup('localhost', (error) => (error ? reject(error) : resolve())))],
  ['a service', () => require('dns').promises.lookupService('127.0.0.1', 80)],
].map(([name, attempt]) => [`open: ${name}`, 'Net', attempt]);

async function outcome(attempt, permission) {
  try {
    await attempt();
    return 'SUCCEEDED';
  } catch (error) {
    if (error.code !== 'ERR_ACCESS_DENIED') return `${error}`;
    return error.permission === permission ? 'denied' : `denied for ${error.permission}`;
  }
}

async function main() {
  const attempts = [...read, ...write, ...start, ...threads, ...open];
  // Another object, other prototypes: nothing that a program changes changes what it may do.
  process.permission.has = () => true;
  for (const [name, permission, attempt] of attempts) {
    const came = await outcome(attempt, permission);
    if (came !== 'denied') console.log(`${name}: ${came}`);
  }
  console.log(`${attempts.length} attempts`);
}

main();
