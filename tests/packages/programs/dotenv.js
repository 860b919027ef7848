'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const dotenv = require('dotenv');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dotenv-'));
const file = path.join(folder, '.env');
fs.writeFileSync(file, 'A=1\n# comment\nexport B="two\\nlines" # more\nC=\'single $A\'\nD=`back`\nE=\nF: colon\nG=a=b\nA=2\n');
console.log(dotenv.parse(fs.readFileSync(file)));
process.env.G = 'kept';
const { parsed } = dotenv.config({ path: file, quiet: true });
console.log(Object.keys(parsed).length, process.env.A, process.env.G);
dotenv.config({ path: file, override: true, quiet: true });
console.log(process.env.G, dotenv.config({ path: path.join(folder, 'none'), quiet: true }).error.code);
const target = {};
dotenv.populate(target, { X: '1' });
console.log(target);
fs.rmSync(folder, { recursive: true });
