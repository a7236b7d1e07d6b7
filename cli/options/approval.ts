import type { Approval } from '../../records/review';
import { UserError } from '../terminal/user-error';
import type { RunSettings } from './run-settings';

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * Whether patches wait for approval, and what becomes of one that nobody reviews in time.
 *
 * @throws UserError for a timeout without approval
 */
export function approvalOf(settings: RunSettings, base: Approval | null): Approval | null {
  const timeout = settings['approve-timeout'];
  const approves = settings.approve === undefined ? base !== null : settings.approve === 'patches';
  if (!approves) {
    if (timeout !== undefined) throw new UserError(`--approve-timeout ${timeout}: goes with --approve patches.`, 2);
    return null;
  }
  const [, amount, unit, then] = /^(\d+)([mhd])=(\w+)$/.exec(timeout ?? '') ?? [];
  if (amount === undefined) return { timeout: base?.timeout ?? null };
  const ms = Number(amount) * unitMs[unit as keyof typeof unitMs];
  return { timeout: { ms, then: then as 'accept' | 'reject' | 'pause' } };
}
