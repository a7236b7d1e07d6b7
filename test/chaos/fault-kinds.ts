import { z } from 'zod';

/** What a schedule may do to a run. */
export const ChaosKind = z.enum([
  // kill -9 of one worker, of all, of the Temporal server, of everything at once; SIGTERM; SIGSTOP beyond the heartbeat
  // timeout and SIGCONT.
  'kill-worker',
  'kill-workers',
  'kill-server',
  'kill-all',
  'terminate-worker',
  'freeze-worker',
  'freeze-workers',
  'freeze-all',
  // On the way to the model.
  'rate-limit',
  'server-error',
  'hang',
  'cut-body',
  'malformed-json',
  'slow-stream',
  // Of the disk that holds the store.
  'disk-full',
  'read-only',
  'corrupt-artifact',
  'torn-file',
  // Of sandboxed code: killed from outside, by hand and by the system for want of memory.
  'kill-child',
  'out-of-memory',
]);
export type ChaosKind = z.infer<typeof ChaosKind>;

interface KindRule {
  group: 'worker' | 'server' | 'model' | 'store' | 'sandbox';
  /** Whether answers may get lost on their way to the journal, one for each activity that runs. */
  losesAnswers: boolean;
  /** Beginnings of the reasons for which a run may pause under it. */
  pauses: readonly string[];
}

const worker: KindRule = { group: 'worker', losesAnswers: true, pauses: [] };
const server: KindRule = { group: 'server', losesAnswers: true, pauses: [] };
const model: KindRule = { group: 'model', losesAnswers: false, pauses: ['model.'] };
const sandbox: KindRule = { group: 'sandbox', losesAnswers: false, pauses: ['sandbox.'] };

export const kindRules: Record<ChaosKind, KindRule> = {
  'kill-worker': worker,
  'kill-workers': worker,
  'kill-server': server,
  'kill-all': worker,
  'terminate-worker': worker,
  'freeze-worker': worker,
  'freeze-workers': worker,
  'freeze-all': worker,
  'rate-limit': model,
  'server-error': model,
  hang: model,
  'cut-body': model,
  'malformed-json': model,
  'slow-stream': model,
  'disk-full': { group: 'store', losesAnswers: true, pauses: ['store.disk-full'] },
  'read-only': { group: 'store', losesAnswers: true, pauses: ['store.read-only'] },
  'corrupt-artifact': { group: 'store', losesAnswers: false, pauses: ['store.corrupt'] },
  'torn-file': { group: 'store', losesAnswers: false, pauses: [] },
  'kill-child': sandbox,
  'out-of-memory': sandbox,
};
