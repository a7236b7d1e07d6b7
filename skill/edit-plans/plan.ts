import { deleteBlock, insertBlock, replaceBlock } from './blocks';
import { deleteItem, insertItem, replaceItem } from './items';
import { planLift } from './lift';
import { planMerge, planSplit } from './merge-split';
import { planMove } from './move';
import { deleteSection, insertSection, replaceSection } from './sections';
import type { BodyEdit, BodyView, Plan, Refusal } from './view';

/** Turns one edit into splices of the body, or says why it can't be. */
export async function planEdit(edit: BodyEdit, view: BodyView): Promise<Plan | Refusal> {
  switch (edit.op) {
    case 'insert-section':
      return insertSection(edit.after, edit.text, view);
    case 'replace-section':
      return replaceSection(edit.anchor, edit.text, view);
    case 'delete-section':
      return deleteSection(edit.anchor, view);
    case 'insert-item':
      return insertItem(edit.section, edit.text, view);
    case 'replace-item':
      return replaceItem(edit.anchor, edit.text, view);
    case 'delete-item':
      return deleteItem(edit.anchor, view);
    case 'insert-block':
      return insertBlock(edit.where, edit.to, edit.text, view);
    case 'replace-block':
      return replaceBlock(edit.anchor, edit.text, view);
    case 'delete-block':
      return deleteBlock(edit.anchor, view);
    case 'move':
      return planMove(edit.anchor, edit.where, edit.to, view);
    case 'merge':
      return planMerge(edit.anchors, edit.text, view);
    case 'split':
      return planSplit(edit.anchor, edit.texts, view);
    case 'lift-to-reference':
      return planLift(edit, view);
    default:
      return edit satisfies never;
  }
}
