import pc from 'picocolors';
import type { Progress } from '../../records/progress';
import { pauseText, progressLine, stepLine } from './progress-text';

/** Shows the progress of a run: one line kept fresh on a terminal, a line at each change of stage elsewhere. */
export interface ProgressDisplay {
  show(progress: Progress): void;
  /** A line that stays. */
  line(text: string): void;
  /** Takes the fresh line away; what is shown afterwards starts on a line of its own. */
  end(): void;
}

const quietMs = 10_000;
const tickMs = 1000;

/**
 * @param stream where it is shown; what stays is written to it too, so that it can be piped
 * @param startedMs when the run began, in Unix milliseconds
 */
export function progressDisplay(stream: NodeJS.WriteStream, startedMs: number): ProgressDisplay {
  const live = stream.isTTY;
  const seen = { steps: new Set<number>(), pause: '', stage: '', line: '', atMs: 0, warnings: new Set<string>() };
  let last: Progress | null = null;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write('\r\x1b[2K');
    drawn = false;
  };
  const text = (progress: Progress): string =>
    progressLine(progress, Date.now() - startedMs, live ? Math.max(20, (stream.columns || 80) - 1) : Infinity);
  const draw = (): void => {
    if (last === null || last.pause !== null) return;
    clear();
    stream.write(text(last));
    drawn = true;
  };
  // The clock goes on between two looks, so that a long stage doesn't seem to hang.
  const ticker = live ? setInterval(draw, tickMs).unref() : null;
  const line = (words: string): void => {
    clear();
    stream.write(`${words}\n`);
  };

  const showNews = (progress: Progress): void => {
    for (const step of progress.history) {
      if (!seen.steps.has(step.step)) line(`  ${stepLine(step)}`);
      seen.steps.add(step.step);
    }
    for (const warning of progress.warnings) {
      if (!seen.warnings.has(warning)) line(`${pc.yellow('warning:')} ${warning}`);
      seen.warnings.add(warning);
    }
    const pause = progress.pause === null ? '' : pauseText(progress.pause, progress.run);
    if (pause !== seen.pause) line(pause === '' ? 'Going on.' : pc.yellow(pause));
    seen.pause = pause;
  };

  return {
    line,
    show(progress) {
      showNews(progress);
      last = progress;
      if (live) return draw();
      const stage = `${progress.epoch}/${progress.step}/${progress.stage}`;
      const withoutClock = progressLine(progress, 0, Infinity);
      // While the run waits, for days if need be, only news are worth a line.
      const isNews = progress.pause === null || withoutClock !== seen.line;
      if (stage === seen.stage && (Date.now() - seen.atMs < quietMs || !isNews)) return;
      stream.write(`${text(progress)}\n`);
      seen.stage = stage;
      seen.line = withoutClock;
      seen.atMs = Date.now();
    },
    end() {
      if (ticker !== null) clearInterval(ticker);
      last = null;
      clear();
    },
  };
}
