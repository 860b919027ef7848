// glob: a tree of files found in every way: synchronously, by promise, by iteration and by stream; options; ignoring; Path objects.
import fs from 'node:fs';
import path from 'node:path';
import { glob, globSync, globStream, globIterate, globIterateSync, Glob, escape, hasMagic, Ignore } from 'glob';

const cwd = path.join(import.meta.dirname, 'glob-parts');
fs.rmSync(cwd, { recursive: true, force: true });
for (const name of ['a.js', 'b.ts', '.dot/x.js', 'src/one.js', 'src/two.mjs', 'src/deep/er/three.js', 'node_modules/p/index.js', 'src/[odd].js', 'src/ünï.js']) {
    fs.mkdirSync(path.dirname(path.join(cwd, name)), { recursive: true });
    fs.writeFileSync(path.join(cwd, name), name);
}
fs.mkdirSync(path.join(cwd, 'empty'));
fs.symlinkSync('src', path.join(cwd, 'link'));
fs.symlinkSync('none', path.join(cwd, 'dangling'));
const sorted = (list) => list.map((entry) => String(entry).replaceAll(cwd, 'DIR')).sort();
for (const pattern of ['*', '**', '**/*.js', 'src/**', '{a,b}.*', '**/!(*.js)', 'src/[[]odd].js', 'link/*', '**/deep/**/*.js', '../glob-parts/a.*', 'none/*', './src/*.js', '*/', ['*.js', '*.ts']]) {
    const found = sorted(await glob(pattern, { cwd }));
    console.log(pattern, found, JSON.stringify(found) === JSON.stringify(sorted(globSync(pattern, { cwd }))));
}
console.log(sorted(await glob('**/*.js', { cwd, ignore: ['node_modules/**', '**/deep/**'] })));
console.log(sorted(await glob('**/*.js', { cwd, dot: true, absolute: true })));
console.log(sorted(await glob('**', { cwd, nodir: true, maxDepth: 2 })));
console.log(sorted(await glob('*', { cwd, mark: true })));
console.log(sorted(await glob('**/*.JS', { cwd, nocase: true, posix: true })));
console.log(sorted(await glob('**/*.js', { cwd, follow: true })));
console.log(sorted(await glob('*.js', { cwd, matchBase: true })));
console.log(sorted(await glob('src', { cwd, dotRelative: true })), sorted(await glob('/*.js', { root: cwd })));
const streamed = [];
for await (const name of globStream('**/*.js', { cwd })) streamed.push(name);
console.log(sorted(streamed));
const iterated = [];
for await (const name of globIterate('src/*', { cwd })) iterated.push(name);
console.log(sorted(iterated), sorted([...globIterateSync('*', { cwd })]));
const entries = await glob('*', { cwd, withFileTypes: true, stat: true });
console.log(entries.map((entry) => [entry.name, entry.isDirectory(), entry.isSymbolicLink(), entry.isFile(), entry.isFile() ? entry.size : 0, entry.depth() > 1]).sort());
const search = new Glob('**/*.mjs', { cwd });
console.log(sorted(await search.walk()), sorted(search.walkSync()), search.patterns.length);
console.log(escape('a*b'), hasMagic('a*'), hasMagic('a'), hasMagic('{a,b}', { magicalBraces: true }), typeof Ignore);
const controller = new AbortController();
controller.abort(new Error('stopped'));
await glob('**', { cwd, signal: controller.signal }).then(() => console.log('found'), (error) => console.log(error.name, error.message));
try { await glob('*', { cwd, withFileTypes: true, absolute: true }); } catch (error) { console.log(error.name, error.message); }
const custom = await glob('**/*.js', { cwd, ignore: { ignored: (p) => p.name.startsWith('o'), childrenIgnored: (p) => p.isNamed('node_modules') } });
console.log(sorted(custom));
