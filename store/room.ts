import { statfs } from 'node:fs/promises';
import { Fault } from '../records/fault';
import { diskFull, storeFault } from './durable-files';

/** What the answers under way, the turns made of them and their trajectories take, with a wide margin. */
const neededBytes = 4 * 1024 * 1024;

/**
 * Checks that the answer to a call that is about to be paid for will find room. A disk fills up in the course of hours:
 * seen before it is full, it costs no answer.
 *
 * @throws Fault `store.disk-full`
 */
export async function checkRoom(storeRoot: string): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(storeRoot).catch((error: unknown) => {
    throw storeFault(error, `asking for the free space of ${storeRoot}`);
  });
  // Some network file systems don't tell: there a write that fails does.
  if (blocks === 0 || bavail * bsize >= neededBytes) return;
  const free = (bavail * bsize) / 1024 / 1024;
  const [type, fix] = diskFull;
  throw new Fault(
    `the disk of ${storeRoot} has ${free.toFixed(1)} MiB free: an answer that is paid for might be lost`,
    { type, retryable: true, fix },
  );
}
