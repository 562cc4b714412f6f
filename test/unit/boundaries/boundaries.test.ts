import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const projectFolder = join(__dirname, '../../..');
const fixtures = 'test/fixtures/boundaries';

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

/** What dependency-cruiser finds in some folders, by the project's own rules. */
async function violationsIn(folders: readonly string[]): Promise<Violation[]> {
  const program = join(projectFolder, 'node_modules', '.bin', 'depcruise');
  const args = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders];
  const options = { cwd: projectFolder, maxBuffer: 64 * 2 ** 20 };
  // It ends with the number of violations as its exit code.
  const { stdout } = await promisify(execFile)(process.execPath, args, options).catch(
    (error: { stdout: string }) => error,
  );
  return (JSON.parse(stdout) as { summary: { violations: Violation[] } }).summary.violations;
}

describe('the layers of ARCHITECTURE.md', () => {
  it('hold in the code', async () => {
    const { scripts } = jest.requireActual<{ scripts: { boundaries: string } }>('../../../package.json');
    const folders = scripts.boundaries.split(' ').slice(3);
    expect(folders).toContain('core');
    expect(await violationsIn(folders)).toEqual([]);
  });

  it('are each guarded by a rule that finds its breach', async () => {
    const found = await violationsIn([fixtures]);
    const breaches = found.map(({ from, rule }) => `${rule.name}: ${from.slice(fixtures.length + 1)}`);
    expect(breaches.sort()).toEqual([
      'core-imports: core/uses-an-adapter.ts',
      'core-is-pure: core/reads-a-file.ts',
      'no-cycles: ports/lake.ts',
      'ports-imports: ports/uses-an-adapter.ts',
      'rooms-are-apart: adapters/aws/uses-the-local-room.ts',
      'schemas-imports: schemas/uses-core.ts',
      'workflows-are-deterministic: workflows/reads-a-file.ts',
      'workflows-imports: workflows/calls-an-activity-directly.ts',
    ]);
  });
});
