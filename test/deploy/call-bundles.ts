/**
 * Run by Node in a process of its own, as Lambda would: calls the handler of each bundle with an empty payload and an empty
 * context, and prints how that ended.
 *
 * Argument: JSON of BundleCall[]. Output: JSON of BundleResult[], in the same order.
 */
export interface BundleCall {
  readonly module: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface BundleResult {
  /** What the handler gave back, if it did not throw. */
  readonly answered?: { readonly error_code?: string };
  readonly error: string;
  readonly message: string;
  /** Where in the sources it was thrown. */
  readonly thrownAt: string;
}

const call = async ({ module, environment }: BundleCall): Promise<BundleResult> => {
  process.env = { ...environment };
  const { handler } = await import(module);
  try {
    return { answered: await handler({}, {}), error: 'none', message: '', thrownAt: '' };
  } catch (error) {
    const { name, message, stack } = error as Error;
    return { error: name, message, thrownAt: stack?.split('\n    at ')[1] ?? '' };
  }
};

if (import.meta.main) {
  const results: BundleResult[] = [];
  for (const each of JSON.parse(process.argv[2] ?? '[]') as BundleCall[]) results.push(await call(each));
  console.log(JSON.stringify(results));
}
