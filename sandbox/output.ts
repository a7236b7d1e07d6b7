/** More than this many times the limit and the run is ended: reading on would only cost time. */
const drainFactor = 16;

/** Keeps the beginning of what a run prints. */
export class OutputCapture {
  private readonly kept: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  private readonly seen = { stdout: 0, stderr: 0 };

  /** @param limitBytes for both streams together. */
  constructor(private readonly limitBytes: number) {}

  /** Returns false once so much was printed that the run should end. */
  add(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    const room = this.limitBytes - this.seen[stream];
    if (room > 0) this.kept[stream].push(chunk.subarray(0, room));
    this.seen[stream] += chunk.length;
    return this.seen.stdout + this.seen.stderr <= this.limitBytes * drainFactor;
  }

  /** True when something printed is not in the text. */
  get cut(): boolean {
    return this.seen.stdout + this.seen.stderr > this.limitBytes;
  }

  /**
   * The beginnings of both streams, within the limit together. Which bytes are kept depends on what each stream
   * holds, never on the order in which they arrived.
   * @param hidden paths of this machine, the longest first, and what is shown instead of each
   */
  text(hidden: ReadonlyArray<readonly [path: string, shown: string]>): { stdout: string; stderr: string } {
    const stdout = Buffer.concat(this.kept.stdout);
    const stderr = Buffer.concat(this.kept.stderr);
    const errorShare = Math.min(
      stderr.length,
      Math.max(Math.floor(this.limitBytes / 2), this.limitBytes - stdout.length),
    );
    return {
      stdout: clean(stdout.subarray(0, this.limitBytes - errorShare), hidden),
      stderr: clean(stderr.subarray(0, errorShare), hidden),
    };
  }
}

function clean(bytes: Buffer, hidden: ReadonlyArray<readonly [path: string, shown: string]>): string {
  // stream: true holds back a character that the cut went through.
  let text = new TextDecoder().decode(bytes, { stream: true });
  for (const [path, shown] of hidden) {
    text = text.replaceAll(`file://${path}`, shown).replaceAll(path, shown);
  }
  return text;
}
