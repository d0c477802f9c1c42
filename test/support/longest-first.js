import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/** The folders whose files take longest, in this order; one of them at the very end would keep one of two cores idle. */
const LONGEST = ['/test/simulation/', '/test/end-to-end/', '/test/deploy/', '/test/scripts/'];

const rank = ({ path }) => {
  const index = LONGEST.findIndex((folder) => path.includes(folder));
  return index < 0 ? LONGEST.length : index;
};

/** Runs the longest test files first, also where no earlier run has told how long each takes. */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
}
