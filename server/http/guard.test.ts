import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/domain/errors.ts';
import { guard, type GuardedRequest } from '#server/http/guard.ts';

const settings = { allowedHosts: ['console.shop.example'], allowedOrigins: [] };
const get: GuardedRequest = {
  method: 'GET',
  url: '/',
  host: '127.0.0.1:3000',
  origin: undefined,
  fetchSite: undefined,
  contentType: undefined,
  contentLength: undefined,
};
const post: GuardedRequest = { ...get, method: 'POST', contentType: 'application/json', contentLength: '2' };

function verdict(request: GuardedRequest): string {
  try {
    guard(request, settings);
    return 'passes';
  } catch (error) {
    return error instanceof AppError ? error.code : 'defect';
  }
}

describe('the guard', () => {
  it('answers to loopback names and to those that are configured', () => {
    for (const host of [
      '127.0.0.1:3000',
      'localhost:3000',
      '[::1]:3000',
      'console.shop.example',
      'CONSOLE.shop.example:80',
    ])
      expect(verdict({ ...get, host })).toBe('passes');
  });

  it('refuses a name that was rebound to this address', () => {
    for (const host of ['evil.example', 'localhost.evil.example:3000', '127.0.0.1@evil.example', undefined])
      expect(verdict({ ...get, host })).toBe('cross_site');
  });

  it('lets the console and scripts change state', () => {
    expect(verdict({ ...post, origin: 'http://127.0.0.1:3000', fetchSite: 'same-origin' })).toBe('passes');
    expect(verdict(post)).toBe('passes');
    expect(verdict({ ...post, contentType: undefined, contentLength: undefined })).toBe('passes');
  });

  it('refuses a change that another site asks for', () => {
    expect(verdict({ ...post, origin: 'https://evil.example', fetchSite: 'cross-site' })).toBe('cross_site');
    expect(verdict({ ...post, origin: 'http://127.0.0.1:4000', fetchSite: 'same-site' })).toBe('cross_site');
    expect(verdict({ ...post, origin: 'null' })).toBe('cross_site');
    expect(verdict({ ...post, fetchSite: 'none' })).toBe('cross_site');
  });

  it('refuses a read that has a queue scanned when another site links to it', () => {
    for (const url of ['/admin/dlq/orders', '//admin/dlq/orders', '/%61dmin/dlq/orders?x=1', '/Admin/dlq/%']) {
      for (const fetchSite of ['cross-site', 'same-site'])
        expect(verdict({ ...get, url, fetchSite })).toBe('cross_site');
      for (const fetchSite of ['same-origin', 'none', undefined])
        expect(verdict({ ...get, url, fetchSite })).toBe('passes');
    }
    expect(verdict({ ...get, url: '/queues/admin', fetchSite: 'cross-site' })).toBe('passes');
  });

  it('refuses what a form could send', () => {
    expect(verdict({ ...post, contentType: 'text/plain' })).toBe('invalid_request');
    expect(verdict({ ...post, contentType: 'application/x-www-form-urlencoded' })).toBe('invalid_request');
  });
});
