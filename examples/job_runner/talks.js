'use strict';

for (let line = 0; line < 100; line++) {
  try {
    console.log('line', line);
  } catch {
    break;
  }
}
