'use strict';
// fs-extra, graceful-fs, mkdirp, write-file-atomic, proper-lockfile and tmp: files.
const os = require('os');
const path = require('path');
const fse = require('fs-extra');
const graceful = require('graceful-fs');
const { mkdirp, mkdirpSync } = require('mkdirp');
const writeFileAtomic = require('write-file-atomic');
const lockfile = require('proper-lockfile');
const tmp = require('tmp');

(async () => {
  const folder = fse.mkdtempSync(path.join(os.tmpdir(), 'files-'));
  const at = (...parts) => path.join(folder, ...parts);
  await fse.outputFile(at('a/b/c.txt'), 'text');
  await fse.outputJson(at('a/d.json'), { n: [1, 2] }, { spaces: 1 });
  await fse.copy(at('a'), at('copy'), { filter: (from) => !from.endsWith('.json') });
  await fse.move(at('copy/b'), at('moved'));
  await fse.ensureSymlink(at('moved/c.txt'), at('links/c'));
  fse.ensureFileSync(at('empty/file'));
  fse.emptyDirSync(at('a/b'));
  console.log(fse.readdirSync(folder, { recursive: true }).sort(), await fse.pathExists(at('a/b/c.txt')), fse.readJsonSync(at('a/d.json')));
  await fse.copy(at('none'), at('x')).catch(({ code, syscall }) => console.log(code, syscall));
  await fse.move(at('moved'), at('moved/in/itself')).catch(({ message }) => console.log(message.replaceAll(folder, '')));
  await fse.readJson(at('moved/c.txt')).catch(({ name }) => console.log(name));
  console.log(await fse.readFile(at('links/c'), 'utf8'), (await fse.stat(at('empty'))).isDirectory());
  await fse.remove(at('links'));

  await Promise.all(Array.from({ length: 200 }, (_, i) => new Promise((resolve, reject) => {
    graceful.writeFile(at(`g${i}`), String(i), (error) => (error ? reject(error) : resolve()));
  })));
  console.log(graceful.readdirSync(folder).filter((name) => /^g\d/.test(name)).length, graceful.readFileSync(at('g7'), 'utf8'));
  graceful.readFile(at('none'), (error) => console.log(error.code));
  console.log(path.relative(folder, await mkdirp(at('m/n/o'))), mkdirpSync(at('m/n/o')));

  await writeFileAtomic(at('atomic'), 'one', { mode: 0o600 });
  await Promise.all(['two', 'three'].map((text) => writeFileAtomic(at('atomic'), text)));
  writeFileAtomic.sync(at('atomic2'), Buffer.from('four'));
  console.log(fse.readFileSync(at('atomic'), 'utf8'), (fse.statSync(at('atomic')).mode & 0o777).toString(8), fse.readFileSync(at('atomic2'), 'utf8'));

  const release = await lockfile.lock(at('atomic'), { stale: 5000, update: 1000 });
  console.log(await lockfile.check(at('atomic')), fse.existsSync(at('atomic.lock')));
  await lockfile.lock(at('atomic'), { retries: { retries: 1, minTimeout: 1 } }).catch(({ code }) => console.log(code));
  await release();
  console.log(lockfile.checkSync(at('atomic')));
  await lockfile.unlock(at('atomic')).catch(({ code }) => console.log(code));

  const file = tmp.fileSync({ tmpdir: folder, prefix: 'p-', postfix: '.x', mode: 0o640 });
  fse.writeSync(file.fd, 'temporary');
  console.log(/^p-.*\.x$/.test(path.basename(file.name)), fse.readFileSync(file.name, 'utf8'), (fse.statSync(file.name).mode & 0o777).toString(8));
  file.removeCallback();
  tmp.dir({ tmpdir: folder, unsafeCleanup: true }, (error, name, cleanup) => {
    fse.writeFileSync(path.join(name, 'inside'), '');
    cleanup(() => {
      console.log(error, fse.existsSync(file.name), fse.existsSync(name));
      fse.removeSync(folder);
    });
  });
})();
