/** Ends a wait on the first SIGINT or SIGTERM; a second one ends the process at once. */
export interface Interruption {
  signal: AbortSignal;
  /** Resolves with the first one. */
  signalled: Promise<void>;
  /** 128 + the signal's number, as shells have it; null when none came. */
  exitCode(): number | null;
  /** Leaves the signals to their defaults again. */
  release(): void;
}

const numbers = { SIGINT: 2, SIGTERM: 15 } as const;

/** Takes over SIGINT and SIGTERM until it is released. */
export function onInterruption(): Interruption {
  const controller = new AbortController();
  let code: number | null = null;
  const handlers = (['SIGINT', 'SIGTERM'] as const).map((name) => {
    const handle = (): void => {
      if (code !== null) process.exit(code);
      code = 128 + numbers[name];
      controller.abort();
    };
    process.on(name, handle);
    return { name, handle };
  });
  return {
    signal: controller.signal,
    signalled: new Promise((resolve) => controller.signal.addEventListener('abort', () => resolve())),
    exitCode: () => code,
    release: () => handlers.forEach(({ name, handle }) => process.off(name, handle)),
  };
}
