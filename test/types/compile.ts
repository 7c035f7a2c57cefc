import path from 'node:path';
import ts from 'typescript';

/** What the compiler says of one marked line: the whole message, and its last line, which users read first. */
export interface Finding {
  readonly number: string;
  readonly name: string;
  readonly code: number;
  readonly message: string;
  readonly last: string;
}

const root = path.resolve(import.meta.dirname, '../..');
const mark = /^\/\/ @ts-expect-error (\d\d) (.+)$/;

/** Compiles a file of mistakes as users would, without the marks that expect them, and pairs each with its messages. */
export function findings(file: string): readonly Finding[] {
  const name = path.join(root, file);
  const marked = ts.sys.readFile(name) ?? '';
  const lines = marked.split('\n');
  const text = marked.replaceAll('// @ts-expect-error ', '// ');
  const host = hostWith(name, text);
  const program = ts.createProgram([name], { ...options(), incremental: false, noEmit: true }, host);
  const source = program.getSourceFile(name);
  return program.getSemanticDiagnostics(source).flatMap((diagnostic) => {
    const line = source?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
    const [, number, mistake] = mark.exec(lines[line - 1] ?? '') ?? [];
    const message = ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n');
    if (number === undefined || mistake === undefined) throw new Error(`${file}:${line + 1} is no marked mistake, and does not compile: ${message}`);
    return [{ number, name: mistake, code: diagnostic.code, message, last: (message.split('\n').at(-1) ?? '').trim() }];
  });
}

/** The numbers marked in a file. */
export function marked(file: string): readonly string[] {
  const text = ts.sys.readFile(path.join(root, file)) ?? '';
  return text.split('\n').flatMap((line) => mark.exec(line)?.[1] ?? []);
}

function options(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(path.join(root, 'tsconfig.json'), ts.sys.readFile) as { readonly config: object };
  return ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root).options;
}

function hostWith(name: string, text: string): ts.CompilerHost {
  const host = ts.createCompilerHost(options());
  const read = host.readFile.bind(host);
  const get = host.getSourceFile.bind(host);
  return {
    ...host,
    readFile: (file) => (path.resolve(file) === name ? text : read(file)),
    getSourceFile: (file, languageVersion, ...rest) => (path.resolve(file) === name ? ts.createSourceFile(file, text, languageVersion, true) : get(file, languageVersion, ...rest)),
  };
}
