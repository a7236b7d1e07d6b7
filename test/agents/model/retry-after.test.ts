import { retryAfter } from '../../../agents/model/retry-after';

const now = Date.parse('2025-06-01T12:00:00Z');

describe('how long a provider asks to wait', () => {
  it.each<[string, Record<string, string>, string, number | null]>([
    ['seconds', { 'retry-after': '7' }, '', 7000],
    ['a fraction of seconds', { 'retry-after': '0.25' }, '', 250],
    ['a date', { 'retry-after': 'Sun, 01 Jun 2025 12:00:30 GMT' }, '', 30_000],
    ['a date that is over', { 'retry-after': 'Sun, 01 Jun 2025 11:00:00 GMT' }, '', 0],
    ['milliseconds, which win', { 'retry-after-ms': '120', 'retry-after': '1' }, '', 120],
    ['centuries, which are cut to an hour', { 'retry-after': '99999999999' }, '', 3_600_000],
    ['nothing that can be read', { 'retry-after': 'soon' }, '', null],
    ['nothing', {}, 'Rate limit reached', null],
    ["Google's delay", {}, '{"retryDelay": "34.5s"}', 34_500],
    ['words', {}, 'Please try again in 1.5s. Visit', 1500],
    ['words of milliseconds', {}, 'Please try again in 20ms.', 20],
    ['words of minutes', {}, 'Please try again in 1m30s.', 90_000],
  ])('is read from %s', (_, headers, body, expected) => {
    expect(retryAfter(new Headers(headers), body, now)).toBe(expected);
  });
});
