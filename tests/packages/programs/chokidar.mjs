import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { watch } from 'chokidar';
import chokidar3 from 'chokidar-3';

async function observed(name, watcherOf, folder, ...options) {
  await fs.mkdir(path.join(folder, 'sub'), { recursive: true });
  await fs.writeFile(path.join(folder, 'first.txt'), '1');
  const watcher = watcherOf(folder, { ignored: (file) => file.endsWith('.skip'), ...options[0] });
  const waiting = new Map();
  const seen = [];
  watcher.on('all', (event, file) => {
    const key = `${event} ${path.relative(folder, file) || '.'}`;
    seen.push(key);
    waiting.get(key)?.();
  });
  const event = (key) => (seen.includes(key) ? undefined : new Promise((resolve) => waiting.set(key, resolve)));
  await new Promise((resolve) => watcher.once('ready', resolve));
  console.log(name, 'ready', seen.sort());
  seen.length = 0;
  await fs.writeFile(path.join(folder, 'sub', 'new.txt'), 'n');
  await event('add sub/new.txt');
  await fs.writeFile(path.join(folder, 'left.skip'), '');
  await fs.writeFile(path.join(folder, 'first.txt'), 'changed');
  await event('change first.txt');
  await fs.rm(path.join(folder, 'sub'), { recursive: true });
  await event('unlinkDir sub');
  await event('unlink sub/new.txt');
  console.log(name, [...new Set(seen)].sort());
  await watcher.close();
  console.log(name, 'closed', watcher.closed);
}

const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'watched-'));
await observed('chokidar', watch, path.join(folder, 'new'));
await observed('chokidar 3', chokidar3.watch, path.join(folder, 'three'), { ignored: /\.skip$/ });
await observed('polling', watch, path.join(folder, 'polled'), { usePolling: true, interval: 20 });
await fs.rm(folder, { recursive: true });
