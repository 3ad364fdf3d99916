import type { TraceFrame } from '#lib/stack-trace/frame-line.ts';

/**
 * A frame without what a new build changes: line and column, folders of a deployment, hashes of bundles, numbers of lambdas and anonymous classes,
 * names that compilers make up for asynchronous methods.
 */
export function frameKey(frame: TraceFrame): string {
  const file = frame.file === null || frame.file.startsWith('<') ? '' : plainFile(frame.file);
  const name = frame.function === null ? '' : plainFunction(frame.function);
  // Java's and .NET's functions name their class; elsewhere the file says where a function is.
  if (name === '') return file;
  return file === '' || name.split(/[.:\\]/).length > 2 ? name : `${name} (${file})`;
}

function plainFunction(name: string): string {
  if (/^(?:Object\.)?<?(?:anonymous|module|top \(required\)|main)>?$/.test(name)) return '';
  return (
    name
      // .NET: `Handler.<Handle>d__12.MoveNext`, `<>c__DisplayClass3_0.<Handle>b__1`
      .replace(/<>c(?:__DisplayClass[\d_]{1,12})?[.+]?/g, '')
      .replace(/<([\w.]{1,200})>[\w$|]{0,60}(?:\.MoveNext)?/g, '$1')
      .replace(/`\d{1,2}(?:\[[\w,. ]{0,200}\])?/g, '')
      // Java
      .replace(/\$\$(?:Lambda|SpringCGLIB|EnhancerBy|FastClassBy)[\w$/]{0,100}/g, '')
      .replace(/(\blambda\$[\w]{1,100}?)\$\d{1,6}\b/g, '$1')
      .replace(/\$(?:\d{1,6}\b)|(?<=access)\$\d{3}\b/g, '')
      // Ruby
      .replace(/^(?:(?:block|rescue|ensure)(?: \(\d{1,3} levels\))? in )+/, '')
      .replace(/^[\w:]{1,200}#(?=[\w?!=]{1,100}$)/, '')
      // Go, PHP, JavaScript
      .replace(/(?:\.func\d{1,4})+(?:\.\d{1,4})*(?:\.gowrap\d{1,3})?$/, '')
      .replace(/\[\.{3}\]/g, '')
      .replace(/\{closure(?::[^}]{0,300})?\}/g, '{closure}')
      .replace(/^(?:async |new )/, '')
      .replace(/\d{2,}/g, '#')
  );
}

function plainFile(file: string): string {
  const plain = file.replace(/[?#].*$/, '').replaceAll('\\', '/');
  const parts = plain.split('/');
  const base = (parts.at(-1) ?? '')
    .replace(/\.(?:[cm]?[jt]sx?|java|kt|scala|py|go|rb|php|cs|fs)$/, '')
    .replace(/[.-](?=[\da-zA-Z_-]{6,40}$)(?=[a-zA-Z_-]{0,39}\d)[\w-]{6,40}$/, '')
    .replace(/\d{2,}/g, '#');
  const isNondescript = /^(?:index|main|mod|__init__|route|page|handler)$/.test(base);
  const folder = parts.at(-2);
  return isNondescript && folder !== undefined && /^[A-Za-z_-]+$/.test(folder) ? `${folder}/${base}` : base;
}
