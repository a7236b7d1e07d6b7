/** Takes one line of news for people; where it goes is the caller's choice (stderr in the CLI). */
export type Report = (line: string) => void;

/**
 * Awaits `work`, with a line every 5 s that says what is being waited for and since when, so that no long silence looks
 * like a hang.
 */
export async function waitingFor<T>(report: Report, what: string, work: Promise<T>, everyMs = 5000): Promise<T> {
  const since = Date.now();
  const timer = setInterval(() => {
    report(`  … ${what} (${Math.round((Date.now() - since) / 1000)} s so far)`);
  }, everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
