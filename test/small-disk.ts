import { mountingWorks } from './mount-disk';

/** Tests that need a disk of their own; where none can be mounted, their name says what would run them. */
export const describeSmallDisk: (title: string, tests: () => void) => void = mountingWorks()
  ? describe
  : (title, tests) =>
      describe.skip(`${title} (skipped: \`sudo npm test\` enables it, by mounting a small disk)`, tests);
