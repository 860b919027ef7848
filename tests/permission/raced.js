'use strict';

// A program that somebody else helps: while each of its calls is under way, what a path leads to is exchanged
// between a folder that it may read and write and one that it may not. Prints what it got to see of the latter.

const fs = require('fs');
const path = require('path');
const { O_APPEND, O_WRONLY } = fs.constants;

const [, , root, rounds] = process.argv;
const own = (name) => path.join(root, 'in', 'own', name);
const door = own('door');
const at = (name) => path.join(door, name);
const seen = new Set();

class Seen extends Error {}

/** Names or a text that only the other folder has. */
function look(what) {
  if (`${what}`.includes('module') || what === '1') throw new Seen(`${what}`);
}

/** What is told of a file that only the other folder has. */
function tell() {
  throw new Seen('it is there');
}

/** What a copy of the folder has. */
function inspect(copy) {
  look(fs.readdirSync(copy));
  if (fs.existsSync(path.join(copy, 'secret'))) look(fs.readFileSync(path.join(copy, 'secret'), 'utf8'));
}

function into(name, make) {
  const target = own(name);
  fs.rmSync(target, { recursive: true, force: true });
  make(target);
  return target;
}

function read(flags) {
  const fd = fs.openSync(at('secret'), flags);
  try { look(fs.readFileSync(fd, 'utf8')); } finally { fs.closeSync(fd); }
}

function walk(options) {
  const folder = fs.opendirSync(door, options);
  try { for (let entry; (entry = folder.readSync()) !== null;) look(entry.name); } finally { folder.closeSync(); }
}

const ways = {
  cp: () => inspect(into('copy', (to) => fs.cpSync(door, to, { recursive: true }))),
  cpFollowing: () => inspect(into('copy', (to) => fs.cpSync(door, to, { recursive: true, dereference: true }))),
  cpInto: () => fs.cpSync(own('given'), door, { recursive: true, force: true }),
  cpFile: () => into('file', (to) => { fs.cpSync(at('data.json'), to); tell(); }),
  opendir: () => walk(),
  opendirBelow: () => walk({ recursive: true }),
  glob: () => look(fs.globSync('**', { cwd: door })),
  globBelow: () => look(fs.globSync('door/**', { cwd: own('') })),
  readdir: () => look(fs.readdirSync(door, { recursive: true })),
  open: () => read('r'),
  openForBoth: () => read('r+'),
  openNew: () => fs.closeSync(fs.openSync(at('new'), 'wx')),
  openLonger: () => fs.closeSync(fs.openSync(at('data.json'), O_WRONLY | O_APPEND)),
  writeFile: () => fs.writeFileSync(at('data.json'), 'x', { flag: 'r+' }),
  appendFile: () => fs.appendFileSync(at('module.js'), 'x', { flag: O_WRONLY | O_APPEND }),
  truncate: () => fs.truncateSync(at('module.js'), 0),
  copyFile: () => into('file', (to) => { fs.copyFileSync(at('module.js'), to); tell(); }),
  copyFileTo: () => fs.copyFileSync(own('mine'), at('copied')),
  rename: () => into('file', (to) => { fs.renameSync(at('module.js'), to); tell(); }),
  renameTo: () => { fs.writeFileSync(own('moving'), ''); fs.renameSync(own('moving'), at('moved')); },
  link: () => into('file', (to) => { fs.linkSync(at('module.js'), to); tell(); }),
  linkTo: () => fs.linkSync(own('mine'), at('linked')),
  unlink: () => { fs.unlinkSync(at('module.js')); tell(); },
  rm: () => fs.rmSync(at('pkg'), { recursive: true }),
  rmdir: () => fs.rmdirSync(at('pkg')),
  mkdir: () => fs.mkdirSync(at('made')),
  mkdirBelow: () => fs.mkdirSync(at('a/b/c'), { recursive: true }),
  mkdtemp: () => fs.mkdtempSync(at('temporary')),
  chmod: () => { fs.chmodSync(at('module.js'), 0o777); tell(); },
  utimes: () => { fs.utimesSync(at('module.js'), 1, 1); tell(); },
  lutimes: () => { fs.lutimesSync(at('module.js'), 1, 1); tell(); },
  stat: () => { if (fs.statSync(at('module.js'), { throwIfNoEntry: false })) tell(); },
  lstat: () => { if (fs.lstatSync(at('module.js'), { throwIfNoEntry: false })) tell(); },
  exists: () => { if (fs.existsSync(at('module.js'))) tell(); },
  access: () => { fs.accessSync(at('module.js')); tell(); },
  readlink: () => { fs.readlinkSync(at('self')); tell(); },
  realpath: () => look(fs.realpathSync(at('module.js'))),
  native: () => look(fs.realpathSync.native(at('module.js'))),
  require: () => { if (require(at('data.json')) === 1) tell(); },
};

const late = {
  cp: async () => { await fs.promises.cp(door, own('late'), { recursive: true }); inspect(own('late')); },
  opendir: async () => { for await (const entry of await fs.promises.opendir(door)) look(entry.name); },
  glob: async () => { for await (const name of fs.promises.glob('**', { cwd: door })) look(name); },
  stream: async () => { for await (const chunk of fs.createReadStream(at('secret'))) look(`${chunk}`); },
};

function note(name, error) {
  if (error instanceof Seen) seen.add(`${name}: ${error.message}`);
}

// What fails behind the back of a call that has failed shows nothing.
process.on('unhandledRejection', () => {});

(async () => {
  fs.mkdirSync(own('given'));
  fs.writeFileSync(own('given/planted'), 'x');
  for (let round = 0; round < rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      try { way(); } catch (error) { note(name, error); }
    }
    if (round % 10 === 0) {
      for (const [name, way] of Object.entries(late)) await way().catch((error) => note(`late ${name}`, error));
      fs.rmSync(own('late'), { recursive: true, force: true });
    }
  }
  console.log(JSON.stringify([...seen]));
})();
