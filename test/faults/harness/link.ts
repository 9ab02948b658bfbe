import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP connection that we can cut or hold up, between one process and one server. */
export class Link {
  private readonly open = new Set<Socket>();
  private state: 'whole' | 'cut' | 'held' = 'whole';

  private constructor(
    private readonly server: Server,
    private target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (socket) => this.carry(socket));
  }

  static async to(port: number, host = '127.0.0.1'): Promise<Link> {
    const server = createServer({ allowHalfOpen: false }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Link(server, { host, port });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Resets what is open and refuses what comes. */
  cut(): void {
    this.state = 'cut';
    for (const socket of this.open) socket.resetAndDestroy();
  }

  /** Lets nothing through and tells nobody. */
  hold(): void {
    this.state = 'held';
    for (const socket of this.open) socket.pause();
  }

  heal(): void {
    this.state = 'whole';
    for (const socket of this.open) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }

  private carry(near: Socket): void {
    if (this.state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(this.target);
    this.join(near, far);
    this.join(far, near);
    if (this.state === 'held') this.hold();
  }

  private join(from: Socket, to: Socket): void {
    this.open.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (this.state !== 'held') from.resume();
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      this.open.delete(from);
      to.destroy();
    });
  }
}
