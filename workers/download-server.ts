import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unzipSync } from 'fflate';
import { namingFile } from './state-file';
import { checkServerBinary, pinnedCli } from './server-binary';
import { waitingFor, type Report } from './waiting';

const patienceMs = 10_000;
const platforms: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const architectures: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', arm64: 'arm64' };

/**
 * Downloads the official CLI archive and puts its binary at `target` (written aside, checked, renamed). Gives up when no
 * byte has come for 10 s. `SKILLGRAD_TEMPORAL_DOWNLOAD` replaces the address, for a mirror.
 *
 * @throws an Error that says what failed at which address
 */
export async function downloadServer(target: string, env: NodeJS.ProcessEnv, report: Report): Promise<void> {
  const url = archiveUrl(env);
  report(`Temporal server: downloading the Temporal CLI ${pinnedCli.version} from ${new URL(url).origin}`);
  const archive = await waitingFor(report, 'downloading the Temporal CLI', download(url));
  const binary = archive[0] === 0x50 ? fromZip(archive) : fromTarGz(archive);
  if (binary === null) throw new Error(`download: the archive from ${url} holds no file "temporal"`);
  await mkdir(dirname(target), { recursive: true });
  const aside = `${target}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await namingFile(target, () => writeFile(aside, binary, { mode: 0o755 }));
    await checkServerBinary(aside);
    await rename(aside, target);
  } finally {
    await rm(aside, { force: true });
  }
}

function archiveUrl(env: NodeJS.ProcessEnv): string {
  if (env['SKILLGRAD_TEMPORAL_DOWNLOAD']) return env['SKILLGRAD_TEMPORAL_DOWNLOAD'];
  const platform = platforms[process.platform];
  const arch = architectures[process.arch];
  if (platform === undefined || arch === undefined) {
    throw new Error(`download: there is no official Temporal CLI for ${process.platform} on ${process.arch}`);
  }
  return `https://temporal.download/cli/archive/v${pinnedCli.version}?platform=${platform}&arch=${arch}`;
}

async function download(url: string): Promise<Buffer> {
  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(), patienceMs);
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      clearTimeout(timer);
      timer = setTimeout(() => controller.abort(), patienceMs);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch (error) {
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    const reason = controller.signal.aborted
      ? `nothing came for ${patienceMs / 1000} s`
      : (cause?.code ?? cause?.message ?? (error as Error).message);
    throw new Error(`download from ${new URL(url).host} failed: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function fromZip(archive: Uint8Array): Uint8Array | null {
  const files = unzipSync(archive, { filter: (file) => /(^|\/)temporal(\.exe)?$/.test(file.name) });
  return Object.values(files)[0] ?? null;
}

/** A tar file is 512-byte blocks: a header (name at 0, octal size at 124), then the content, padded. */
function fromTarGz(archive: Uint8Array): Uint8Array | null {
  const tar = gunzipSync(archive, { maxOutputLength: 1024 ** 3 });
  for (let at = 0; at + 512 <= tar.length;) {
    const text = (from: number, length: number): string =>
      tar
        .subarray(at + from, at + from + length)
        .toString('latin1')
        .replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 12).trim() || '0', 8);
    if (/(^|\/)temporal$/.test(text(0, 100))) return tar.subarray(at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return null;
}
