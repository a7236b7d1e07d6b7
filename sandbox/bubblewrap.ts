import { SandboxUnavailableError } from './errors';
import type { Sandbox } from './sandbox';

export async function openBubblewrap(): Promise<Sandbox> {
  throw new SandboxUnavailableError('bubblewrap', 'binary', 'not there yet', 'Use the deno backend.');
}
