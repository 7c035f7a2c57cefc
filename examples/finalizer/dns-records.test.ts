import { expect, test } from '@jest/globals';
import { provide } from 'setpoint';
import { testApp } from 'setpoint/testing';
import { Dns, DnsRecord, dnsRecords } from './dns-records.js';

test('removes the entry before the object goes', async () => {
  const entries = new Map<string, string>();
  const dns: Dns = {
    upsert: async (host, address) => void entries.set(host, address),
    remove: async (host) => void entries.delete(host),
  };
  await using app = await testApp(dnsRecords, { services: [provide(Dns, dns)] });
  const { client } = app;

  await client.create(DnsRecord, { metadata: { name: 'www' }, spec: { host: 'www.example.com', address: '10.0.0.1' } });
  await app.settled();
  expect((await client.get(DnsRecord, 'www'))?.status?.address).toBe('10.0.0.1');

  await client.delete(DnsRecord, 'www');
  await app.settled();
  expect([entries.size, await client.get(DnsRecord, 'www')]).toEqual([0, undefined]);
});
