import { readdir, readFile, readlink } from 'node:fs/promises';

/** The state "listen" of a socket, as the system's table writes it. */
const listening = '0A';

/**
 * Whether exactly this process listens at a TCP port of IPv4: two that were told the same port can't both. null where
 * the system doesn't say (other than Linux, or a process of another user).
 *
 * @see proc(5): the fields of `/proc/net/tcp`
 */
export async function listensAt(pid: number, port: number): Promise<boolean | null> {
  try {
    const [, ...lines] = (await readFile('/proc/net/tcp', 'utf8')).trim().split('\n');
    const sockets = lines.flatMap((line) => {
      const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
      return state === listening && parseInt(local.split(':')[1] ?? '', 16) === port ? [`socket:[${inode}]`] : [];
    });
    const folder = `/proc/${pid}/fd`;
    const open = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
    return open.some((target) => sockets.includes(target));
  } catch {
    return null;
  }
}
