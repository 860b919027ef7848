'use strict';

// What a loop does with its time, by what is known of it: `[started, idle, whole]` in milliseconds.

function of(idle, active) {
  return { idle, active, utilization: active / (idle + active) };
}

// The time between two answers, or since one, or since the loop turns.
function utilization(later, earlier, time) {
  if (time === undefined) return { idle: 0, active: 0, utilization: 0 };
  if (later && earlier) return of(later.idle - earlier.idle, later.active - earlier.active);
  const [, idle, whole] = time;
  const active = whole - idle;
  return later ? of(idle - later.idle, active - later.active) : of(idle, active);
}

module.exports = { utilization };
