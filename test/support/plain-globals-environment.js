import './compile-once.js';
import vm from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/**
 * Jest's environment for Node, but for one thing: the globals of a test file are plain properties of its global object. Jest keeps them behind
 * a proxy, to clear them away at the end of a file; every mention of `Promise`, `Object` or `JSON` in code under test goes through it, which
 * took a tenth to a seventh of the CPU of the tests in which that was measured. Contexts are thrown away as a whole instead.
 */
export default class PlainGlobalsEnvironment extends TestEnvironment {
  constructor(...given) {
    const { createContext } = vm;
    vm.createContext = () => createContext(vm.constants.DONT_CONTEXTIFY);
    try {
      super(...given);
    } finally {
      vm.createContext = createContext;
    }
  }
}
