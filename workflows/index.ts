export { epoch } from './epoch';
export { evaluate } from './evaluate';
export { optimize } from './optimize';
