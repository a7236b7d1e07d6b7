import { z } from 'zod';

/**
 * Reads the JSON block under each `## <Heading>` of a role's user message. Broken or missing blocks are left out: the
 * model then works with what it can read, as a real one would.
 */
export function readSections(message: string): Map<string, unknown> {
  const sections = new Map<string, unknown>();
  for (const match of message.matchAll(/^## ([^\n]+)\n+(`{3,}|~{3,})json\n([\s\S]*?)\n\2[ \t]*$/gm)) {
    const [, heading, , block] = match;
    if (heading === undefined || block === undefined) continue;
    try {
      sections.set(heading.trim().toLowerCase(), JSON.parse(block));
    } catch {
      continue;
    }
  }
  return sections;
}

/** The section as the schema's type, or `otherwise` when it is missing or of another shape. */
export function sectionOr<T>(
  sections: ReadonlyMap<string, unknown>,
  heading: string,
  schema: z.ZodType<T>,
  otherwise: T,
): T {
  const parsed = schema.safeParse(sections.get(heading.toLowerCase()));
  return parsed.success ? parsed.data : otherwise;
}

/** A line of the skill's outline as the optimiser's roles get it. */
export const OutlineLine = z.object({
  anchor: z.string(),
  kind: z.enum(['section', 'item', 'paragraph', 'code']),
  title: z.string(),
});
export type OutlineLine = z.infer<typeof OutlineLine>;
