export { epoch } from './epoch';
export { evaluate } from './evaluate';
export { optimize } from './optimize';
export { reevaluate } from './reevaluate';
