import { io, quick } from './activities';
import type { LandSourceResult } from '../activities/landed-files';
import { report } from './report';

export interface IngestSourceInput {
  readonly source: string;
  /** YYYY-MM-DD; files dated later are left for later. */
  readonly businessDate: string;
}

/** Lands what is new of one source: every file staged on its own, then all of them at once, or none. */
export async function ingestSource({ source, businessDate }: IngestSourceInput): Promise<LandSourceResult> {
  const files = await quick.listNewFiles({ source, businessDate });
  report(`${source}: ${files.length} new files`);
  if (files.length === 0) return { batch: '', files: [] };
  const staged = await Promise.all(files.map((file) => io.stageFile({ source, file })));
  report(`${source}: ${files.length} files staged, landing`);
  const landed = await io.landSource({ source, businessDate, files: staged });
  report(`${source}: ${landed.files.length} files landed`);
  return landed;
}
