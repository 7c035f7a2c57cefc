import type { StatusCause } from '../../resource/status.js';
import { asAssociativeList, asGranularMap, fieldTopology, itemElement, itemKeys, type Topology } from './topology.js';

/** What is wrong with the associative lists of an applied body: items without their keys, and repeated ones (A51). */
export function checkApplied(schema: Topology, value: unknown, path = ''): readonly StatusCause[] {
  const map = asGranularMap(schema, value);
  if (map) {
    return Object.keys(map).flatMap((key) => {
      const named = schema?.properties === undefined || Object.hasOwn(schema.properties, key);
      const field = named ? (path === '' ? key : `${path}.${key}`) : `${path}[${key}]`;
      return checkApplied(fieldTopology(schema, key), map[key], field);
    });
  }
  const list = asAssociativeList(schema, value);
  if (!list) return [];
  const seen = new Set<string>();
  return list.flatMap((item, i) => {
    const field = `${path}[${i}]`;
    const element = itemElement(schema, item);
    if (element === undefined) {
      const key = schema?.['x-kubernetes-list-map-keys']?.[0];
      return [{ reason: 'FieldValueRequired', field: key === undefined ? field : `${field}.${key}`, message: 'Required value' }];
    }
    const repeated = seen.has(element);
    seen.add(element);
    const below = checkApplied(schema?.items, item, field);
    if (!repeated) return below;
    const shown = schema?.['x-kubernetes-list-type'] === 'set' ? item : Object.fromEntries(itemKeys(schema, item));
    return [{ reason: 'FieldValueDuplicate', field, message: `Duplicate value: ${JSON.stringify(shown)}` }, ...below];
  });
}
