export const startHelp = `
npm start [-- EXAMPLE] [options]

Runs an example, by default examples/first-cluster: real manifests, a controller, the scheduler and simulated nodes.

  --store memory|memory-dir[=DIR]|etcd   where objects are kept (default memory); etcd is started for the run
  --endpoints URL,…                      a running etcd instead
  -f FILE…                               your own manifests
  --watch                                keeps running until Ctrl-C
  --real-time                            by the wall clock instead of 20 times as fast
  --seed N, --nodes N, --pods N
  --json FILE                            the final figures
`;

export const testHelp = `
npm test [-- PATTERN…] [-t NAME] [--watch]

Runs the tests whose path matches PATTERN (all without one), or those whose name matches NAME: npm test -- -t 'Q7 '.
The last line is "N passed, N failed".
`;

export const checkHelp = `
npm run check [-- PART…] [--update]

Runs the parts in this order (all but supply without PART):

  types      TypeScript over src, test, examples and bench, and the declarations of the package
  lint       eslint, import cycles, file sizes
  api        the API report of each entry point in etc/ is up to date; --update writes them
  package    the packed package, by publint and attw
  dead       unused files, exports and dependencies, by knip
  size       the size of each entry point, and what importing setpoint costs
  docs       the code blocks of README.md and docs/ compile
  links      relative links between Markdown files exist
  generated  generated files are fresh
  supply     known vulnerabilities of the dependencies (needs the network)
`;

export const conformanceHelp = `
npm run conformance [-- CONTRACT…] [--store memory|memory-dir|etcd] [--endpoints URL,…] [--etcd VERSION] [--json FILE]

Runs the tests that bear a rule's id and says how many rules of each contract are met.
Contracts: store api kinds queue informer controller election scheduler simulation controllers bad-input http-api node
  --store    what every store has to keep is held against this one (default memory); the rules
             of one backend alone always run
  --etcd     runs with etcd 3.5, 3.6 or 3.7, built with Go; without it with the etcd on the PATH
  --list     only counts the rules, runs nothing
  --write    writes test/conformance/rules.tsv from docs/rules
`;

export const benchHelp = `
npm run bench [-- GROUP…] [--peers] [--store memory|memory-dir|etcd] [--nodes N] [--pods N] [--json FILE] [--against REF] [--save]

Measures ours (and with --peers the upstream implementation beside it) and prints a table.
Groups so far: api store queue informer controller scheduler
  --peers    measures the upstream implementation beside ours where there is one (store: etcd's own
             client); built with Go
  --save     keeps the figures as this machine's baseline
`;

export const simHelp = `
npm run sim [-- --suite NAME…] [--seeds N] [--from N] [--faults LIST] [--replay TOKEN] [--workers N] [--minutes M] [--hash] [--json FILE]

Runs simulations with seeded faults and prints the violations found.
`;

export const chaosHelp = `
npm run chaos [-- NAME] [--minutes M] [--rounds N] [--seed N] [--etcd VERSION] [--json FILE]

Real processes and disks under faults; without NAME it lists what there is.

  etcd-kill  the leader of three real members is killed every 10 s under 50 writers, for 2 minutes (--minutes M)
  restore    backup, more writes, wipe and restore under two running apps, 5 times over a folder and over etcd (--rounds N)
  torn-log   the log of the store in a folder is cut at 10,000 random bytes, and changed by one bit as often; its
             process is killed 1,000 times (--rounds N: N cuts, a tenth as many kills)
  unknown    1,000 connections to etcd are reset in the middle of a write (--rounds N)
  --etcd     runs with etcd 3.5, 3.6 or 3.7, built with Go; without it with the etcd on the PATH
`;

export const oracleHelp = `
npm run oracle -- api [--cases N] [--json FILE]

Plays request programs against a real kube-apiserver and against the api here, and says where they
differ. kube-apiserver and its etcd are built with Go, the first time for some minutes.
  --cases    only the first N programs
`;

export const generateHelp = `npm run generate [-- --diff]

Asks the Go types of Kubernetes (the versions in tools/gen-kinds/go.mod) for the facts of the built-in kinds, and writes
src/kinds/generated/facts.ts: fields, types, protobuf numbers, patch strategies, lists and maps of apply. Needs Go 1.26.
  --diff   writes nothing; prints which fields come, go or change, and ends with 1 when a protobuf
           number or a list of apply has changed`;
