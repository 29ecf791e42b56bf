import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guardedFetch } from '#adapters/guarded-fetch/guarded-fetch.ts';
import { aSecureSite, authority } from './a-secure-site.ts';

const usual = getCACertificates('default');
const limits = { maxBytes: 1000, signal: new AbortController().signal };

beforeEach(() => setDefaultCACertificates([...usual, authority]));
afterEach(() => setDefaultCACertificates(usual));

/** Of names that the first question alone gets a true answer to, as where a name is rebound. */
function fetchWithRebinding() {
  let questions = 0;
  const resolve = async () => {
    questions += 1;
    return [{ address: questions === 1 ? '127.0.0.1' : '203.0.113.1', family: 4 }];
  };
  return guardedFetch({ allowsLoopback: true, resolve, timeoutMs: 5000 });
}

describe('over https', () => {
  it('the checked address is connected to, and the name is what its certificate must be for', async () => {
    const site = await aSecureSite('media.example');

    const { bytes, mediaType } = await fetchWithRebinding()(
      `https://media.example:${site.port}/`,
      limits,
    );

    expect(Buffer.from(bytes).toString()).toBe('secure');
    expect(mediaType).toBe('text/plain');
    expect(site.requests).toEqual([
      { host: `media.example:${site.port}`, serverName: 'media.example' },
    ]);
  });

  it('the certificate of another name is refused, before anything is asked', async () => {
    const site = await aSecureSite('other.example');

    const fetched = fetchWithRebinding()(`https://media.example:${site.port}/`, limits);

    await expect(fetched).rejects.toThrow(/does not answer: .*not in the cert's altnames/);
    expect(site.requests).toEqual([]);
  });

  it('the certificate of an authority that nobody trusts is refused', async () => {
    setDefaultCACertificates(usual);
    const site = await aSecureSite('media.example');

    const fetched = fetchWithRebinding()(`https://media.example:${site.port}/`, limits);

    await expect(fetched).rejects.toThrow(/does not answer: .*certificate/);
    expect(site.requests).toEqual([]);
  });

  it('a certificate is no good for an address in place of its name', async () => {
    const site = await aSecureSite('media.example');

    const fetched = fetchWithRebinding()(`https://127.0.0.1:${site.port}/`, limits);

    await expect(fetched).rejects.toThrow(/does not answer: .*altnames/);
    expect(site.requests).toEqual([]);
  });
});
