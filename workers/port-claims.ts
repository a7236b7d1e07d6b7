import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identify, isAlive, ProcessIdentity } from './process-identity';
import { namesIn, readState, writeState } from './state-file';

/** The ports of one home's server, as long as its supervisor runs. */
const PortClaim = ProcessIdentity.extend({ ports: z.array(z.number().int()) });

const fileOf = (folder: string, pid: number): string => join(folder, `${pid}.json`);

/**
 * Tells the other homes of this machine which ports this process keeps for its server: while that is being started again
 * they are free, and whoever took one would be spoken to by our workers.
 */
export async function claimPorts(folder: string, ports: number[]): Promise<void> {
  await writeState(fileOf(folder, process.pid), { ...identify(process.pid), ports });
}

export async function releasePorts(folder: string): Promise<void> {
  await rm(fileOf(folder, process.pid), { force: true });
}

/** The ports that other processes keep; claims of those that have died are cleared away. */
export async function claimedPorts(folder: string): Promise<number[]> {
  const names = (await namesIn(folder)).filter((name) => /^\d+\.json$/.test(name));
  const claims = await Promise.all(names.map((name) => readState(join(folder, name), PortClaim)));
  const ports: number[] = [];
  for (const claim of claims) {
    if (claim === null || claim.pid === process.pid) continue;
    if (isAlive(claim)) ports.push(...claim.ports);
    else await rm(fileOf(folder, claim.pid), { force: true });
  }
  return ports;
}
