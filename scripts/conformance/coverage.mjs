/** The rule ids that a test's name bears: whole words, with ranges spelled out (`Q6–Q8`). */
export function idsIn(name) {
  const ids = new Set();
  for (const [, letter, from, , last] of name.matchAll(/(?<![\w-])([A-Z])(\d+)(\s?[–-]\s?\1(\d+))?(?![\w])/g)) {
    const end = last === undefined ? Number(from) : Number(last);
    // A range that runs backwards or is absurdly long is two ids, not a range.
    if (end < Number(from) || end - Number(from) > 200) { ids.add(`${letter}${from}`).add(`${letter}${last}`); continue; }
    for (let n = Number(from); n <= end; n++) ids.add(`${letter}${n}`);
  }
  return ids;
}

/**
 * How many rules of each contract a run met: at least one test bearing the id ran, and all that bear it passed (X4).
 *
 * @param {{ id: string, contract: string, priority: string }[]} rules
 * @param {{ fullName: string, status: string }[]} tests
 */
export function coverageOf(rules, tests) {
  const outcome = new Map();
  for (const { fullName, status } of tests) {
    if (status !== 'passed' && status !== 'failed') continue;
    for (const id of idsIn(fullName)) outcome.set(id, status === 'failed' || outcome.get(id) === 'failed' ? 'failed' : 'passed');
  }
  return [...new Set(rules.map(({ contract }) => contract))].map((contract) => {
    const own = rules.filter((rule) => rule.contract === contract);
    const isMet = ({ id }) => outcome.get(id) === 'passed';
    const priorities = Object.fromEntries(['P0', 'P1', 'P2'].map((priority) => {
      const some = own.filter((rule) => rule.priority === priority);
      return [priority, { total: some.length, met: some.filter(isMet).length }];
    }));
    return {
      contract, total: own.length, met: own.filter(isMet).length,
      missing: own.filter(({ id }) => !outcome.has(id)).map(({ id }) => id),
      failing: own.filter(({ id }) => outcome.get(id) === 'failed').map(({ id }) => id),
      priorities,
    };
  });
}
