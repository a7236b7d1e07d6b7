import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { findServerBinary } from '../../workers/find-server';

const goodVersion = 'temporal version 1.5.1 (Server 1.29.1, UI 2.42.1)';
let folder: string;
let lines: string[];
const report = (line: string): void => void lines.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'find-server-'));
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function script(path: string, body: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}
const fakeTemporal = (name: string, version: string): string => script(join(folder, name), `echo '${version}'`);
const find = (env: NodeJS.ProcessEnv) =>
  findServerBinary(
    join(folder, 'cache'),
    { PATH: join(folder, 'bin'), SKILLGRAD_TEMPORAL_DOWNLOAD: 'http://127.0.0.1:9/none', ...env },
    report,
  );

/** A ustar archive of one file, gzipped. */
function tarGz(name: string, content: string): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  body.write(content);
  return gzipSync(Buffer.concat([header, body, Buffer.alloc(1024)]));
}

async function serve(handler: Parameters<typeof createServer>[1]): Promise<{ url: string; server: Server }> {
  const server = createServer(handler as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/cli.tar.gz`, server };
}

it('takes the path that SKILLGRAD_TEMPORAL_CLI names before anything on PATH', async () => {
  fakeTemporal('bin/temporal', goodVersion);
  const path = fakeTemporal('elsewhere', goodVersion);
  await expect(find({ SKILLGRAD_TEMPORAL_CLI: path })).resolves.toEqual({
    path,
    server: '1.29.1',
    source: 'SKILLGRAD_TEMPORAL_CLI',
  });
});

it('refuses an unusable SKILLGRAD_TEMPORAL_CLI instead of passing it over', async () => {
  fakeTemporal('bin/temporal', goodVersion);
  await expect(find({ SKILLGRAD_TEMPORAL_CLI: join(folder, 'missing') })).rejects.toThrow(
    /SKILLGRAD_TEMPORAL_CLI names an unusable Temporal CLI: .*missing.*ENOENT/,
  );
});

it('passes over an old and a foreign `temporal` on PATH, says why, and takes the next one', async () => {
  fakeTemporal('old/temporal', 'temporal version 0.10.7 (server 1.22.0) (ui 2.16.2)');
  fakeTemporal('foreign/temporal', 'Temporal Drift 3.1, a physics simulator');
  const path = fakeTemporal('good/temporal', goodVersion);
  const PATH = ['old', 'foreign', 'good'].map((name) => join(folder, name)).join(':');
  await expect(find({ PATH: `${PATH}:/usr/bin:/bin` })).resolves.toMatchObject({ path, source: 'PATH' });
  expect(lines).toEqual([
    expect.stringMatching(/old\/temporal holds server 1\.22\.0; 1\.27\.0 or newer is needed/),
    expect.stringMatching(/foreign\/temporal is no Temporal CLI: its --version says "Temporal Drift 3\.1/),
  ]);
});

it('downloads the archive once for callers at the same time, and finds it in the cache afterwards', async () => {
  let requests = 0;
  const { url, server } = await serve((_request, response) => {
    requests += 1;
    setTimeout(() => response.end(tarGz('temporal', `#!/bin/sh\necho '${goodVersion}'\n`)), 200);
  });
  try {
    const env = { SKILLGRAD_TEMPORAL_DOWNLOAD: url };
    const found = await Promise.all([find(env), find(env), find(env)]);
    expect(found.map(({ source }) => source).sort()).toEqual(['cache', 'cache', 'download']);
    expect(requests).toBe(1);
    await expect(find({})).resolves.toMatchObject({ source: 'cache', path: found[0]?.path });
  } finally {
    server.close();
  }
});

it('replaces a damaged binary in the cache', async () => {
  const { url, server } = await serve((_request, response) => {
    response.end(tarGz('temporal', `#!/bin/sh\necho '${goodVersion}'\n`));
  });
  try {
    const { path } = await find({ SKILLGRAD_TEMPORAL_DOWNLOAD: url });
    writeFileSync(path, 'half a binary');
    await expect(find({ SKILLGRAD_TEMPORAL_DOWNLOAD: url })).resolves.toMatchObject({ path, source: 'download' });
  } finally {
    server.close();
  }
});

it('gives up a silent download after 10 s and builds with Go, its binary moved into the cache', async () => {
  const { url, server } = await serve(() => undefined);
  script(
    join(folder, 'bin/go'),
    `case "$1" in
      env) echo go1.26.1;;
      install) test -z "$OPENAI_API_KEY" && test "$2 $3 $4" = "-ldflags -s -w github.com/temporalio/cli/cmd/temporal@v1.5.1" || exit 9
        printf '#!/bin/sh\\necho "${goodVersion}"\\n' > "$GOBIN/temporal" && chmod +x "$GOBIN/temporal";;
    esac`,
  );
  try {
    const env = {
      SKILLGRAD_TEMPORAL_DOWNLOAD: url,
      PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
      OPENAI_API_KEY: 'planted',
    };
    const found = await find(env);
    expect(found.source).toBe('go build');
    expect(readdirSync(join(found.path, '..'))).toEqual(['temporal']);
    expect(lines.join('\n')).toMatch(/failed: nothing came for 10 s/);
    expect(lines.filter((line) => line.includes('so far')).length).toBeGreaterThan(0);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('names an old Go, the failed download and the ways out when nothing can be had', async () => {
  script(join(folder, 'bin/go'), 'echo go1.22.5');
  const refused = find({ PATH: `${join(folder, 'bin')}:/usr/bin:/bin` });
  await expect(refused).rejects.toThrow(/download from 127\.0\.0\.1:9 failed/);
  await expect(refused).rejects.toThrow(/Go 1\.25\.0 or newer is needed, `go env GOVERSION` says "go1\.22\.5"/);
  await expect(refused).rejects.toThrow(/SKILLGRAD_TEMPORAL_CLI.*TEMPORAL_ADDRESS/);
  expect(existsSync(join(folder, 'cache/temporal'))).toBe(true);
});
