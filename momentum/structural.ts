import type { Edit } from '../records/patch';

const structuralOps =
  /^(?:(?:write|delete|rename)-(?:reference|script)|(?:replace|delete)-section|merge|split|lift-to-reference)$/;

/** Whether an edit changes the structure of a skill (a reference, a whole section) and not just words in their place. */
export function isStructural({ op }: Pick<Edit, 'op'>): boolean {
  return structuralOps.test(op);
}
