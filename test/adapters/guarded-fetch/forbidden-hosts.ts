import { isIP } from 'node:net';

/** Hosts of URLs that lead to no public address, in every spelling that some parser understands. */
export const forbiddenHosts: [host: string, what: string][] = [
  ['127.0.0.1', 'dotted'],
  ['127.1', 'short'],
  ['127.0.1', 'shorter than it should be'],
  ['2130706433', 'as one number'],
  ['0x7f000001', 'as one hexadecimal number'],
  ['0x7f.1', 'hexadecimal and short'],
  ['0177.0.0.1', 'octal'],
  ['017700000001', 'as one octal number'],
  ['127.0.0.1.', 'with a dot at its end'],
  ['１２７.０.０.１', 'in full width'],
  ['①②⑦.⓪.⓪.①', 'in circles'],
  ['127。0。0。1', 'with other dots'],
  ['%31%32%37.0.0.1', 'percent-encoded'],
  ['0', 'as nothing'],
  ['0.0.0.0', 'as any'],
  ['[::1]', 'in IPv6'],
  ['[0:0:0:0:0:0:0:1]', 'in IPv6 at length'],
  ['[::]', 'in IPv6 as any'],
  ['[::ffff:127.0.0.1]', 'mapped'],
  ['[::ffff:7f00:1]', 'mapped, in hexadecimal'],
  ['[::FFFF:127.0.0.1]', 'mapped, in capitals'],
  ['[::127.0.0.1]', 'compatible'],
  ['[::ffff:0:127.0.0.1]', 'translated'],
  ['[64:ff9b::127.0.0.1]', 'behind NAT64'],
  ['[2002:7f00:1::]', 'in 6to4'],
  ['10.0.0.1', 'private'],
  ['192.168.1.1', 'private'],
  ['172.20.0.1', 'private'],
  ['[fd00::1]', 'private in IPv6'],
  ['169.254.169.254', 'with metadata'],
  ['2852039166', 'with metadata, as one number'],
  ['0xa9fea9fe', 'with metadata, as one hexadecimal number'],
  ['[::ffff:169.254.169.254]', 'with metadata, mapped'],
  ['[fd00:ec2::254]', 'with metadata, in IPv6'],
  ['169.254.170.2', 'with credentials of a container'],
  ['168.63.129.16', "of Azure's wire server"],
  ['100.100.100.200', 'with metadata of Alibaba'],
  ['[fe80::1]', 'link-local'],
  ['255.255.255.255', 'of everybody'],
];

/** Names that look like any other, and where they lead. */
export const forbiddenNames: [name: string, address: string][] = [
  ['localhost', '127.0.0.1'],
  ['localhost.', '127.0.0.1'],
  ['localhost', '::1'],
  ['127.0.0.1.nip.io', '127.0.0.1'],
  ['metadata.google.internal', '169.254.169.254'],
  ['intern.example', '10.1.2.3'],
  ['mapped.example', '::ffff:127.0.0.1'],
  ['compatible.example', '::127.0.0.1'],
  ['zone.example', 'fe80::1%eth0'],
];

/** A resolver that knows these names, and how often it was asked. */
export function names(known: Record<string, string | readonly string[]>) {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    const found = known[name];
    if (found === undefined) throw new Error(`ENOTFOUND ${name}`);
    return [found].flat().map((address) => ({ address, family: isIP(address) }));
  };
  return { asked, resolve };
}
