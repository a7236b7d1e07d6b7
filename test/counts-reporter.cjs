/** Prints the run's counts alone on a line, in words that a script can read whatever the runner. */
module.exports = class CountsReporter {
  onRunComplete(_contexts, results) {
    const failedSuites = results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : '';
    process.stdout.write(
      `\n${results.numPassedTests} passed, ${results.numFailedTests + failedSuites} failed${skipped}\n`,
    );
  }
};
