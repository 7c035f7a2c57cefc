/** Calls `handler` for each SIGINT and SIGTERM until the answer is called. Never ends the process itself (R44). */
export function onStopSignals(handler: (signal: 'SIGINT' | 'SIGTERM') => void): () => void {
  const names = ['SIGINT', 'SIGTERM'] as const;
  const listeners = names.map((name) => {
    const listener = () => { handler(name); };
    process.on(name, listener);
    return { name, listener };
  });
  return () => { for (const { name, listener } of listeners) process.off(name, listener); };
}
