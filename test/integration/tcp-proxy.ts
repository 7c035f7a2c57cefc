import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A proxy before a server, for tests that hurt the connection. */
export interface TcpProxy {
  readonly url: string;
  /** Where new connections go. */
  target: string;
  /** 'dropAnswers': what the server says is thrown away; 'dropRequests': what the client says. */
  mode: 'pass' | 'dropAnswers' | 'dropRequests';
  /** The next bytes that are thrown away are followed by a reset of every connection. */
  resetOnDrop: boolean;
  /** Resets every connection there is. */
  cut(): void;
  /** Cuts, and refuses new connections from now on. */
  stop(): Promise<void>;
}

/** Listens on a free port of the loopback interface and passes everything on to `target`, a URL. */
export async function tcpProxy(target: string): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const { hostname, port } = new URL(proxy.target);
    const upstream = connect(Number(port), hostname);
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(one);
      one.on('error', () => {});
      one.on('close', () => { sockets.delete(one); other.destroy(); });
    }
    client.on('data', (bytes) => { if (proxy.mode === 'dropRequests') dropped(); else upstream.write(bytes); });
    upstream.on('data', (bytes) => { if (proxy.mode === 'dropAnswers') dropped(); else client.write(bytes); });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const cut = () => { for (const socket of sockets) socket.resetAndDestroy(); };
  const dropped = () => {
    if (!proxy.resetOnDrop) return;
    proxy.mode = 'pass';
    cut();
  };
  const proxy: TcpProxy = {
    // Listening on an IP address, so the address has a port.
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    target, mode: 'pass', resetOnDrop: false, cut,
    stop: () => new Promise((resolve) => { server.close(() => { resolve(); }); cut(); }),
  };
  return proxy;
}
