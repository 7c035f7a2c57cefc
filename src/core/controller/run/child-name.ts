/** The characters of generated names, without vowels and look-alikes (A19). */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const hashLength = 10;
const longest = 63;

/**
 * The same name in each run and process, so that a create after a crash meets the child that is there already and
 * not a second one. A DNS label of at most 63 characters. Rule: R30.
 */
export function childName(primary: { readonly name: string; readonly uid: string }, parts: readonly string[]): string {
  const hash = encode(fnv1a64(JSON.stringify([primary.uid, ...parts])));
  const base = primary.name.replaceAll('.', '-').slice(0, longest - hashLength - 1).replace(/-+$/, '');
  return `${base}-${hash}`;
}

function fnv1a64(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

function encode(hash: bigint): string {
  let text = '';
  for (let rest = hash; text.length < hashLength; rest /= BigInt(alphabet.length)) text += alphabet[Number(rest % BigInt(alphabet.length))] ?? '';
  return text;
}
