const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/** What whole runs of these projects must have used. */
const ENGINES = ['Moto', 'Trino', 'PostgreSQL', 'Gremlin Server', 'Gremlin Server with transactions'];
const PROMISED = {
  contract: [
    ...ENGINES,
    ...['Athena', 'Neptune', 'QuickSight', 'Redshift', 'SageMaker', 'SageMaker training'].map(frontOf),
  ],
  rooms: [...ENGINES, 'Temporal', ...['Athena', 'Neptune', 'Redshift'].map(frontOf)],
};

function frontOf(service) {
  return `front of ${service}`;
}

/** Tells which engines a run used, and fails a whole run that did not use one that it promises: a suite that is no longer run shows. */
module.exports = class EnginesReporter {
  constructor(globalConfig) {
    const { testPathPatterns, testNamePattern, onlyChanged, shard } = globalConfig;
    const patterns = testPathPatterns?.patterns ?? [];
    this.isWhole = patterns.length === 0 && !testNamePattern && !onlyChanged && !shard;
  }

  onRunStart() {
    this.folder = mkdtempSync(join(tmpdir(), 'hub-engines-'));
    process.env.HUB_USED_ENGINES = join(this.folder, 'used');
  }

  onRunComplete(contexts) {
    const counts = this.counts();
    if (counts.size > 0) {
      const told = [...counts].map(([engine, times]) => `${engine} (${times})`).join(', ');
      process.stderr.write(`engines started: ${told}\n`);
    }
    if (!this.isWhole) return;
    const projects = [...contexts].map(({ config }) => config.displayName?.name);
    const promised = new Set(projects.flatMap((name) => PROMISED[name] ?? []));
    const missing = [...promised].filter((engine) => !counts.has(engine));
    if (missing.length === 0) return;
    this.error = new Error(`the run promises to use ${missing.join(', ')}, and no test did`);
    // Jest ends with an error of its own, and does not tell which.
    process.stderr.write(`${this.error.message}\n`);
  }

  getLastError() {
    return this.error;
  }

  counts() {
    const counts = new Map();
    let text = '';
    try {
      text = readFileSync(process.env.HUB_USED_ENGINES, 'utf8');
    } catch {
      // Nothing was started.
    }
    rmSync(this.folder, { recursive: true, force: true });
    for (const engine of text.split('\n').filter(Boolean)) counts.set(engine, (counts.get(engine) ?? 0) + 1);
    return counts;
  }
};
