/** A refusal of the API, as its problem document says it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: { readonly code?: string; readonly detail?: string; readonly errors?: unknown },
    request: string,
  ) {
    super(`${request}: ${status} ${problem.detail ?? ''} ${problem.errors ? JSON.stringify(problem.errors) : ''}`);
  }
}

/** One signed-in person using the public API. */
export interface Caller {
  readonly username: string;
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
  put<T>(path: string, body: object): Promise<T>;
}

/** Signs a person in with a Bearer token. */
export async function signIn(address: string, username: string, password: string): Promise<Caller> {
  const { token } = await request<{ token: string }>(address, 'POST', '/api/tokens', { username, password });
  return {
    username,
    get: (path) => request(address, 'GET', path, undefined, token),
    post: (path, body) => request(address, 'POST', path, body, token),
    put: (path, body) => request(address, 'PUT', path, body, token),
  };
}

async function request<T>(address: string, method: string, path: string, body?: object, token?: string): Promise<T> {
  const response = await fetch(`${address}${path}`, {
    method,
    headers: {
      ...(body ? { 'Content-Type': 'application/json' } : {}),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  const answer = text === '' ? {} : (JSON.parse(text) as object);
  if (!response.ok) throw new Refused(response.status, answer, `${method} ${path}`);
  return answer as T;
}
