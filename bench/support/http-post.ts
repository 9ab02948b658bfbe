import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });

export interface Post {
  readonly port: number;
  readonly path: string;
  readonly body: object;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One POST over loopback on a kept connection; anything but success throws with what was answered. */
export function post<T>({ port, path, body, token, headers }: Post): Promise<T> {
  const text = JSON.stringify(body);
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers: all }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const said = Buffer.concat(parts).toString();
        if ((answer.statusCode ?? 500) < 300) resolve(JSON.parse(said) as T);
        else reject(new Error(`POST ${path} was answered ${answer.statusCode}: ${said}`));
      });
    });
    sent.on('error', reject);
    sent.end(text);
  });
}
