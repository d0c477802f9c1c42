/** One direction: domain ← application ← adapters ← runtime ← functions ← local. Scripts stand outside and use any of them. */
const layers = ['src/domain', 'src/application', 'src/adapters', 'src/runtime', 'functions', 'src/local'];

const onlyInwards = layers.slice(0, -1).map((layer, index) => ({
  name: `${layer.replace('src/', '')}-looks-inwards`,
  comment: `${layer} must not know of anything that stands outside it.`,
  severity: 'error',
  from: { path: `^${layer}/` },
  to: { path: `^(${[...layers.slice(index + 1), 'scripts', 'test'].join('|')})/` },
}));

export default {
  forbidden: [
    ...onlyInwards,
    {
      name: 'domain-is-pure',
      comment:
        'The domain imports itself, zod, uuid (for name-based ids) and node:crypto (for hashes), nothing else.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/domain/', '^node_modules/(zod|uuid|canonicalize)/', '^(node:)?crypto$'] },
    },
    {
      name: 'application-has-no-sdk',
      comment: 'Use cases speak to ports; the AWS SDK belongs to adapters.',
      severity: 'error',
      from: { path: '^src/(application|contracts)/' },
      to: { path: '^node_modules/(@aws-sdk|@smithy|@middy)/' },
    },
    {
      name: 'contracts-know-the-domain-only',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { path: '^(src/(application|adapters|runtime|local)|functions|scripts)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-dev-dependency-in-lambda',
      severity: 'error',
      from: { path: '^(src/(domain|application|adapters|contracts|runtime)|functions)/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
};
