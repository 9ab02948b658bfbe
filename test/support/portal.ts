import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { createApplication } from '../../src/application.js';
import { Config } from '../../src/platform/config/config.js';
import { type Answer, ask, type Asking, Person, type TestApplication } from './application.js';

/** Another process of an installation, in a role of its own on the same database and files, answering on a port of its own. */
export class TestProcess {
  constructor(
    readonly app: NestExpressApplication,
    readonly address: string,
    private readonly installation: TestApplication,
  ) {}

  anonymously(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    return ask(this.address, method, path, asking);
  }

  signIn(username: string): Promise<Answer> {
    const body = { username, password: this.installation.passwordOf(username) };
    return this.anonymously('POST', '/api/tokens', { body });
  }

  /** Signed in here. */
  async as(username: string): Promise<Person> {
    const { status, text, body } = await this.signIn(username);
    if (status !== 201) throw new Error(`${username} cannot sign in: ${text}`);
    return new Person(username, (body as { token: string }).token, this.address);
  }

  /** Somebody who signed in elsewhere, with the token from there. */
  with(person: Person): Person {
    return new Person(person.username, person.token, this.address);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** Started on the login of its role alone. A portal is given neither the signing key nor the index key of the others. */
export async function aProcess(installation: TestApplication, wanted: Partial<Config>): Promise<TestProcess> {
  const { config, database } = installation;
  const known = Object.assign(new Config(), config, { REDIS_URL: undefined }, wanted);
  const none = 'postgresql://nobody@127.0.0.1:1/none';
  const { apiUrl, portalUrl } = database;
  const worker = known.runsWorker ? database.workerUrl : none;
  const app = await createApplication(known, { api: apiUrl, worker, portal: portalUrl });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return new TestProcess(app, `http://127.0.0.1:${port}`, installation);
}

export const aPortal = (installation: TestApplication): Promise<TestProcess> =>
  aProcess(installation, { ROLE: 'portal', F1_INDEX_KEY: Buffer.alloc(32, 7).toString('base64') });
