import { provide, run } from 'setpoint';
import { Dns, DnsRecord, dnsRecords } from './dns-records.js';

const entries = new Map<string, string>();
const dns: Dns = {
  upsert: async (host, address) => void entries.set(host, address),
  remove: async (host) => void entries.delete(host),
};
await using app = await run(dnsRecords, { services: [provide(Dns, dns)] });

await app.client.create(DnsRecord, { metadata: { name: 'www' }, spec: { host: 'www.example.com', address: '10.0.0.1' } });
await app.settled();
console.log('created:', [...entries]);

await app.client.delete(DnsRecord, 'www');
await app.settled();
console.log('deleted:', [...entries], await app.client.get(DnsRecord, 'www'));
