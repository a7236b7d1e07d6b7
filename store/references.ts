import { ArtifactRef } from '../records/artifact';

const reference = /sha256:[0-9a-f]{64}/g;
/** Payloads of a Temporal history as JSON: what they hold is base64. */
const payload = /"data"\s*:\s*"([A-Za-z0-9+/=]{8,})"/g;

/** Keys under which a record keeps what a model, a user or a program wrote: a digest in there is no reference. */
const freeText = new Set([
  ...['content', 'thought', 'arguments', 'answer', 'text', 'texts', 'old', 'prompt', 'expected', 'got', 'detail'],
  ...['cause', 'correctApproach', 'label', 'rationale', 'reason', 'prompts', 'message', 'note', 'by', 'fix'],
]);

/**
 * Every artifact that bytes mention in any way, payloads of a history decoded. Says too much rather than too little: what
 * is not in here can't be needed by whoever reads these bytes.
 */
export function mentionedIn(bytes: Uint8Array): Set<ArtifactRef> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const found = new Set<ArtifactRef>(text.match(reference));
  for (const [, data = ''] of text.matchAll(payload)) {
    for (const ref of Buffer.from(data, 'base64').toString('latin1').match(reference) ?? []) found.add(ref);
  }
  return found;
}

/** What a record can't do without: other records, and files, whose content is nobody's record. */
export interface Required {
  records: Set<ArtifactRef>;
  files: Set<ArtifactRef>;
}

/**
 * The artifacts that a record names in whole strings, but for texts that somebody wrote; payloads of a history are
 * decoded. Empty for what is no JSON.
 */
export function requiredBy(bytes: Uint8Array): Required {
  const found: Required = { records: new Set(), files: new Set() };
  const look = (value: unknown, key: string | null): void => {
    if (typeof value === 'string') {
      if (key === 'data') look(parsed(Buffer.from(value, 'base64').toString('utf8')), null);
      else if (ArtifactRef.safeParse(value).success) found[key === 'artifact' ? 'files' : 'records'].add(value);
    } else if (Array.isArray(value)) {
      for (const inner of value as unknown[]) look(inner, key);
    } else if (value !== null && typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) if (!freeText.has(name)) look(inner, name);
    }
  };
  look(parsed(Buffer.from(bytes).toString('utf8')), null);
  return found;
}

function parsed(text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
