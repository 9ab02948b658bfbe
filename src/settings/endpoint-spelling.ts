import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The one spelling under which an endpoint is kept, so that whoever shares a place is seen; null for what is no endpoint of that channel.
 * The database holds the same (migration 53): what is canonical here is canonical there.
 */
export function canonicalEndpoint(channel: unknown, endpoint: unknown): string | null {
  try {
    return channel === 'file' ? ofFolder(String(endpoint)) : ofWebhook(String(endpoint));
  } catch {
    return null;
  }
}

function ofFolder(endpoint: string): string | null {
  if (!endpoint.startsWith('file:///')) return null;
  const path = posix.normalize(fileURLToPath(endpoint)).replace(/\/$/, '');
  if (path === '' || path.includes('\0')) return null;
  // Not pathToFileURL: what it encodes differs between versions of Node.
  return `file://${encodeURI(path).replace(/[?#]/g, encodeURIComponent)}`;
}

function ofWebhook(endpoint: string): string | null {
  if (!/^https?:\/\/./i.test(endpoint)) return null;
  const url = new URL(ordinary(new URL(endpoint).href));
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.search === '') url.search = '';
  url.hostname = url.hostname.replace(/\.+$/, '');
  return url.hostname.endsWith('.') ? null : url.href;
}

/** Letters, digits and `-._~` mean the same encoded or not (RFC 3986, 2.3); other codes are written in capitals. */
const ordinary = (href: string): string =>
  href.replace(/%[0-9a-f]{2}/gi, (code) => {
    const character = String.fromCharCode(parseInt(code.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : code.toUpperCase();
  });
