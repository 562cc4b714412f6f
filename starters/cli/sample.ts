import type { Command } from 'commander';
import type { Hub } from '../../adapters/local/hub-folder';
export function sampleCommand(_program: Command): void {}
export async function writeSample(_hub: Hub, _sample: object, _signal: AbortSignal): Promise<void> {}
