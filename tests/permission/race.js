'use strict';

// A program that races itself: what a path leads to changes all the time, between a folder that it may read
// and write and one that it may not. Prints what it got to see, or to change, of the latter.

const fs = require('fs');
const path = require('path');

const [, , root] = process.argv;
const own = (name) => path.join(root, 'in', 'own', name);
const door = own('door');
const seen = new Set();
let running = 0;

/** Many at once, so that some are under way whenever the door turns. */
const ways = {
  read: () => fs.promises.readFile(path.join(door, 'secret'), 'utf8').then((text) => { if (text !== 'mine') throw new Error('SEEN'); }),
  open: async () => {
    const handle = await fs.promises.open(path.join(door, 'secret'));
    const text = await handle.readFile('utf8');
    await handle.close();
    if (text !== 'mine') throw new Error('SEEN');
  },
  list: async () => {
    if ((await fs.promises.readdir(door)).includes('module.js')) throw new Error('SEEN');
  },
  write: () => fs.promises.writeFile(path.join(door, 'made'), 'x'),
  append: () => fs.promises.appendFile(path.join(door, 'secret'), ''),
  mkdir: () => fs.promises.mkdir(path.join(door, 'folder')).catch(() => {}),
  rename: () => fs.promises.rename(path.join(door, 'made'), path.join(door, 'moved')),
  copy: () => fs.promises.copyFile(path.join(door, 'data.json'), own('copied')).then(() => { throw new Error('SEEN'); }),
  unlink: () => fs.promises.unlink(path.join(door, 'module.js')),
};

function start() {
  for (const [name, way] of Object.entries(ways)) {
    running++;
    way().catch((error) => {
      if (!['ERR_ACCESS_DENIED', 'ENOENT', 'EEXIST', 'ELOOP'].includes(error.code)) seen.add(`${name}: ${error.message}`);
    }).finally(() => running--);
  }
}

/** Puts what `name` is in the place of the door, and back. */
function turn(name) {
  fs.renameSync(name, door);
  for (let spin = 0; spin < 20; spin++) fs.existsSync(path.join(root, 'in'));
  fs.renameSync(door, name);
}

let rounds = 150;
(function round() {
  if (rounds-- === 0) {
    if (running > 0) return void (rounds++, setImmediate(round));
    return console.log(JSON.stringify([...seen]));
  }
  if (running < 200) start();
  for (let turns = 0; turns < 10; turns++) {
    turn(own('room'));
    turn(own('out-link'));
  }
  setImmediate(round);
})();
