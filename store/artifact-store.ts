import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import type { z } from 'zod';
import type { ArtifactRef, FileEntry } from '../records/artifact';
import { Tree } from '../records/artifact';
import { Fault } from '../records/fault';
import { createWhole, listWhole, readIfThere, renewIfThere, writeWhole } from './durable-files';
import { condemnedFile, fileOfArtifact, fileOfName } from './places';

/** Content-addressed blobs and named create-if-absent objects of one deployment, on a file system. */
export interface ArtifactStore {
  /** Identity of the store; each worker checks that it sees the one that a run was prepared in. */
  readonly id: string;
  readonly root: string;
  /** Stores bytes under their digest; a damaged artifact of that name is replaced. */
  putBytes(bytes: Uint8Array): Promise<ArtifactRef>;
  /** Stores plain data as canonical JSON (keys sorted), so that equal data has an equal name. */
  putJson(value: unknown): Promise<ArtifactRef>;
  /** Throws `store.missing` or `store.corrupt`. */
  getBytes(ref: ArtifactRef): Promise<Buffer>;
  getJson<Schema extends z.ZodType>(schema: Schema, ref: ArtifactRef): Promise<z.output<Schema>>;
  /** Path of a blob for readers that need a file; its bytes are verified first. */
  pathOf(ref: ArtifactRef): Promise<string>;
  putTree(files: readonly FileEntry[]): Promise<ArtifactRef>;
  getTree(ref: ArtifactRef): Promise<FileEntry[]>;
  /** Creates `name` (relative, with slashes) unless it exists; true if this call made it. Throws `store.bad-name`. */
  createNamed(name: string, value: unknown): Promise<boolean>;
  readNamed<Schema extends z.ZodType>(schema: Schema, name: string): Promise<z.output<Schema> | null>;
  /** Names right below the folder `name`, sorted. */
  listNamed(name: string): Promise<string[]>;
}

/** `sha256:<hex>` of bytes. */
export function digestOf(bytes: Uint8Array): ArtifactRef {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** JSON with keys sorted at every level: equal data, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

const restore =
  '`skillgrad store restore FOLDER` brings it back from a backup; or check that the worker sees the store of the run';

function corrupt(message: string, fix: string): Fault {
  return new Fault(message, { type: 'store.corrupt', retryable: false, fix });
}

function parse<Schema extends z.ZodType>(schema: Schema, bytes: Buffer, what: string): z.output<Schema> {
  let data: unknown;
  try {
    data = JSON.parse(bytes.toString());
  } catch {
    throw corrupt(`${what} is damaged: expected JSON, got ${bytes.length} bytes that are none`, restore);
  }
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const fix = 'use the version of SkillGrad that wrote it';
  throw corrupt(`${what} has an unexpected shape: ${issue?.path.join('.')}: ${issue?.message}`, fix);
}

/** Opens (and on first use makes) the store in `root`. */
export async function openStore(root: string): Promise<ArtifactStore> {
  const idFile = path.join(root, 'store-id');
  // Written only where there is none: a worker must start on a full or read-only disk too, to say so.
  if ((await readIfThere(idFile)) === null) await createWhole(idFile, Buffer.from(`${randomUUID()}\n`));
  const id = (await readIfThere(idFile))?.toString().trim() ?? '';
  if (!/^[0-9a-f-]{36}$/.test(id)) {
    throw corrupt(`store id ${idFile}: expected a UUID, got ${JSON.stringify(id.slice(0, 40))}`, restore);
  }
  const fileOf = (ref: ArtifactRef) => fileOfArtifact(root, ref);
  const namedFile = (name: string) => fileOfName(root, name);

  async function putBytes(bytes: Uint8Array): Promise<ArtifactRef> {
    const ref = digestOf(bytes);
    const file = fileOf(ref);
    // Made young before it is counted on: a collection that runs meanwhile takes old ones alone.
    const there = renewIfThere(file, condemnedFile(file)) ? await readIfThere(file) : null;
    if (there === null || digestOf(there) !== ref) await writeWhole(file, bytes);
    return ref;
  }

  async function getBytes(ref: ArtifactRef): Promise<Buffer> {
    const file = fileOf(ref);
    let bytes = await readIfThere(file);
    if (bytes === null) {
      renewIfThere(file, condemnedFile(file));
      bytes = await readIfThere(file);
    }
    if (bytes === null) {
      const details = { type: 'store.missing', retryable: false, fix: restore };
      throw new Fault(`artifact ${ref} is not in the store ${root}`, details);
    }
    const got = digestOf(bytes);
    if (got !== ref) throw corrupt(`artifact ${fileOf(ref)} is damaged: expected ${ref}, got ${got}`, restore);
    return bytes;
  }

  return {
    id,
    root,
    putBytes,
    putJson: (value) => putBytes(Buffer.from(canonicalJson(value))),
    getBytes,
    getJson: async (schema, ref) => parse(schema, await getBytes(ref), `artifact ${ref}`),
    pathOf: async (ref) => {
      await getBytes(ref);
      return fileOf(ref);
    },
    putTree: async (files) => {
      const entries = [];
      for (const { path: name, mode, bytes } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
        entries.push({ path: name, mode, artifact: await putBytes(bytes) });
      }
      return putBytes(Buffer.from(canonicalJson({ entries })));
    },
    getTree: async (ref) => {
      const { entries } = parse(Tree, await getBytes(ref), `tree ${ref}`);
      const files: FileEntry[] = [];
      // One by one: a tree may have more files than a process may open.
      for (const { path: name, mode, artifact } of entries) {
        files.push({ path: name, mode, bytes: await getBytes(artifact) });
      }
      return files;
    },
    createNamed: (name, value) => createWhole(namedFile(name), Buffer.from(canonicalJson(value))),
    readNamed: async (schema, name) => {
      const bytes = await readIfThere(namedFile(name));
      return bytes === null ? null : parse(schema, bytes, `object ${namedFile(name)}`);
    },
    listNamed: (name) => listWhole(namedFile(name)),
  };
}
