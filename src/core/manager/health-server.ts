import type { App } from './app.js';

/** Serves `/healthz`, `/readyz` and `/metrics` (R51). Answers the port that it got. */
export async function healthServer(app: Pick<App, 'health' | 'metrics'>, port: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  // Loaded only when a port is asked for: most apps never open one.
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    const answer = (code: number, body: string) => { response.writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body); };
    if (request.method !== 'GET') { answer(405, 'only GET is served\n'); return; }
    if (request.url === '/metrics') { answer(200, app.metrics()); return; }
    if (request.url !== '/healthz' && request.url !== '/readyz') { answer(404, 'served: /healthz, /readyz, /metrics\n'); return; }
    const asked = request.url === '/healthz' ? 'live' : 'ready';
    void app.health().then((report) => { answer(report[asked] ? 200 : 503, Object.entries(report.checks).map(([name, state]) => `${name}: ${state}\n`).join('')); });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => { server.off('error', reject); resolve(); });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: () => new Promise((resolve) => { server.close(() => { resolve(); }); server.closeAllConnections(); }),
  };
}
