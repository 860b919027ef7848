'use strict';

// Makes a picture of a trace:  rjs picture.js TRACE.json > PICTURE.svg
// A line for each process, from its birth to its end (a cross: it was killed); a stroke for each
// message, from where it was sent to where it was received.

const fs = require('fs');

const WIDTH = 960;
const LEFT = 170;
const RIGHT = 20;
const TOP = 30;
const LANE = 34;
const STYLE = `
  text { font: 11px sans-serif; fill: #444 }
  .life { stroke: #456; stroke-width: 5 }
  .killed { stroke: #c22; stroke-width: 2; fill: none }
  .spawn { stroke: #567; stroke-width: 1; stroke-dasharray: 3 2 }
  .down { stroke: #27b; stroke-width: .5; stroke-opacity: .4; fill: none }
  .up { stroke: #d70; stroke-width: .5; stroke-opacity: .4; fill: none }
  .handle { stroke: #080; stroke-width: 1.5; fill: none }
  .axis { stroke: #bbb; stroke-width: .5 }
`;

// The processes of a trace in their order, and the arrows with both ends.
function read(events) {
  const processes = new Map();
  const arrows = new Map();
  let handles = new Set();
  for (const { ph, pid, ts, name, id, cat, args } of events) {
    if (ph === 'B') processes.set(pid, { pid, title: args.title, begin: ts, how: {} });
    if (ph === 'E') Object.assign(processes.get(pid), { end: ts, how: args });
    if (ph === 'X' && args.handle !== undefined) handles.add(args.id);
    if (ph === 's') arrows.set(id, { id, cat, from: { pid, ts } });
    if (ph === 'f') Object.assign(arrows.get(id) ?? {}, { to: { pid, ts } });
  }
  const whole = [...arrows.values()].filter((arrow) => arrow.to !== undefined);
  return { processes: [...processes.values()], arrows: whole, handles };
}

function draw({ processes, arrows, handles }) {
  const last = Math.max(...processes.map((process) => process.end ?? process.begin), ...arrows.map((arrow) => arrow.to.ts));
  const x = (ts) => (LEFT + (ts / last) * (WIDTH - LEFT - RIGHT)).toFixed(1);
  const lanes = new Map(processes.map((process, index) => [process.pid, TOP + LANE / 2 + index * LANE]));
  const height = TOP + LANE * processes.length + 10;
  const out = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">`];
  out.push(`<style>${STYLE}</style>`, `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`);
  for (const tick of ticks(last)) {
    out.push(`<path class="axis" d="M${x(tick)} ${TOP - 8}V${height}"/><text x="${x(tick)}" y="14" text-anchor="middle">${tick / 1000} ms</text>`);
  }
  for (const arrow of arrows.filter(({ cat }) => cat === 'spawn')) out.push(stroke('spawn', [arrow], x, lanes));
  const messages = arrows.filter(({ cat }) => cat === 'ipc');
  const goesDown = ({ from, to }) => lanes.get(from.pid) < lanes.get(to.pid);
  out.push(stroke('down', messages.filter(goesDown), x, lanes));
  out.push(stroke('up', messages.filter((arrow) => !goesDown(arrow)), x, lanes));
  out.push(stroke('handle', messages.filter(({ id }) => handles.has(id)), x, lanes));
  for (const process of processes) out.push(life(process, x, lanes.get(process.pid), last));
  out.push('</svg>');
  return out.join('\n');
}

function ticks(last) {
  const step = 10 ** Math.floor(Math.log10(last / 2));
  return Array.from({ length: Math.floor(last / step) + 1 }, (_, index) => index * step);
}

function stroke(kind, arrows, x, lanes) {
  const path = arrows.map(({ from, to }) => `M${x(from.ts)} ${lanes.get(from.pid)}L${x(to.ts)} ${lanes.get(to.pid)}`);
  return `<path class="${kind}" d="${path.join('')}"/>`;
}

function life({ pid, title, begin, end = undefined, how }, x, y, last) {
  const label = title.length > 22 ? `${title.slice(0, 21)}…` : title;
  const right = x(end ?? last);
  const parts = [`<path class="life" d="M${x(begin)} ${y}H${right}"/>`];
  parts.push(`<text x="8" y="${y + 4}">${pid} ${escaped(label)}</text>`);
  if (how.signal !== undefined) parts.push(`<path class="killed" d="M${right} ${y}m-5-6l10 12m0-12l-10 12"/>`);
  return parts.join('');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

if (process.argv.length !== 3) {
  console.error('usage: rjs picture.js TRACE.json > PICTURE.svg');
  process.exit(9);
}
console.log(draw(read(JSON.parse(fs.readFileSync(process.argv[2], 'utf8')))));
