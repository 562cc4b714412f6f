export { slices } from '../core/slices';
