// No package: ten thousand files written, read, listed, copied and removed, at once and one by one, synchronously too. Nothing
// is lost, no file stays open, memory does not grow with the rounds.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const COUNT = 10_000;
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'files-'));
const names = Array.from({ length: COUNT }, (_, i) => `file-${i}.txt`);
const content = (i) => `content of ${i}`;
const open = () => fs.readdirSync('/proc/self/fd').filter((fd) => {
    try { return fs.readlinkSync(`/proc/self/fd/${fd}`).startsWith(base); } catch { return false; }
});
const sum = (texts) => texts.reduce((total, text) => total + text.length, 0);

function synchronously(folder, copies) {
    fs.mkdirSync(folder);
    names.forEach((name, i) => fs.writeFileSync(path.join(folder, name), content(i)));
    const texts = names.map((name) => fs.readFileSync(path.join(folder, name), 'utf8'));
    fs.cpSync(folder, copies, { recursive: true });
    names.forEach((name) => fs.copyFileSync(path.join(folder, name), path.join(copies, `${name}.copy`)));
    const report = [sum(texts), fs.readdirSync(folder).length, fs.readdirSync(copies).length];
    names.forEach((name) => fs.unlinkSync(path.join(folder, name)));
    fs.rmdirSync(folder);
    fs.rmSync(copies, { recursive: true });
    return report;
}

async function atOnce(folder, copies) {
    await fs.promises.mkdir(folder);
    await Promise.all(names.map((name, i) => fs.promises.writeFile(path.join(folder, name), content(i))));
    const texts = await Promise.all(names.map((name) => fs.promises.readFile(path.join(folder, name), 'utf8')));
    await fs.promises.cp(folder, copies, { recursive: true });
    await Promise.all(names.map((name) => fs.promises.copyFile(path.join(folder, name), path.join(copies, `${name}.copy`))));
    let listed = 0;
    for await (const entry of await fs.promises.opendir(copies)) listed += entry.isFile() ? 1 : 0;
    const report = [sum(texts), (await fs.promises.readdir(folder)).length, listed];
    await Promise.all(names.map((name) => fs.promises.unlink(path.join(folder, name))));
    await fs.promises.rmdir(folder);
    await fs.promises.rm(copies, { recursive: true });
    return report;
}

async function withHandles(folder) {
    await fs.promises.mkdir(folder);
    let bytes = 0;
    for (const [i, name] of names.entries()) {
        const handle = await fs.promises.open(path.join(folder, name), 'w+');
        await handle.write(content(i), 0);
        bytes += (await handle.stat()).size;
        await handle.close();
    }
    await new Promise((done, fail) => { fs.rm(folder, { recursive: true }, (error) => (error ? fail(error) : done())); });
    return bytes;
}

console.log('synchronously', ...synchronously(path.join(base, 'a'), path.join(base, 'b')));
console.log('at once', ...await atOnce(path.join(base, 'c'), path.join(base, 'd')));
console.log('handles', await withHandles(path.join(base, 'e')));
const memory = process.memoryUsage().rss;
for (let round = 0; round < 2; round++) await atOnce(path.join(base, 'c'), path.join(base, 'd'));
console.log('left', fs.readdirSync(base));
console.log('open files', open().length);
fs.rmdirSync(base);
console.log('memory grows', process.memoryUsage().rss > memory * 1.5 + 32 * 1024 * 1024);
