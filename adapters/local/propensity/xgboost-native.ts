import koffi from 'koffi';
import { HubError } from '../../../core/errors';
import type { BoosterParameters, Matrix } from '../../../ports/tree-booster';

/** An object of the library's. */
type Handle = unknown;

/** What `XGBoosterPredictFromDMatrix` may be asked for. */
export const MARGIN = 1;
export const CONTRIBUTIONS = 2;

/**
 * XGBoost's C functions. Synchronous, and to be called by one thread only, which does nothing else: its random numbers belong
 * to the thread. Everything made has to be freed.
 */
export class XgboostNative {
  private readonly library;
  private readonly call;

  constructor(path: string) {
    // Threads that spin while they wait stall a machine of few cores.
    process.env['OMP_WAIT_POLICY'] ??= 'PASSIVE';
    this.library = koffi.load(path);
    this.call = declared(this.library);
  }

  version(): string {
    const [major, minor, patch] = [[0], [0], [0]];
    this.call.version(major, minor, patch);
    return [major, minor, patch].join('.');
  }

  matrix({ values, rows, columns }: Matrix, labels?: Float32Array): Handle {
    const out: Handle[] = [null];
    this.check(this.call.createMatrix(values, rows, columns, Number.NaN, out));
    if (labels !== undefined) this.check(this.call.setInfo(out[0], 'label', labels, labels.length));
    return out[0];
  }

  freeMatrix(matrix: Handle): void {
    this.check(this.call.freeMatrix(matrix));
  }

  booster(matrices: readonly Handle[], parameters: BoosterParameters): Handle {
    const out: Handle[] = [null];
    this.check(this.call.createBooster([...matrices], matrices.length, out));
    for (const [name, value] of Object.entries(parameters)) {
      this.check(this.call.setParameter(out[0], name, String(value)));
    }
    return out[0];
  }

  freeBooster(booster: Handle): void {
    this.check(this.call.freeBooster(booster));
  }

  update(booster: Handle, round: number, matrix: Handle): void {
    this.check(this.call.update(booster, round, matrix));
  }

  /** What the `eval_metric` says of a matrix. */
  evaluate(booster: Handle, round: number, matrix: Handle): number {
    const said: string[] = [''];
    this.check(this.call.evaluate(booster, round, [matrix], ['test'], 1, said));
    return Number(said[0]!.slice(said[0]!.lastIndexOf(':') + 1));
  }

  /** @param rounds of the model that count, all by 0 */
  predict(booster: Handle, matrix: Handle, what: number, rounds = 0): Float32Array {
    const config = JSON.stringify({
      type: what,
      training: false,
      iteration_begin: 0,
      iteration_end: rounds,
      strict_shape: true,
    });
    const [shape, dimensions, values]: [Handle[], number[], Handle[]] = [[null], [0], [null]];
    this.check(this.call.predict(booster, matrix, config, shape, dimensions, values));
    const sizes = koffi.decode(shape[0], 'uint64_t', dimensions[0]!) as (number | bigint)[];
    const length = sizes.reduce<number>((product, size) => product * Number(size), 1);
    // The library's memory is its own, and filled anew by the next prediction.
    return new Float32Array(koffi.view(values[0], length * Float32Array.BYTES_PER_ELEMENT)).slice();
  }

  save(booster: Handle): Uint8Array {
    const [length, bytes]: [number[], Handle[]] = [[0], [null]];
    this.check(this.call.save(booster, JSON.stringify({ format: 'ubj' }), length, bytes));
    return new Uint8Array(koffi.view(bytes[0], length[0]!)).slice();
  }

  load(booster: Handle, model: Uint8Array): void {
    this.check(this.call.load(booster, model, model.length));
  }

  private check(status: number): void {
    if (status === 0) return;
    const said = (this.call.lastError() as string).split('\nStack trace')[0]!.trim();
    throw new HubError('BOOSTER_REFUSED', `XGBoost: ${said.replace(/^\[[\d:]+\]\s*\S+:\s*/, '')}`);
  }
}

function declared(library: ReturnType<typeof koffi.load>) {
  const func = (definition: string) => library.func(definition) as (...values: unknown[]) => number;
  return {
    version: func('void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)'),
    lastError: library.func('const char *XGBGetLastError()') as () => string,
    createMatrix: func(
      'int XGDMatrixCreateFromMat(const float *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out)',
    ),
    setInfo: func('int XGDMatrixSetFloatInfo(void *matrix, const char *field, const float *values, uint64_t length)'),
    freeMatrix: func('int XGDMatrixFree(void *matrix)'),
    createBooster: func('int XGBoosterCreate(void **matrices, uint64_t length, _Out_ void **out)'),
    setParameter: func('int XGBoosterSetParam(void *booster, const char *name, const char *value)'),
    freeBooster: func('int XGBoosterFree(void *booster)'),
    update: func('int XGBoosterUpdateOneIter(void *booster, int round, void *matrix)'),
    evaluate: func(
      'int XGBoosterEvalOneIter(void *booster, int round, void **matrices, const char **names, uint64_t length, _Out_ const char **said)',
    ),
    predict: func(
      'int XGBoosterPredictFromDMatrix(void *booster, void *matrix, const char *config, _Out_ void **shape, _Out_ uint64_t *dimensions, _Out_ void **values)',
    ),
    save: func(
      'int XGBoosterSaveModelToBuffer(void *booster, const char *config, _Out_ uint64_t *length, _Out_ void **bytes)',
    ),
    load: func('int XGBoosterLoadModelFromBuffer(void *booster, const void *model, uint64_t length)'),
  };
}
