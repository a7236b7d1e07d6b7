import { z } from 'zod';

const longest = 64;

/** A name of lower-case ASCII letters, digits and single hyphens, at most 64 characters. */
export const Slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected a slug: lower-case letters, digits, single hyphens')
  .max(longest);

/** A text as a slug, cut where it is too long; null when it has no letter or digit of ASCII. */
export function slugOf(text: string): string | null {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, longest)
    .replace(/-$/, '');
  return slug === '' ? null : slug;
}
