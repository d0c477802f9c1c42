import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;

/** All IPv6 addresses that were ever given out for the Internet; outside of it stand, among others, IPv4 addresses in disguise. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/** An address without its disguise as IPv6, if it is an IPv4 address in such; undefined for what is no address. */
const plain = (text: string): Address | undefined =>
  ipaddr.isValid(text) ? ipaddr.process(text) : undefined;

/** Whether an address belongs to the Internet at large, and to no network that only a machine inside can reach. */
export const isPublic = (text: string): boolean => {
  const address = plain(text);
  if (address?.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_IPV6);
};

export const isLoopback = (text: string): boolean => plain(text)?.range() === 'loopback';

/** The host of a URL as an address is written elsewhere: `[::1]` becomes `::1`. */
export const withoutBrackets = (hostname: string): string => hostname.replace(/^\[|\]$/g, '');
