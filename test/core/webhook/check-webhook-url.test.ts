import { describe, expect, it } from 'vitest';
import { checkWebhookUrl } from '#core/webhook/check-webhook-url.ts';
import { forbiddenHosts } from '../../adapters/guarded-fetch/forbidden-hosts.ts';

const check = (url: string, allowsLoopback = false) => checkWebhookUrl(url, { allowsLoopback });
const refusal = expect.objectContaining({ code: 'invalid_webhook_url' });

describe('a webhook may lead', () => {
  it.each([
    'https://example.com/hook',
    'https://example.com:8443/hook?secret=1#x',
    'https://93.184.216.34/',
    'https://[2606:4700::1111]/',
    'https://127.0.0.1.example.com/',
    'https://xn--bcher-kva.example/',
    `https://example.com/${'x'.repeat(2000)}`,
  ])('to %s', (url) => {
    expect(() => check(url)).not.toThrow();
  });
});

describe('a webhook may not lead', () => {
  it.each(forbiddenHosts)('to the address %s, %s', (host) => {
    expect(() => check(`https://${host}/hook`)).toThrow(refusal);
  });

  it.each([
    ['', 'nowhere'],
    ['example.com/hook', 'no URL'],
    ['https://[::1/', 'no URL'],
    ['http://example.com/', 'not encrypted'],
    ['ftp://example.com/', 'another protocol'],
    ['file:///etc/passwd', 'a file'],
    ['javascript:alert(1)', 'a script'],
    ['https://user@example.com/', 'with a name'],
    ['https://user:word@example.com/', 'with a password'],
    ['https://localhost/', 'this machine'],
    ['https://LOCALHOST./', 'this machine, with a dot'],
    ['https://a.localhost/', 'this machine, below'],
    ['https://metadata.google.internal/computeMetadata/v1/', 'metadata'],
    ['https://metadata/', 'metadata, by its short name'],
    ['https://instance-data.ec2.internal/', 'metadata of EC2'],
    ['https://printer.local/', 'the local network'],
    ['https://database/', 'a name of a network'],
    [`https://example.com/${'x'.repeat(2100)}`, 'too long'],
  ])('to %s: %s', (url) => {
    expect(() => check(url)).toThrow(refusal);
  });
});

describe('in development a webhook may lead', () => {
  it.each(['http://localhost:3000/', 'http://127.0.0.1:3000/', 'http://[::1]:3000/'])(
    'to %s too',
    (url) => {
      expect(() => check(url, true)).not.toThrow();
    },
  );

  it.each(['http://10.0.0.1/', 'https://169.254.169.254/', 'http://[::ffff:127.0.0.1]/'])(
    'not to %s',
    (url) => {
      expect(() => check(url, true)).toThrow(refusal);
    },
  );
});
