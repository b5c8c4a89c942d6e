/** Addresses of machines that are not on the public internet, and are not asked for images. */
import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** RFC 6890 and its successors: this machine, private networks, links, tests, groups, and what leads back into IPv4. */
const PRIVATE_4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const PRIVATE_6 =
  '::/96 ::ffff:0:0/96 64:ff9b::/32 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8';

function listOf(ranges: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges.split(' ')) {
    const [net, bits] = range.split('/');
    list.addSubnet(net!, Number(bits), family);
  }
  return list;
}
/** One for each family: a list takes every IPv4 address for one within ::ffff:0:0/96. */
const [IPV4, IPV6] = [listOf(PRIVATE_4, 'ipv4'), listOf(PRIVATE_6, 'ipv6')];

export const isPrivateAddress = (address: string): boolean =>
  isIP(address) === 6 ? IPV6.check(address, 'ipv6') : IPV4.check(address, 'ipv4');

export class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} is not on the public internet`);
  }
}

/** @throws {PrivateAddress} when the host of an address is itself a private one: such a host is not looked up */
export function checkHost({ hostname }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw new PrivateAddress(host);
}

/** Looks names up, and fails where one leads to a private address: the address that is checked is the one that is used. */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, found) => {
    if (error) return callback(error, []);
    if (found.some(({ address }) => isPrivateAddress(address))) return callback(new PrivateAddress(hostname), []);
    if (options.all) return callback(null, found);
    const [first] = found;
    callback(null, first!.address, first!.family);
  });
};
