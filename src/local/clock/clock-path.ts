/** Where the command-line tools ask what time it is in the local system, since it may run faster than elsewhere. */
export const CLOCK_PATH = '/_cc-native/clock';
