import { nodeTool } from '../setup/child.mjs';

/** Files, exports and dependencies that nothing uses. */
export default async function dead() {
  const { code, output } = await nodeTool('knip/bin/knip.js', ['--no-progress'], { quiet: true });
  if (code === 0) return { ok: true, says: 'nothing unused' };
  const counts = [...output.matchAll(/^(Unused|Unlisted|Duplicate|Unresolved|Configuration)[^(\n]*\((\d+)\)/gm)].map(([title]) => title.toLowerCase());
  return { ok: false, says: counts.length > 0 ? counts.join(', ') : 'knip found something', detail: output };
}
