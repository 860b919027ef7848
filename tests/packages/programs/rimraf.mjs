// rimraf: trees, links, globs, filters, the native and the manual way, synchronously too, its binary.
import fs from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { rimraf, rimrafSync, manual, manualSync, native, nativeSync, moveRemove, moveRemoveSync, posix, posixSync } from 'rimraf';

const base = path.join(import.meta.dirname, 'rimraf-parts');
const at = (...parts) => path.join(base, ...parts);
function plant() {
    fs.rmSync(base, { recursive: true, force: true });
    for (const name of ['keep/me.txt', 'tree/a/b/c.txt', 'tree/a/d.txt', 'tree/e.txt', 'one.tmp', 'two.tmp']) {
        fs.mkdirSync(path.dirname(at(name)), { recursive: true });
        fs.writeFileSync(at(name), name);
    }
    fs.symlinkSync('../keep', at('tree/link'));
    fs.symlinkSync('none', at('tree/dangling'));
}
const left = () => fs.readdirSync(base, { recursive: true }).sort().join(' ');
for (const [name, remove] of Object.entries({ rimraf, rimrafSync, manual, manualSync, native, nativeSync, moveRemove, moveRemoveSync, posix, posixSync })) {
    plant();
    console.log(name, await remove(at('tree')), left(), await remove(at('not there')));
}
plant();
console.log(await rimraf([at('one.tmp'), at('tree/a')]), left());
plant();
console.log(await rimraf(at('*.tmp'), { glob: true }), left());
plant();
console.log(await rimraf(at('tree'), { filter: (file) => !file.endsWith('d.txt') }), left());
plant();
console.log(rimrafSync(at('tree'), { filter: (file, entry) => !entry.isSymbolicLink(), preserveRoot: true }), left());
plant();
console.log(rimrafSync(at('{one,two}.tmp'), { glob: { dot: true } }), left());
for (const bad of ['/', 'a\0b', 5, [at('x'), null]]) {
    try { console.log(await rimraf(bad)); } catch (error) { console.log(error.name, error.code, error.message); }
}
const controller = new AbortController();
controller.abort(new Error('stopped'));
await rimraf(at('tree'), { signal: controller.signal, filter: () => true }).catch((error) => console.log(error.name, error.message));
plant();
const run = (...args) => {
    const child = spawnSync(process.execPath, [path.join(import.meta.dirname, 'node_modules/.bin/rimraf'), ...args], { encoding: 'utf8', cwd: base });
    console.log('$ rimraf', args.join(' '), child.status, child.stdout, child.stderr, left());
};
run('-v', 'one.tmp');
run('--glob', '*.tmp');
run('--impl=manual', 'tree');
run('--nonsense');
run('--help');
fs.rmSync(base, { recursive: true });
