'use strict';
const fs = require('fs');
const os = require('os');
const path = require('path');
const rimraf = require('rimraf-3');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rimraf-'));
for (const file of ['a/b/c', 'a/d', 'e.txt', 'f.txt']) {
  fs.mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), '');
}
rimraf.sync(path.join(folder, '*.txt'));
console.log(fs.readdirSync(folder));
rimraf(path.join(folder, 'a'), { glob: false }, (error) => {
  console.log(error, fs.readdirSync(folder));
  rimraf(path.join(folder, 'none'), (again) => {
    console.log(again);
    rimraf.sync(folder);
    console.log(fs.existsSync(folder));
  });
});
