import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HubError, messageOf } from '../../../core/errors';
import { fileOf, modelOf } from '../../../core/identity/model/model-file';
import type { LinkageModel } from '../../../core/identity/model/linkage-model';
import { problemText, problemsOf } from '../../../schemas/issues';
import { modelFile, modelHeader, MODEL_FORMAT, MODEL_VERSION } from '../../../schemas/model-file';
import { replaceFile } from '../replace-file';

/** Writes a model, in the place of the one that may be there. */
export async function writeModel(path: string, model: LinkageModel): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await replaceFile(path, `${JSON.stringify({ format: MODEL_FORMAT, version: MODEL_VERSION, ...fileOf(model) })}\n`);
}

/** @throws HubError `MODEL_MISSING`, `MODEL_VERSION` for one of another version, `MODEL_INVALID` naming file and field */
export async function readModel(path: string): Promise<LinkageModel> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const message = `cannot read ${path}: ${error.message}; hub identity train writes it`;
    throw new HubError('MODEL_MISSING', message, { cause: error });
  });
  const content = parsed(path, text);
  const header = modelHeader.safeParse(content);
  if (header.success && header.data.version !== MODEL_VERSION) {
    throw new HubError(
      'MODEL_VERSION',
      `${path}: version: it has ${header.data.version}, and this hub reads ${MODEL_VERSION}; train it again with hub identity train`,
      { field: 'version' },
    );
  }
  const file = modelFile.safeParse(content, { reportInput: true });
  if (!file.success) throw invalid(path, problemsOf(file.error).map(problemText).join('; '));
  try {
    return modelOf(file.data);
  } catch (error) {
    throw error instanceof HubError ? invalid(path, error.message) : error;
  }
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, `it is no JSON (${messageOf(error)})`);
  }
}

function invalid(path: string, message: string): HubError {
  return new HubError('MODEL_INVALID', `${path}: ${message}`);
}
