const CHECK_EVERY_MS = 300;

/**
 * Resolves when the process that started this one is gone. A signal to npm ends the shell between npm and us and never gets here, and a
 * killed npm sends none; either way nobody is left to stop us.
 */
export const untilParentEnds = (parentId: () => number = () => process.ppid): Promise<void> => {
  const parent = parentId();
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (parentId() === parent) return;
      clearInterval(timer);
      resolve();
    }, CHECK_EVERY_MS);
    timer.unref();
  });
};
