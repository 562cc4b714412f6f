#!/usr/bin/env node
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// Node 22 and later can keep compiled code between runs: a command starts faster the second time.
require('node:module').enableCompileCache?.();

const entry = join(__dirname, '..', 'dist', 'starters', 'cli', 'main.js');
if (existsSync(entry)) {
  require(entry).main(process.argv.slice(2));
} else {
  process.stderr.write('hub: the program is not built yet; run: npm run build\n');
  process.exitCode = 1;
}
