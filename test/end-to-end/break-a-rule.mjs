import { registerHooks } from 'node:module';

/**
 * Loaded before a program (`node --import`), it takes one rule out of the code: entries of a ledger no longer follow each other. For
 * showing that a simulation notices.
 */
const RULE = 'before?.head_hash ?? GENESIS_HASH';
const BROKEN = 'GENESIS_HASH';

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.endsWith('/src/domain/ledger/plan-ledger.ts')) return loaded;
    const source = String(loaded.source);
    if (!source.includes(RULE)) throw new Error(`${url} has no ${RULE}`);
    return { ...loaded, source: source.replace(RULE, BROKEN) };
  },
});
