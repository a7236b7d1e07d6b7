import fc from 'fast-check';
import { advanceClock, deadlineMs, firstControl, type RunClock } from '../../records/control';

const hourMs = 3_600_000;
const caps = (hours: number | null) => ({ costUsd: null, calls: null, tokens: null, hours });
const begun = (hours: number | null, nowMs = 1000) => firstControl(caps(hours), nowMs);

/** A run's life as spans of work and of waits for people, in milliseconds. */
const spans = fc.array(fc.record({ waits: fc.boolean(), ms: fc.integer({ min: 0, max: 10 * hourMs }) }), {
  maxLength: 20,
});

/** The clock at the end of a life that began at 1000, told of each change as it came. */
function clockAfter(life: readonly { waits: boolean; ms: number }[]): { clock: RunClock; nowMs: number } {
  let { clock } = begun(null);
  let nowMs = clock.startedMs;
  for (const { waits, ms } of life) {
    clock = advanceClock(clock, waits, nowMs);
    nowMs += ms;
  }
  return { clock: advanceClock(clock, false, nowMs), nowMs };
}

describe('the time that counts under a cap on hours', () => {
  it('leaves out exactly the waits for people, however often they begin and end', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 1, max: 100 }), (life, hours) => {
        const { clock, nowMs } = clockAfter(life);
        const worked = life.reduce((sum, { waits, ms }) => sum + (waits ? 0 : ms), 0);
        expect(deadlineMs({ caps: caps(hours), clock })).toBe(nowMs - worked + hours * hourMs);
      }),
    );
  });

  it('counts a wait once, however often it is looked at while it lasts', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: hourMs }), { minLength: 1 }), (looks) => {
        const waiting = advanceClock(begun(1).clock, true, 1000);
        let [clock, nowMs] = [waiting, 1000];
        for (const ms of looks) clock = advanceClock(clock, true, (nowMs += ms));
        expect(advanceClock(clock, false, nowMs)).toEqual(advanceClock(waiting, false, nowMs));
      }),
    );
  });

  it('never goes back with a clock that does', () => {
    const waiting = advanceClock(begun(1).clock, true, 5000);
    expect(advanceClock(waiting, false, 4000)).toEqual({ startedMs: 1000, waitedMs: 0, waitingSinceMs: null });
  });

  it('is over after the hours, fractions and later additions included; without a cap, never', () => {
    const { clock } = begun(null);
    expect(deadlineMs({ caps: caps(null), clock })).toBeNull();
    expect(deadlineMs({ caps: caps(0.5), clock })).toBe(1000 + hourMs / 2);
    expect(deadlineMs({ caps: caps(0.5 + 2), clock })).toBe(1000 + 2.5 * hourMs);
  });
});
