// fast-glob, globby and micromatch.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fastGlob from 'fast-glob';
import { globby, globbySync, isDynamicPattern, isGitIgnored } from 'globby';
import micromatch from 'micromatch';

const cwd = fs.mkdtempSync(path.join(os.tmpdir(), 'globs-'));
for (const file of ['a.js', 'b.ts', 'sub/c.js', 'sub/deep/d.js', '.hidden/e.js', 'out/f.js', 'sub/[x].js']) {
  fs.mkdirSync(path.join(cwd, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(cwd, file), file);
}
fs.writeFileSync(path.join(cwd, '.gitignore'), 'out\n*.ts\n');
fs.symlinkSync('sub', path.join(cwd, 'link'));

const sorted = (list) => [...list].sort();
console.log(sorted(await fastGlob('**/*.js', { cwd })), sorted(fastGlob.sync(['**/*', '!sub'], { cwd, onlyDirectories: true })));
console.log(sorted(await fastGlob('**/*.js', { cwd, dot: true, followSymbolicLinks: false, deep: 2 })));
console.log(sorted(await fastGlob(`${fastGlob.escapePath('sub/[x]')}.js`, { cwd, absolute: false, stats: true })).map(({ name, path: file, stats }) => [name, file, stats.size]));
const streamed = [];
for await (const entry of fastGlob.stream('sub/**', { cwd, ignore: ['**/d.js'] })) streamed.push(entry);
console.log(streamed.sort(), fastGlob.generateTasks(['*', '!a']).length);
console.log(sorted(await globby(['**/*.{js,ts}', '!sub/deep'], { cwd, gitignore: true })), globbySync('sub', { cwd }).length);
console.log(isDynamicPattern('*'), (await isGitIgnored({ cwd }))(path.join(cwd, 'out/f.js')), sorted(await globby('sub', { cwd, expandDirectories: { extensions: ['js'] } })));
console.log(micromatch(['a.js', 'b.md', 'c/d.js'], ['**/*.js', '!a*']), micromatch.isMatch('a/b', 'a/*'), micromatch.braces('{1..3}', { expand: true }), micromatch.capture('t/*.js', 't/x.js'), micromatch.makeRe('a?(b)').source);
fs.rmSync(cwd, { recursive: true });
