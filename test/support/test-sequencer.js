import Sequencer from '@jest/test-sequencer';

/**
 * The test files that take longest, first, so that none of them is left over at the end when one of two workers has nothing to do any more. Those
 * that mostly wait, for processes and their retries, stand beside those that compute.
 */
const FIRST = [
  ...['simulation/schedules-1', 'end-to-end/sigkill', 'deploy/dev-stage', 'end-to-end/start'],
  ...['simulation/schedules-2', 'scripts/e2e', 'simulation/schedules-3', 'simulation/schedules-4'],
  ...['simulation/action-crashes', 'deploy/deployed-package', 'local/scenario/random-scenarios'],
].map((name) => `/test/${name}.test.ts`);

const placeOf = ({ path }) => {
  const place = FIRST.findIndex((name) => path.endsWith(name));
  return place < 0 ? FIRST.length : place;
};

/** Jest's order, which without durations of an earlier run is by size of the files, but for those. */
export default class TestSequencer extends Sequencer {
  sort(tests) {
    return super.sort(tests).sort((one, other) => placeOf(one) - placeOf(other));
  }
}
