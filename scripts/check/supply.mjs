import { runChild } from '../setup/child.mjs';

/** Known vulnerabilities of what users install with the package. */
export default async function supply() {
  const { code, output } = await runChild('npm', ['audit', '--omit=dev', '--json'], { quiet: true });
  let report;
  try {
    report = JSON.parse(output.slice(output.indexOf('{')));
  } catch {
    return { ok: false, says: 'npm audit gave no answer', detail: output };
  }
  if (report.error || report.message) return { ok: false, says: 'npm audit could not ask the registry', detail: JSON.stringify(report.error ?? report.message) };
  const { total = 0 } = report.metadata?.vulnerabilities ?? {};
  return { ok: code === 0, says: `${total} known vulnerabilities in ${report.metadata?.dependencies?.prod ?? '?'} dependencies`, detail: code === 0 ? '' : output };
}
