import fc from 'fast-check';
import { Slug, slugOf } from '../../records/slug';

it('makes a slug of any text, or none where there is nothing to make it of', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', ' ', 'é') })), (text) => {
      const slug = slugOf(text);
      if (slug === null) expect(text.toLowerCase()).not.toMatch(/[a-z0-9]/);
      else expect(Slug.safeParse(slug).success).toBe(true);
    }),
  );
  expect(slugOf('  Reads too few rows! ')).toBe('reads-too-few-rows');
  expect(slugOf(`${'a'.repeat(63)} b`)).toBe('a'.repeat(63));
  expect(slugOf('数据')).toBeNull();
});
