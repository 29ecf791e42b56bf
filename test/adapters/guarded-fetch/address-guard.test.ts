import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLoopback, isPublic } from '#core/address-guard.ts';

const refused = {
  'this network': ['0.0.0.0', '0.0.0.1', '0.255.255.255'],
  'private networks': [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '192.168.255.255',
  ],
  'carrier-grade NAT, and the metadata of Alibaba': [
    '100.64.0.1',
    '100.127.255.255',
    '100.100.100.200',
  ],
  loopback: ['127.0.0.1', '127.1.2.3', '127.255.255.255', '::1'],
  'link-local, and the metadata of most clouds': [
    '169.254.0.1',
    '169.254.169.254',
    '169.254.170.2',
    '169.254.100.1',
    'fe80::1',
    'fe80::a9fe:a9fe',
    'febf::1',
  ],
  'protocol assignments, and the metadata of Oracle': ['192.0.0.1', '192.0.0.192', '192.0.0.255'],
  documentation: [
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '2001:db8::1',
    '3fff::1',
    '3fff:fff:ffff::1',
  ],
  '6to4 and its relays': ['192.88.99.1', '2002:7f00:1::1', '2002:a9fe:a9fe::'],
  'sinks of reverse DNS': ['192.31.196.1', '192.175.48.1', '192.52.193.1'],
  benchmarks: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'multicast and reserved': [
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    'ff02::1',
    'ff0e::1',
  ],
  "Azure's wire server": ['168.63.129.16'],
  nothing: ['::'],
  'IPv4 in IPv6, mapped': [
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '::ffff:8.8.8.8',
  ],
  'IPv4 in IPv6, compatible': ['::127.0.0.1', '::7f00:1', '::a9fe:a9fe', '::8.8.8.8'],
  'IPv4 in IPv6, translated': [
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
  ],
  'Teredo and ORCHID': ['2001::1', '2001:0:7f00:1::', '2001:10::1', '2001:20::1'],
  'unique local, and the metadata of AWS and Google': ['fc00::1', 'fd00:ec2::254', 'fd20:ce::254'],
  'site-local, discard and segment routing': ['fec0::1', '100::1', '5f00::1'],
  'an address with a zone': ['fe80::1%eth0', '2606:4700::1111%eth0'],
  'what is no address': [
    '',
    'localhost',
    '127.1',
    '0x7f.0.0.1',
    '2130706433',
    '127.0.0.1.',
    ' 127.0.0.1',
    '8.8.8.8/32',
    '[::1]',
  ],
};

describe('an address is not public that is of', () => {
  it.each(Object.entries(refused))('%s', (_, addresses) => {
    expect(addresses.filter(isPublic)).toEqual([]);
  });
});

it.each([
  ['1.1.1.1'],
  ['8.8.8.8'],
  ['9.255.255.255'],
  ['11.0.0.0'],
  ['100.63.255.255'],
  ['100.128.0.0'],
  ['126.255.255.255'],
  ['128.0.0.1'],
  ['169.253.255.255'],
  ['169.255.0.0'],
  ['172.15.255.255'],
  ['172.32.0.0'],
  ['192.0.1.0'],
  ['192.167.255.255'],
  ['192.169.0.0'],
  ['198.17.255.255'],
  ['198.20.0.0'],
  ['223.255.255.255'],
  ['2001:4860:4860::8888'],
  ['2001:200::1'],
  ['2606:4700:4700::1111'],
  ['2a00:1450:4001:80b::200e'],
])('the address %s is public', (address) => {
  expect(isPublic(address)).toBe(true);
});

it('no IPv4 address is public within IPv6', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
      const carriers = [
        `::${hex}`,
        `::ffff:${hex}`,
        `::ffff:0:${hex}`,
        `64:ff9b::${hex}`,
        `2002:${hex}::1`,
        `2001:0:${hex}::1`,
      ];

      expect(carriers.filter(isPublic)).toEqual([]);
    }),
  );
});

it.each([
  ['127.0.0.1', true],
  ['127.9.9.9', true],
  ['::1', true],
  ['128.0.0.1', false],
  ['10.0.0.1', false],
  ['169.254.169.254', false],
  ['::ffff:127.0.0.1', false],
  ['::127.0.0.1', false],
  ['fe80::1', false],
  ['localhost', false],
])('%s is loopback: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});
