'use strict';

// Runs the command lines of table.js.
//
//   node run.js              records what Node says in recorded.json; only Node v25.8.1 is asked
//   RUNTIME run.js --check   compares what RUNTIME says with it
//
// Compared are the exit code and both outputs, except for what has to differ: the runtime's own name and
// version, pids, the folder, stack frames, the excerpt of a runtime's own source above a report, and what
// Node's TypeScript parser adds to the report of a syntax error. A line whose row says `differs` must differ.

const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pathToFileURL } = require('url');

const { files, lines } = require('./table.js');

const RECORDED = path.join(__dirname, 'recorded.json');
const ORACLE = 'v25.8.1';

function populate(folder) {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }
}

function run({ args, input = '', env = {} }, folder) {
  const clean = { PATH: process.env.PATH, HOME: folder, TZ: 'UTC', LANG: 'C.UTF-8', TERM: 'dumb', ...env };
  const result = spawnSync(process.execPath, args, { cwd: folder, env: clean, input, encoding: 'utf8' });
  if (result.error) throw result.error;
  const { status, signal, stdout, stderr } = result;
  return { code: signal ?? status, stdout: neutral(stdout, folder), stderr: neutral(stderr, folder) };
}

function neutral(text, folder) {
  return text
    .replaceAll(process.execPath, 'RUNTIME')
    .replaceAll(folder, 'FOLDER')
    .replaceAll(pathToFileURL(folder).pathname, 'FOLDER')
    .replace(/\((node|rjs):\d+\)/g, '(PID)')
    .replace(/^(Node\.js|rjs) v[\d.]+$/gm, 'VERSION')
    .replace(/`(node|rjs) --/g, '`RUNTIME --')
    .replace(/^node:.*:\d+\n.*\n *\^+\n\n/gm, '')
    .replace(/^( *\^+\n)\S.*\n(?=\nSyntaxError)/gm, '$1')
    .replace(/\n {4}at .*?( \{)?$/gm, '$1');
}

function runAll() {
  const answers = {};
  for (const [name, line] of Object.entries(lines)) {
    const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'command-line-')));
    populate(folder);
    answers[name] = run(line, folder);
    fs.rmSync(folder, { recursive: true });
  }
  return answers;
}

function check(answers) {
  const recorded = JSON.parse(fs.readFileSync(RECORDED, 'utf8'));
  const isSame = (name) => JSON.stringify(answers[name]) === JSON.stringify(recorded[name]);
  const wrong = Object.keys(lines).filter((name) => isSame(name) !== (lines[name].differs === undefined));
  for (const name of wrong) {
    console.log(`DIFFERS: ${name}: ${JSON.stringify(lines[name].args)}`);
    console.log('recorded', recorded[name]);
    console.log('this one', answers[name]);
  }
  console.log(`${Object.keys(lines).length} command lines, ${wrong.length} differ`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

if (process.argv[2] === '--check') {
  check(runAll());
} else if (process.version === ORACLE && process.versions.rjs === undefined) {
  fs.writeFileSync(RECORDED, `${JSON.stringify(runAll(), null, 1)}\n`);
} else {
  console.error(`recorded is only what Node ${ORACLE} says`);
  process.exitCode = 9;
}
