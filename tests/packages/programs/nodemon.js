'use strict';
// nodemon restarts a program when a file changes; pstree.remy is how it finds what to kill.
const { fork, spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const psTree = require('pstree.remy');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'nodemon-')));
const script = path.join(folder, 'app.js');
fs.writeFileSync(script, 'console.log("run", require("./value.json")); setInterval(() => {}, 1000);');
const value = path.join(folder, 'value.json');
fs.writeFileSync(value, '1');

const child = spawn(process.execPath, ['-e', 'require("child_process").spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: ["ignore", "inherit"] }); console.log("up"); setInterval(() => {}, 1000)']);
child.stdout.once('data', () => psTree(child.pid, (error, pids) => {
  console.log(error, pids.length);
  [child.pid, ...pids].forEach((pid) => process.kill(pid, 'SIGKILL'));
  watched();
}));

function watched() {
  const monitor = fork(path.join(__dirname, 'node_modules/nodemon/bin/nodemon.js'), ['--watch', value, '--delay', '10ms', '--signal', 'SIGTERM', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  let text = '';
  monitor.stdout.setEncoding('utf8').on('data', (piece) => {
    text += piece;
    if (text.includes('run 1') && !text.includes('changes') && fs.readFileSync(value, 'utf8') === '1') setTimeout(() => fs.writeFileSync(value, '2'), 300);
    if (text.includes('run 2')) monitor.kill('SIGINT');
  });
  monitor.on('message', ({ type }) => { if (type === 'restart') console.log('restarted'); });
  monitor.on('close', (code, signal) => {
    console.log(text.split('\n').filter((line) => /^run|restarting|starting/.test(line)).map((line) => line.replaceAll(folder, '').replace(/`.*`/, '')), code, signal);
    fs.rmSync(folder, { recursive: true });
  });
}
