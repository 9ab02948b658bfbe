import { describe, expect, it } from '@jest/globals';
import { canonicalEndpoint } from './endpoint-spelling.js';

describe('the spelling of an endpoint', () => {
  it.each([
    ['file', 'file:///srv/d/a', 'file:///srv/d/a'],
    ['file', 'file:///srv/d/a/', 'file:///srv/d/a'],
    ['file', 'file:///srv/d//a', 'file:///srv/d/a'],
    ['file', 'file:///srv/d/./a', 'file:///srv/d/a'],
    ['file', 'file:///srv/d/x/../a', 'file:///srv/d/a'],
    ['file', 'file:///srv/d/%61', 'file:///srv/d/a'],
    ['file', 'file:///srv/d/%2e%2e/a', 'file:///srv/a'],
    ['file', 'file:///srv/d/a?x#y', 'file:///srv/d/a'],
    ['file', 'file:///srv/an é %23 ~', 'file:///srv/an%20%C3%A9%20%23%20~'],
    ['webhook', 'https://h/r', 'https://h/r'],
    ['webhook', 'http://127.0.0.1:9/r?office=be', 'http://127.0.0.1:9/r?office=be'],
    ['webhook', 'https://h', 'https://h/'],
    ['webhook', 'https://h:443/r', 'https://h/r'],
    ['webhook', 'https://h/x/../r', 'https://h/r'],
    ['webhook', 'https://h/%72', 'https://h/r'],
    ['webhook', 'https://h/r#b', 'https://h/r'],
    ['webhook', 'https://h/r?', 'https://h/r'],
    ['webhook', 'https://u:p@h/r', 'https://h/r'],
    ['webhook', 'https://h./r', 'https://h/r'],
    ['webhook', 'HTTPS://H\\r', 'https://h/r'],
    ['webhook', 'https://[::1]:443/r', 'https://[::1]/r'],
  ])('on the channel %s, of %s is %s, and that one is its own', (channel, given, canonical) => {
    expect(canonicalEndpoint(channel, given)).toBe(canonical);
    expect(canonicalEndpoint(channel, canonical)).toBe(canonical);
  });

  it.each([
    ['file', 'file:///'],
    ['file', 'file:////'],
    ['file', 'file://elsewhere/srv/d'],
    ['file', 'file:///srv/d%2Fa'],
    ['file', 'file:///srv/%00'],
    ['file', 'https://h/r'],
    ['webhook', 'file:///srv/d'],
    ['webhook', 'https://'],
    ['webhook', 'https://./r'],
    ['webhook', undefined],
  ])('on the channel %s, of %s is none', (channel, given) => {
    expect(canonicalEndpoint(channel, given)).toBeNull();
  });
});
