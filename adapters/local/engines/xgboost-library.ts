import { join } from 'node:path';
import { unpackWheel, type PinnedWheel } from './archives';
import { installedEngine, type OnStep } from './engine-cache';

/** That of SageMaker's built-in algorithm, image 3.0-5: what one has trained, the other reads. */
export const XGBOOST_VERSION = '3.0.5';

/** macOS has no build without GPUs; of Linux and Windows that one is a fifth of the size. */
const WHEELS: Readonly<Record<'linux' | 'darwin', PinnedWheel>> = {
  linux: {
    name: 'xgboost-cpu',
    version: XGBOOST_VERSION,
    sha256: [
      'ed5c141b88e53777b9bf8786881fd6e2e9032837c7e349052ab40363a14ac708',
      '9495654dc19b2bbf7f18328566adce2d3504dabf998f1185fac16ba6125d3fcb',
    ],
  },
  darwin: {
    name: 'xgboost',
    version: XGBOOST_VERSION,
    sha256: [
      '40c324c329bf74f44571cdafb7aa7435366309d76ec14b3e16874862aeb14351',
      'f974028c7a0c3ae51ef87e2900405436ddafff46452f6f334f5cc295e921429b',
    ],
  },
};

/**
 * Path of XGBoost's C library: `HUB_XGBOOST_LIBRARY`, or the one in its Python wheel, of which no Python is run.
 *
 * @throws HubError ENGINE_MISSING
 */
export async function xgboostLibrary(onStep: OnStep = () => undefined): Promise<string> {
  const given = process.env['HUB_XGBOOST_LIBRARY'];
  if (given) return given;
  const isMac = process.platform === 'darwin';
  const wheel = WHEELS[isMac ? 'darwin' : 'linux'];
  const folder = await installedEngine(
    {
      name: wheel.name,
      version: wheel.version,
      sources: [{ title: 'fetching with pip', install: (into) => unpackWheel(wheel, into) }],
      remedy: `Install Python 3 with pip, or name libxgboost ${XGBOOST_VERSION} in HUB_XGBOOST_LIBRARY.`,
    },
    onStep,
  );
  return join(folder, 'xgboost', 'lib', isMac ? 'libxgboost.dylib' : 'libxgboost.so');
}
