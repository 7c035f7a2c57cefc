import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { root } from '../setup/child.mjs';

/** The reviewed surface of each entry point, as a text in etc/: a change of it shows in every diff. */
export default async function api({ update } = {}) {
  const messages = [];
  const stale = [];
  const reports = entryPoints().map(({ name, types }) => {
    const reportFileName = `${name}.api.md`;
    const result = Extractor.invoke(configFor(types, reportFileName), {
      localBuild: update === true,
      messageCallback: (message) => {
        message.handled = true;
        if (message.logLevel === 'error') messages.push(`${reportFileName}: ${message.text}`);
      },
    });
    if (result.apiReportChanged) stale.push(`etc/${reportFileName}`);
    return reportFileName;
  });
  const left = existsSync(join(root, 'etc')) ? readdirSync(join(root, 'etc')).filter((file) => file.endsWith('.api.md') && !reports.includes(file)) : [];
  if (update) left.forEach((file) => { rmSync(join(root, 'etc', file)); });
  if (messages.length > 0) return { ok: false, says: `${messages.length} errors in the declarations`, detail: messages.join('\n') };
  if (update) return { ok: true, says: stale.length > 0 ? `wrote ${stale.join(', ')}` : `${reports.length} reports were up to date` };
  const wrong = [...stale, ...left.map((file) => `etc/${file}`)];
  return wrong.length === 0
    ? { ok: true, says: `${reports.length} reports are up to date` }
    : { ok: false, says: `${wrong.length} reports are stale`, detail: `${wrong.join('\n')}\nReview the change of the public surface and write it with: npm run check -- api --update` };
}

function entryPoints() {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports).filter(([, target]) => typeof target !== 'string')
    .map(([path, { types }]) => ({ name: path === '.' ? 'setpoint' : `setpoint-${path.slice(2).replaceAll('/', '-')}`, types }));
}

function configFor(types, reportFileName) {
  mkdirSync(join(root, 'etc'), { recursive: true });
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      compiler: { overrideTsconfig: { compilerOptions: { target: 'ES2022', module: 'NodeNext', moduleResolution: 'NodeNext', lib: ['ES2023', 'ESNext.Disposable'], types: ['node'], strict: true, skipLibCheck: true } } },
      apiReport: { enabled: true, reportFileName, reportFolder: join(root, 'etc'), reportTempFolder: join(root, '.build', 'api'), includeForgottenExports: false },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        // Types that the surface uses without exporting them are found by `package` (attw) where they hurt; release
        // tags are not used here; what the report itself would repeat as comments would only make it longer.
        extractorMessageReporting: { default: { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, 'package.json'),
  });
}
