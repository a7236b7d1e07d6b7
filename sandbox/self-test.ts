import type { SandboxLimits } from '../records/run-config';
import type { Sandbox } from './sandbox';

export async function selfTest(_sandbox: Sandbox, _limits: SandboxLimits): Promise<void> {}
