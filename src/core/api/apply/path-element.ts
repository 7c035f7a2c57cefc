/**
 * One step of a field path, as FieldsV1 spells it: `f:name` a field, `k:{"name":"a"}` the list item with these keys,
 * `v:"x"` the set member, `i:0` an index. Canonical, so equal steps are equal strings.
 */
export type PathElement = string;

export function fieldElement(name: string): PathElement {
  return `f:${name}`;
}

/** The keys are sorted by name. */
export function keyElement(keys: readonly (readonly [name: string, value: unknown])[]): PathElement {
  const sorted = [...keys].sort(([a], [b]) => compareText(a, b));
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${canonicalJson(value)}`).join(',')}}`;
}

export function valueElement(value: unknown): PathElement {
  return `v:${canonicalJson(value)}`;
}

/** The canonical spelling of a step that came from outside; undefined when it is none. */
export function parseElement(text: string): PathElement | undefined {
  const body = text.slice(2);
  switch (text.slice(0, 2)) {
    case 'f:': return text;
    case 'i:': return /^-?\d+$/.test(body) ? `i:${Number(body)}` : undefined;
    case 'v:': return withJson(body, valueElement);
    case 'k:': return withJson(body, (keys) => (typeof keys === 'object' && keys !== null && !Array.isArray(keys) ? keyElement(Object.entries(keys)) : undefined));
    default: return undefined;
  }
}

/** `.name`, `[name="a"]`, `[="x"]`, `[0]`: how conflict messages print a step (A50). */
export function describeElement(element: PathElement): string {
  const body = element.slice(2);
  switch (element[0]) {
    case 'f': return `.${body}`;
    case 'v': return `[=${body}]`;
    case 'k': return `[${Object.entries(JSON.parse(body) as object).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
    default: return `[${body}]`;
  }
}

const ranks = 'fkvi';

/** The order of FieldsV1: fields, keyed items, values, indexes; each by its content. */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a === b) return 0;
  if (a.startsWith('f') && b.startsWith('f')) return compareText(a, b);
  const rank = ranks.indexOf(a[0] ?? '') - ranks.indexOf(b[0] ?? '');
  if (rank !== 0) return rank;
  if (a.startsWith('i')) return Number(a.slice(2)) - Number(b.slice(2));
  const left: unknown = JSON.parse(a.slice(2));
  const right: unknown = JSON.parse(b.slice(2));
  return a.startsWith('v') ? compareValues(left, right) : compareKeys(left as object, right as object);
}

function compareKeys(a: object, b: object): number {
  const left = Object.entries(a);
  const right = Object.entries(b);
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = compareText(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareValues(a: unknown, b: unknown): number {
  const kinds = ['number', 'string', 'boolean'];
  const rank = kinds.indexOf(typeof a) - kinds.indexOf(typeof b);
  if (rank !== 0) return rank;
  if (typeof a === 'number') return a - (b as number); // the same type, by rank
  return typeof a === 'boolean' ? Number(a) - Number(b) : compareText(String(a), String(b));
}

const astral = /[\ud800-\udfff]/;

/** By UTF-8 bytes, as Go compares: the same as by UTF-16 units but for characters beyond the basic plane. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  if (astral.test(a) || astral.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : 1;
}

/** JSON with the members of objects in order of their names. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined).sort(([a], [b]) => compareText(a, b));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

function withJson(text: string, use: (value: unknown) => PathElement | undefined): PathElement | undefined {
  try {
    return use(JSON.parse(text));
  } catch {
    return undefined;
  }
}
