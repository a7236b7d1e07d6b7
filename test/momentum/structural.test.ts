import { isStructural } from '../../momentum/structural';
import { edit } from '../skill/skill-files';

it.each([
  ['a section rewritten', edit({ op: 'replace-section', anchor: 'planning', text: '- look' }), true],
  ['sections merged', edit({ op: 'merge', anchors: ['planning', 'pitfalls'], text: '## One' }), true],
  ['items merged', edit({ op: 'merge', anchors: ['planning/1', 'planning/2'], text: 'look' }), false],
  ['a section split', edit({ op: 'split', anchor: 'planning', texts: ['## A', '## B'] }), true],
  ['an item split', edit({ op: 'split', anchor: 'planning/1', texts: ['a', 'b'] }), false],
  ['a reference written', edit({ op: 'write-reference', path: 'references/a.md', text: 'a' }), true],
  ['words within a reference', edit({ op: 'edit-reference', path: 'references/a.md', old: 'a', text: 'b' }), false],
  ['an item added', edit({ op: 'insert-item', section: 'planning', text: 'look' }), false],
  ['an item moved', edit({ op: 'move', anchor: 'planning/2', where: 'before', to: 'planning/1' }), false],
])('%s: is it a structural move?', (_what, one, structural) => {
  expect(isStructural(one)).toBe(structural);
});
