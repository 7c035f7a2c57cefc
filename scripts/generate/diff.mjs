/**
 * What moving to another version of Kubernetes changes: fields that come, go or change, one line each. `breaking` are the
 * changed numbers of protobuf and the changed lists of apply, which stored objects depend on. Rule: T8.
 */
export function factsDiff(before, after) {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const lines = [];
  const breaking = [];
  for (const path of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === undefined) lines.push(`+ ${path} ${is.type}`);
    else if (is === undefined) lines.push(`- ${path} ${was.type}`);
    else {
      if (was.proto !== is.proto) breaking.push(`! ${path} has number ${is.proto}, before ${was.proto}`);
      if (was.ssa !== is.ssa) breaking.push(`! ${path} is applied as ${is.ssa || 'atomic'}, before ${was.ssa || 'atomic'}`);
      for (const what of ['type', 'flags', 'smp']) if (was[what] !== is[what]) lines.push(`~ ${path} ${what} ${is[what] || 'none'}, before ${was[what] || 'none'}`);
    }
  }
  return { lines, breaking };
}

function fieldsOf({ messages }) {
  const found = new Map();
  for (const [group, named] of Object.entries(messages)) {
    for (const [message, { fields }] of Object.entries(named)) {
      for (const [json, type, flags, proto, { smp = '', ssa = '' } = {}] of fields) found.set(`${group}.${message}.${json || `(${type})`}`, { type, flags, proto, smp, ssa });
    }
  }
  return found;
}
