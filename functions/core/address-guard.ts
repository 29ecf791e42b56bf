import { BlockList, isIP } from 'node:net';

const listOf = (family: 'ipv4' | 'ipv6', networks: readonly string[]) => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
};

/** IANA's special-purpose registry, multicast, and what lies behind public addresses in clouds. */
const privateV4 = listOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  // Azure's wire server.
  '168.63.129.16/32',
]);

/** Whatever is not global unicast is not public: mapped, compatible, translated and local ones. */
const globalV6 = listOf('ipv6', ['2000::/3']);
/** Within that: tunnels that carry any IPv4 address, and what is reserved or for documentation. */
const specialV6 = listOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

const loopbackV4 = listOf('ipv4', ['127.0.0.0/8']);

/** Whether an address can be reached by anybody, and is nobody's own network. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !privateV4.check(address, 'ipv4');
    case 6:
      return (
        !address.includes('%') &&
        globalV6.check(address, 'ipv6') &&
        !specialV6.check(address, 'ipv6')
      );
    default:
      return false;
  }
}

/** Whether an address is of this machine itself, in the one spelling of each family. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || (isIP(address) === 4 && loopbackV4.check(address, 'ipv4'));

export const isAddress = (text: string): boolean => isIP(text) !== 0;
