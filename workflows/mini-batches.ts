export { miniBatches } from '../records/mini-batches';
