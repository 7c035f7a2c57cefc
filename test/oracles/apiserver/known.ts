/** A refusal that is meant to differ. */
interface Known {
  /** The rule that says so (☆). */
  readonly id: string;
  readonly upstream: RegExp;
  readonly ours: RegExp;
}

/** Where upstream quotes the decoders of Go, or answers a wrong request as its own failure. */
const known: readonly Known[] = [
  { id: 'A14', upstream: /^resourceVersion should not be set on objects to be created$/, ours: /^resourceVersion should not be set on objects to be created$/ },
  { id: 'A21', upstream: /strconv\.ParseUint/, ours: /must be a decimal unsigned 64-bit number$/ },
  { id: 'A26', upstream: /^invalid continue token: continue key is not valid: /, ours: /^invalid continue token: / },
  { id: 'A42', upstream: /^error decoding patch: json: cannot unmarshal /, ours: /^a JSON patch must be / },
  { id: 'A43', upstream: /^error decoding patch: json: cannot unmarshal /, ours: /^a merge patch must be / },
  { id: 'A46', upstream: /^ "" is invalid: patch: Invalid value: /, ours: /does not match the expected (API version|kind)|cannot be handled as a/ },
  { id: 'A48', upstream: /^failed to create typed patch object .*: field not declared in schema/, ours: /: field not declared in schema$|: strict decoding error: / },
  { id: 'A51', upstream: /^failed to create typed patch object .*: duplicate entries for key /s, ours: /: Duplicate value: | is invalid: \[causes\]$/ },
  { id: 'A67', upstream: /^target\./, ours: /^target\./ },
  { id: 'A87', upstream: /: json: cannot unmarshal |: parsing time "/, ours: / in body must be of type / },
  { id: 'A87', upstream: /^failed to convert new object /, ours: / cannot be handled as a / },
  { id: 'A88', upstream: /no kind ".*" is registered for version|: unknown conversion$/, ours: /does not match the expected (API version|kind)/ },
];

/** The rule by which two answers to one request may differ. */
export function knownDifference(upstream: unknown, ours: unknown): string | undefined {
  const [theirs, mine] = [refusalIn(upstream), refusalIn(ours)];
  if (theirs === undefined || mine === undefined) return undefined;
  return known.find((one) => one.upstream.test(theirs) && one.ours.test(mine))?.id;
}

/** The message of an answer that is a refusal. */
function refusalIn(answer: unknown): string | undefined {
  const { type, status } = answer as { readonly type?: unknown; readonly status?: { readonly message?: unknown } };
  return type === 'refused' && typeof status?.message === 'string' ? status.message : undefined;
}
