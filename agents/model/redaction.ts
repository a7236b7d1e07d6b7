/** Keys shorter than this are placeholders of servers that need none (`none`, `EMPTY`): words that must stay. */
const shortestSecret = 8;

/**
 * A function that takes every form of a secret out of a text: raw, URL-encoded, and base64 at all three offsets.
 */
export function createRedaction(secret: string): (text: string) => string {
  if (secret.length < shortestSecret) return (text) => text;
  const forms = new Set([secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]);
  for (let offset = 0; offset < 3; offset += 1) {
    const encoded = base64Core(secret, offset);
    forms.add(encoded);
    forms.add(encoded.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return (text) => [...forms].reduce((clean, form) => clean.replaceAll(form, '[key]'), text);
}

/** One line of at most `limit` characters, without control characters: fit for an error message. */
export function excerpt(text: string, limit = 300): string {
  // A body may carry terminal escapes.
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ').trim();
  return line.length <= limit ? line : `${line.slice(0, limit)}… (${line.length} characters)`;
}

/** The base64 digits that depend on the secret alone when `offset` other bytes stand before it. */
function base64Core(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const encoded = bytes.toString('base64').replace(/=+$/, '');
  const start = Math.ceil((offset * 8) / 6);
  return encoded.slice(start, Math.floor((bytes.length * 8) / 6));
}
