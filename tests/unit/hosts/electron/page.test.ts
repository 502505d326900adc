import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, isOwnUrl, isTrustedSender } from '../../../../app/hosts/electron/page.ts';

describe('isOwnUrl', () => {
  it.each(['kindred://app/', 'kindred://app/index.html', 'kindred://app/media/photo/7', 'KINDRED://app/'])(
    'takes %s for its own',
    (url) => {
      expect(isOwnUrl(url)).toBe(true);
    },
  );

  it.each([
    'kindred://application/',
    'kindred://app.example.com/',
    'kindred://user@app/',
    'kindred://app:81/',
    'kindred:app',
    'https://app/',
    'file:///app/',
    'data:text/html,hello',
    'about:blank',
    '',
  ])('takes %s for somebody else’s', (url) => {
    expect(isOwnUrl(url)).toBe(false);
  });
});

describe('isTrustedSender', () => {
  it('trusts the page in the top frame', () => {
    expect(isTrustedSender({ url: 'kindred://app/', parent: null })).toBe(true);
  });

  it('trusts no frame inside the page, no other page and no frame that is gone', () => {
    const page = { url: 'kindred://app/', parent: null };
    expect(isTrustedSender({ url: 'kindred://app/', parent: page })).toBe(false);
    expect(isTrustedSender({ url: 'https://example.com/', parent: null })).toBe(false);
    expect(isTrustedSender(null)).toBe(false);
  });
});

describe('contentSecurityPolicy', () => {
  const directives = new Map(
    contentSecurityPolicy.split('; ').map((directive) => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources] as const;
    }),
  );

  it('allows nothing that it does not name', () => {
    expect(directives.get('default-src')).toEqual(["'none'"]);
  });

  it('runs no inline or generated code and reaches no other place', () => {
    expect(directives.get('script-src')).toEqual(["'self'"]);
    expect(directives.get('style-src')).toEqual(["'self'"]);
    expect(directives.get('connect-src')).toEqual(["'self'"]);
    expect(contentSecurityPolicy).not.toMatch(/unsafe|https?:|\*/);
  });
});
