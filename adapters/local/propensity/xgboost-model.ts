import { HubError } from '../../../core/errors';

/** In UBJSON: an array of known length, a 64-bit number, below the key. */
const KEY = Buffer.from('version[#L', 'latin1');
const LENGTH_BYTES = 8;
const NUMBERS = 3;
const INT8 = 'i'.charCodeAt(0);

/**
 * The version of XGBoost that wrote a model, which closes it. Nothing else of the format is read here: models are XGBoost's.
 *
 * @param model UBJSON, as `XGBoosterSaveModel` writes it
 * @throws HubError MODEL_INVALID
 */
export function versionOf(model: Uint8Array): readonly number[] {
  const bytes = Buffer.from(model.buffer, model.byteOffset, model.byteLength);
  const key = bytes.lastIndexOf(KEY);
  const first = key + KEY.length + LENGTH_BYTES;
  if (key >= 0 && first + 2 * NUMBERS <= bytes.length) {
    const parts = Array.from({ length: NUMBERS }, (_, index) => first + 2 * index);
    if (parts.every((at) => bytes[at] === INT8)) return parts.map((at) => bytes.readInt8(at + 1));
  }
  throw new HubError('MODEL_INVALID', 'it is no model of XGBoost in UBJSON: it tells no version');
}
