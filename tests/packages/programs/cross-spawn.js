'use strict';
// cross-spawn: spawn, sync, arguments with everything in them, files with and without a shebang, commands that are not there.
const spawn = require('cross-spawn');
const fs = require('fs');
const path = require('path');

const folder = path.join(__dirname, 'cross-spawn-parts');
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync(path.join(folder, 'echo.js'), 'process.stdout.write(JSON.stringify(process.argv.slice(2)));');
fs.writeFileSync(path.join(folder, 'script'), '#!/bin/sh\necho "script $1 $TEST_VALUE"; echo bad >&2; exit 4\n', { mode: 0o755 });
const words = ['plain', 'with space', '"quoted"', "it's", '$HOME', '*', '', 'ünï', 'a\\b', '%PATH%', 'line\nfeed', '^&|<>'];

function show(name, result) {
    const { status, signal, stdout, stderr, error } = result;
    console.log(name, { status, signal, stdout: stdout && String(stdout), stderr: stderr && String(stderr) });
    if (error) console.log(error.code, error.errno, error.syscall, error.path, error.spawnargs, error.message);
}

show('echo', spawn.sync(process.execPath, [path.join(folder, 'echo.js'), ...words]));
show('script', spawn.sync('./script', ['one'], { cwd: folder, env: { ...process.env, TEST_VALUE: 'two' }, encoding: 'utf8' }));
show('missing', spawn.sync('surely-not-there', ['a', 'b']));
show('missing file', spawn.sync(path.join(folder, 'nothing')));
show('shell', spawn.sync('echo $((1+2)) | cat', { shell: true, encoding: 'utf8' }));
show('input', spawn.sync('cat', { input: 'through', encoding: 'utf8' }));
show('killed', spawn.sync('sh', ['-c', 'kill -9 $$']));
console.log(typeof spawn, typeof spawn.spawn, Object.keys(spawn).sort().join());
const parsed = spawn._parse('tool', ['a b', 'c'], { cwd: '/' });
console.log(parsed);

const child = spawn(process.execPath, [path.join(folder, 'echo.js'), ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
let text = '';
child.stdout.setEncoding('utf8').on('data', (part) => { text += part; });
child.on('close', (code, signal) => {
    console.log('close', code, signal, JSON.parse(text).length === words.length, text);
    const missing = spawn('surely-not-there', ['x']);
    missing.on('error', (error) => console.log('error', error.code, error.syscall, error.path, error.spawnargs));
    missing.on('close', (...args) => console.log('missing close', args));
});
