'use strict';
// semver: parsing, comparing, ranges, increments, coercion, its binary.
const semver = require('semver');
const { spawnSync } = require('child_process');
const path = require('path');

const versions = ['1.2.3', 'v2.0.0', '1.2.3-alpha.1', '1.2.3-alpha.10', '1.2.3-beta', '0.0.1', '10.0.0', '1.10.0', 'nonsense', '1.2', '=1.2.3+build', '1.2.3-0', '99999999999999999.0.0'];
console.log(versions.map((v) => [v, semver.valid(v), semver.prerelease(v)]));
const valid = versions.filter((v) => semver.valid(v));
console.log(semver.sort([...valid]), semver.rsort([...valid]));
for (const range of ['^1.2.3', '~1.2', '>=1.2.3 <2', '1.x || >=2.5', '1.2.3 - 2.3', '*', '^0.0.1', '>1.2.3-alpha <1.2.3', 'latest', '', '~1.2.3-beta.2', '>=1 >2 <1', '^1.2.3 ^1.3']) {
    console.log(range, '→', semver.validRange(range), valid.filter((v) => semver.satisfies(v, range)), semver.maxSatisfying(valid, range), semver.minSatisfying(valid, range), semver.validRange(range) && semver.minVersion(range)?.version);
}
for (const kind of ['major', 'minor', 'patch', 'premajor', 'preminor', 'prepatch', 'prerelease', 'release', 'nonsense']) {
    console.log(kind, semver.inc('1.2.3', kind), semver.inc('1.2.3-alpha.1', kind), semver.inc('1.2.3', kind, 'beta'), semver.inc('1.2.3', kind, 'rc', '1'));
}
console.log(semver.diff('1.2.3', '1.3.0'), semver.diff('1.0.0-1', '1.0.0'), semver.compare('1.0.0', '1.0.0-x'), semver.compareBuild('1.0.0+1', '1.0.0+2'));
console.log(['v3.4 replaces v3.3.1', '4.6.3.9.2-alpha2', 'x', '1.2.3.4.5'].map((text) => [String(semver.coerce(text)), String(semver.coerce(text, { rtl: true }))]));
console.log(semver.intersects('^1.2', '~1.5'), semver.subset('~1.2', '^1.0'), semver.outside('3.0.0', '^1', '>'), semver.gtr('3.0.0', '^1'), semver.simplifyRange(['1.0.0', '1.1.0', '2.0.0'], '>=1.0.0 <1.5.0'));
const parsed = new semver.SemVer('1.2.3-rc.1+build.5', { loose: true });
console.log(parsed, `${parsed}`, parsed.compare('1.2.3'), parsed.inc('minor').raw);
console.log(new semver.Range('>=1.2.3 || ~0.1', { includePrerelease: true }).toString(), new semver.Comparator('>=1.0.0'));
for (const bad of ['x', null, {}, '1.'.repeat(200)]) {
    try { new semver.SemVer(bad); } catch (error) { console.log(error.name, error.message); }
}
const run = (...args) => {
    const child = spawnSync(process.execPath, [path.join(__dirname, 'node_modules/.bin/semver'), ...args], { encoding: 'utf8' });
    console.log('$ semver', args.join(' '), child.status, JSON.stringify(child.stdout), child.stderr);
};
run('1.2.3', '2.0.0', '-r', '^1');
run('-i', 'minor', '1.2.3');
run('-i', 'prerelease', '--preid', 'beta', '1.2.3');
run('-c', 'version 4.5 or so');
run('3.0.0', '-r', '^1');
run('--help');
