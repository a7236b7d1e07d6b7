const { default: Sequencer } = require('@jest/test-sequencer');

/** Folders whose tests run whole deployments: minutes, where others take seconds. */
const slow = [/[\\/]test[\\/]chaos[\\/]chaos\.test/, /[\\/]test[\\/]end-to-end[\\/]/, /[\\/]test[\\/]cli[\\/]/];

/** Starts the slow tests first: begun last, the longest would run alone on one of two workers. */
module.exports = class SlowFirstSequencer extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => slow.findIndex((folder) => folder.test(path)) + 1 || slow.length + 1;
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }
};
