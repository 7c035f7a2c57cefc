const subdomain = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

// Written without the nested repeats of the published forms above, so that no name makes the native engine backtrack.
const labelLike = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const label1035Like = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const qualifiedLike = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const subdomainText = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const labelText = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const label1035Text = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`;
const qualifiedText = `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualified}')`;
const valueText = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualified})?')`;

/** What is wrong with a name, in upstream's words; undefined when nothing is. Rules: A9, B22, B23 */
export function subdomainProblem(name: string): string | undefined {
  return name.length > 253 ? tooLong(253, 'characters') : isSubdomain(name) ? undefined : subdomainText;
}

/** DNS-1123 label: namespaces. */
export function labelProblem(name: string): string | undefined {
  if (name.length > 63) return tooLong(63, 'characters');
  return labelLike.test(name) ? undefined : isSubdomain(name) ? 'must not contain dots' : labelText;
}

/** DNS-1035 label: services, and the names of kinds. */
export function dns1035LabelProblem(name: string): string | undefined {
  return name.length > 63 ? tooLong(63, 'characters') : label1035Like.test(name) ? undefined : label1035Text;
}

/** Names that are only kept from meaning another path (RBAC kinds). */
export function pathSegmentProblem(name: string): string | undefined {
  if (name === '.' || name === '..') return `may not be '${name}'`;
  const found = ['/', '%'].find((character) => name.includes(character));
  return found === undefined ? undefined : `may not contain '${found}'`;
}

/** Every problem of `[prefix/]name`: label and annotation keys, finalizers (A11, A13). */
export function qualifiedNameProblems(name: string): readonly string[] {
  const parts = name.split('/');
  if (parts.length > 2) return [`a valid label key ${qualifiedText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  const problems: string[] = [];
  const [prefix, local] = parts.length === 2 ? [parts[0], parts[1] ?? ''] : [undefined, name];
  if (prefix !== undefined) {
    const problem = prefix === '' ? 'must be non-empty' : prefix.length > 253 ? tooLong(253, 'bytes') : subdomainProblem(prefix);
    if (problem !== undefined) problems.push(`prefix part ${problem}`);
  }
  if (local === '') problems.push('name part must be non-empty');
  else if (local.length > 63) problems.push(`name part ${tooLong(63, 'bytes')}`);
  if (!qualifiedLike.test(local)) problems.push(`name part ${qualifiedText}`);
  return problems;
}

/** Every problem of a label's value. */
export function labelValueProblems(value: string): readonly string[] {
  const problems: string[] = [];
  if (value.length > 63) problems.push(tooLong(63, 'bytes'));
  if (value !== '' && !qualifiedLike.test(value)) problems.push(valueText);
  return problems;
}

function isSubdomain(name: string): boolean {
  return name.split('.').every((part) => labelLike.test(part));
}

/** Upstream counts ASCII either way, and says so in two ways. */
function tooLong(limit: number, unit: 'bytes' | 'characters'): string {
  return `must be no more than ${limit} ${unit}`;
}
