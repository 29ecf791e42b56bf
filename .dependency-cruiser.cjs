const zod = 'node_modules/zod/';

const forbidden = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbidden('no-circular', 'A cycle has no order to read it in.', {}, { circular: true }),
    forbidden(
      'everything-resolves',
      'What does not resolve would escape every other rule.',
      {},
      { couldNotResolve: true },
    ),
    forbidden(
      'core-is-pure',
      'The domain runs the same everywhere: it imports itself, zod, and node:crypto to hash.',
      { path: '^functions/core/', pathNot: '^functions/core/address-guard[.]ts$' },
      { pathNot: ['^functions/core/', zod, '^(node:)?crypto$'] },
    ),
    forbidden(
      'addresses-are-told-apart-by-node',
      "Which address is whose is a rule of the domain; that reads them as the system does, by node:net's lists.",
      { path: '^functions/core/address-guard[.]ts$' },
      { pathNot: '^(node:)?net$' },
    ),
    forbidden(
      'agent-knows-core-only',
      'The agent loop is stepped by whoever drives it: it knows no store, queue or API.',
      { path: '^functions/agent/' },
      { path: ['^(functions|agents|bin|lib|test)/'], pathNot: '^functions/(agent|core)/' },
    ),
    forbidden(
      'agents-use-the-public-surface',
      'An agent runs on either runtime, survives our refactorings, and can be taken away as one file and one folder.',
      { path: '^agents/([^/.]+)' },
      { pathNot: ['^functions/agent/', '^agents/$1(/|[.]ts$)', zod], dependencyTypesNot: ['core'] },
    ),
    forbidden(
      'adapters-do-not-know-the-api',
      'Adapters serve ports of core; the API is one of their users.',
      { path: '^functions/adapters/' },
      { path: '^functions/api/' },
    ),
    forbidden(
      'runtimes-are-apart',
      'Neither runtime may need the other one: what they share belongs to core.',
      { path: '^functions/adapters/(aws|embedded)/' },
      { path: '^functions/adapters/(aws|embedded)/', pathNot: '^functions/adapters/$1/' },
    ),
    forbidden(
      'dialects-are-islands',
      "A dialect's words stay in its folder.",
      { path: '^functions/api/dialects/([^/]+)/' },
      { path: '^functions/api/dialects/', pathNot: '^functions/api/dialects/$1/' },
    ),
    forbidden(
      'no-infrastructure-in-functions',
      'What is deployed carries no CDK and nothing of the tooling around it.',
      { path: '^(functions|agents)/' },
      { path: ['^(bin|lib|test)/', '(^|node_modules/)(aws-cdk-lib|constructs|@aws-cdk)(/|$)'] },
    ),
    forbidden(
      'runs-without-dev-dependencies',
      'npm start installs dependencies only; what runs on Lambda alone is bundled before it is deployed.',
      {
        path: '^(functions|agents)/',
        pathNot: '^functions/(adapters/aws/|(?!api/)[^/]+/handler[.]ts$)',
      },
      {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
      },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
