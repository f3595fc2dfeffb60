// Mocha's own `spec` report, and the numbers in a file for the script that adds up the tiers.
const { writeFileSync } = require('node:fs');
const { reporters, Runner } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Runner.constants.EVENT_RUN_END, () => {
      const { passes, failures, pending } = runner.stats;
      const counts = JSON.stringify({ passes, failures, pending });
      if (process.env.UMA_TEST_COUNTS) writeFileSync(process.env.UMA_TEST_COUNTS, counts);
    });
  }
};
