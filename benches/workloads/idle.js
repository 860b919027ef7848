'use strict';
// A child that says that it is there, and waits.

process.on('message', () => {});
process.send('ready');
