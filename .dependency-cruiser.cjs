/** The house of docs/architecture.md as rules: who may import whom. `npm run check` fails on any breach. */

// Adapters, and the tests that prove them, are the only ones that know a vendor's client.
const brokerClients = '^node_modules/(@platformatic/kafka|kafkajs|amqplib|@aws-sdk/[^/]+|fauxqs)/';
// A harness, or clauses of its own, beside its adapter are test code too: they prove the adapter on its server.
const testCode = '(\\.test\\.tsx?$|/testing/|-(harness|foreign-client|clauses)\\.ts$)';
const aBreach = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    aBreach('no-cycles', 'A cycle has no order in which it can be read.', {}, { circular: true }),
    aBreach(
      'resolvable',
      'An import that is not found hides what it was meant to reach.',
      {},
      { couldNotResolve: true },
    ),
    aBreach(
      'lib-knows-nobody',
      'lib is pure and runs anywhere: only lib itself and pure packages.',
      { path: '^lib/', pathNot: testCode },
      { pathNot: ['^lib/', '^node_modules/(zod|msgpackr|diff|re2js)/'] },
    ),
    aBreach(
      'lib-tests-stay-in-lib',
      'The tests of lib may read files and use the test tools, but nobody else of the house.',
      { path: `^lib/.*${testCode}` },
      { path: '^(app|components|server|e2e|scripts)/' },
    ),
    aBreach(
      'properties-have-one-seed',
      'Drawn anew in every run, a test would fail for what nobody has changed.',
      { pathNot: '^lib/testing/properties\\.ts$' },
      { path: '^node_modules/fast-check/' },
    ),
    aBreach(
      'components-know-lib',
      'What is drawn takes its data as props or through the API client.',
      { path: '^components/' },
      { path: '^(app|server|e2e|scripts)/' },
    ),
    aBreach(
      'components-run-in-a-browser',
      'A component has no system below it.',
      { path: '^components/', pathNot: testCode },
      { dependencyTypes: ['core'] },
    ),
    aBreach(
      'app-asks-http-or-queries',
      'Pages and routes parse, call one function, and respond.',
      { path: '^app/' },
      { path: '^(server|e2e|scripts)/', pathNot: '^server/(http|queries)/' },
    ),
    aBreach(
      'cli-knows-lib',
      'The command line is a client of the HTTP interface, like any other.',
      { path: '^cli/', pathNot: testCode },
      { path: '^(server|app|components|e2e|scripts)/' },
    ),
    aBreach(
      'server-knows-lib',
      'The server neither draws nor is run by pages.',
      { path: '^server/', pathNot: testCode },
      { path: '^(app|components|e2e|scripts)/' },
    ),
    ...['kafka', 'rabbitmq', 'sqs'].map((broker) =>
      aBreach(
        `adapter-${broker}-stands-alone`,
        'An adapter knows the driver contract, lib and its own client package; nothing of the server, and no other adapter.',
        { path: `^server/brokers/${broker}/`, pathNot: testCode },
        {
          path: '^(server|app|components|e2e|scripts)/',
          pathNot: [`^server/brokers/${broker}/`, '^server/brokers/[^/]+\\.ts$'],
        },
      ),
    ),
    aBreach(
      'adapter-does-not-know-the-registry',
      'The registry names the adapters, never the other way round.',
      { path: '^server/brokers/(kafka|rabbitmq|sqs)/', pathNot: testCode },
      { path: '^server/brokers/registry\\.ts$' },
    ),
    aBreach(
      'only-the-registry-names-adapters',
      'Everybody else speaks to a driver through its contract.',
      {
        pathNot: [
          '^server/brokers/registry\\.ts$',
          '^server/brokers/(kafka|rabbitmq|sqs)/',
          testCode,
          '^(e2e|scripts|bench)/',
        ],
      },
      { path: '^server/brokers/(kafka|rabbitmq|sqs)/' },
    ),
    aBreach(
      'only-adapters-know-clients',
      'A vendor type outside of its adapter would tie the house to that vendor. The sandbox is a foreign shop with clients of its own.',
      {
        path: '^(app|components|lib|server)/',
        pathNot: ['^server/(brokers/(kafka|rabbitmq|sqs)|sandbox|local-brokers)/', testCode],
      },
      { path: brokerClients },
    ),
    aBreach(
      'sandbox-stays-outside',
      'Only the process itself starts the sandbox; the product must not lean on it.',
      {
        path: '^(app|components|lib|server)/',
        pathNot: ['^server/sandbox/', '^server/[^/]+\\.ts$', '^server/http/', testCode],
      },
      { path: '^server/sandbox/' },
    ),
    aBreach(
      'local-brokers-are-for-sandbox-and-tests',
      'A product that is deployed starts no brokers.',
      { path: '^(app|components|lib|server)/', pathNot: ['^server/(sandbox|local-brokers)/', testCode] },
      { path: '^server/local-brokers/' },
    ),
    aBreach(
      'nobody-imports-the-ends',
      'e2e and scripts use the house; the house does not use them.',
      { path: '^(app|components|lib|server)/', pathNot: testCode },
      { path: '^(e2e|scripts|bench)/' },
    ),
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    exclude: { path: '(^|/)(\\.next|\\.cache|data)/' },
    // TypeScript 7 has no compiler API that dependency-cruiser could use; scripts/check.ts makes sure that swc really read the modules.
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.css', '.d.mts'],
    },
    cache: false,
  },
};
