/** A stand-in that knows the given calls only, and throws on every other one. */
export const fake = <T extends object>(port: string, supported: Partial<T>): T =>
  new Proxy(supported as T, {
    get: (target, name) => {
      if (name in target) return target[name as keyof T];
      throw new Error(`the fake ${port} does not support ${String(name)}`);
    },
  });
