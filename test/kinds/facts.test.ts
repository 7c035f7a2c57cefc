import { describe, expect, test } from '@jest/globals';
import { definition, type AnyKind } from '../../src/core/resource/kind.js';
import type { JsonSchema } from '../../src/core/resource/schema.js';
import { Facts } from '../../src/kinds/messages/facts.js';
import { schemaOf } from '../../src/kinds/messages/message-schema.js';
import { Event, Lease, Namespace, Pod } from '../../src/kinds/index.js';
import { factsOfGroups } from '../../src/kinds/generated/facts.js';

const facts = new Facts();

/** Types and topologies, by path; what a kind says besides (defaults, enumerations) is its own. */
function shape(schema: JsonSchema, path: string, into: Map<string, string>): Map<string, string> {
  const { type, format, items, additionalProperties, properties = {} } = schema;
  const keys = schema['x-kubernetes-list-map-keys']?.join();
  into.set(path, [type, format, schema['x-kubernetes-int-or-string'] && 'int-or-string', schema['x-kubernetes-list-type'], keys, schema['x-kubernetes-map-type']].filter(Boolean).join(' '));
  if (items) shape(items, `${path}[]`, into);
  if (typeof additionalProperties === 'object') shape(additionalProperties, `${path}{}`, into);
  for (const [name, inner] of Object.entries(properties)) shape(inner, `${path}.${name}`, into);
  return into;
}

describe('the facts of the Go types', () => {
  test('T1 every type that a field names is a scalar, an enumeration or a message', () => {
    const scalars = ['string', 'int32', 'int64', 'double', 'bool', 'Quantity', 'IntOrString', 'Time', 'MicroTime', 'Duration', 'Bytes', 'Raw', 'FieldsV1', 'Json', 'SchemaOrBool', 'SchemaOrArray', 'SchemaOrStrings'];
    const lost: string[] = [];
    for (const [group, text] of Object.entries(factsOfGroups)) {
      for (const name of Object.keys((JSON.parse(text) as { readonly messages: object }).messages)) {
        for (const [json, type] of facts.fields(`${group}.${name}`)) {
          const plain = type.replace(/^(\[\]|\{\})+/, '');
          if (!scalars.includes(plain) && !facts.message(plain) && !facts.enum(plain)) lost.push(`${group}.${name}.${json}: ${type}`);
        }
      }
    }
    expect(lost).toEqual([]);
  });

  test('T1 no two fields of a message have one protobuf number', () => {
    const twice: string[] = [];
    for (const [group, text] of Object.entries(factsOfGroups)) {
      for (const [name, { fields }] of Object.entries((JSON.parse(text) as { readonly messages: { readonly [name: string]: { readonly fields: readonly (readonly [string, string, string, number])[] } } }).messages)) {
        const numbers = fields.map(([, , , proto]) => proto).filter((proto) => proto !== 0);
        if (new Set(numbers).size < numbers.length) twice.push(`${group}.${name}`);
      }
    }
    expect(twice).toEqual([]);
  });

  test.each([
    { field: 'core/v1.PodSpec containers', fact: ['containers', '[]core/v1.Container', 'r', 2, { smp: 'merge:name', ssa: 'map:name' }] },
    { field: 'core/v1.PodSpec volumes', fact: ['volumes', '[]core/v1.Volume', 'o', 1, { smp: 'merge,retainKeys:name', ssa: 'map:name' }] },
    { field: 'core/v1.ServiceSpec ports', fact: ['ports', '[]core/v1.ServicePort', 'o', 1, { smp: 'merge:port', ssa: 'map:port,protocol' }] },
    { field: 'core/v1.ContainerPort protocol', fact: ['protocol', 'core/v1.Protocol', 'o', 4, { default: 'TCP' }] },
    { field: 'core/v1.Volume configMap', fact: ['configMap', 'core/v1.ConfigMapVolumeSource', 'pos', 19] },
    { field: 'apps/v1.DeploymentSpec strategy', fact: ['strategy', 'apps/v1.DeploymentStrategy', 'os', 4, { smp: 'retainKeys' }] },
    { field: 'batch/v1.JobSpec selector', fact: ['selector', 'meta/v1.LabelSelector', 'pos', 4] },
  ])('T1 $field', ({ field, fact }) => {
    const [message = '', json] = field.split(' ');
    expect(facts.fields(message).find(([name]) => name === json)).toEqual(fact);
  });

  // Kinds that core itself needs are written by hand there; they have to say the same.
  test.each([
    { name: 'Lease', kind: Lease, message: 'coordination/v1.Lease', besides: [] },
    { name: 'Namespace', kind: Namespace, message: 'core/v1.Namespace', besides: ['.status.conditions[].observedGeneration'] },
    { name: 'Event', kind: Event, message: 'core/v1.Event', besides: [] },
  ])('T2 $name, written by hand, has the fields, types and topologies of upstream', ({ kind, message, besides }: { kind: AnyKind; message: string; besides: readonly string[] }) => {
    const ours = shape(kind[definition].schema, '', new Map());
    for (const path of besides) expect(ours.delete(path)).toBe(true);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(shape(schemaOf(facts, message), '', new Map())));
  });

  test('T2 the fields of a kind stand in the order in which Go prints them', () => {
    expect(Object.keys(Pod[definition].schema.properties?.['spec']?.properties ?? {}).slice(0, 4)).toEqual(['volumes', 'initContainers', 'containers', 'ephemeralContainers']);
  });

  test('a message that is not there is named', () => {
    expect(() => schemaOf(facts, 'core/v1.Nothing')).toThrow('the table of kinds has no message "core/v1.Nothing"');
    expect(() => schemaOf(facts, 'none/v1.Nothing')).toThrow('none/v1.Nothing');
  });
});
