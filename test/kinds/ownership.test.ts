import { describe, expect, test } from '@jest/globals';
import { Deployment } from '../../src/kinds/index.js';
import type { FieldsV1, KubeObject } from '../../src/core/resource/object.js';
import { here, openWorld } from '../core/api/harness.js';

const container = { name: 'main', image: 'app:1' };
const web = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
  spec: { selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [container], initContainers: [{ ...container, name: 'first' }] } } },
};

function owned(object: KubeObject, subresource?: string): FieldsV1 | undefined {
  return object.metadata.managedFields?.find((entry) => entry.subresource === subresource)?.fieldsV1;
}

describe('managedFields of a built-in kind', () => {
  test('A52 A53 what Go has by value never comes itself, only its parts do; a map, a pointer or a list that may be absent does', async () => {
    await using world = await openWorld();

    const { object } = await world.api.create(Deployment, here(), web);

    const main = { '.': {}, 'f:image': {}, 'f:imagePullPolicy': {}, 'f:name': {}, 'f:resources': {}, 'f:terminationMessagePath': {}, 'f:terminationMessagePolicy': {} };
    expect(owned(object)).toEqual({
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
      'f:spec': {
        'f:progressDeadlineSeconds': {}, 'f:replicas': {}, 'f:revisionHistoryLimit': {}, 'f:selector': {},
        'f:strategy': { 'f:rollingUpdate': { '.': {}, 'f:maxSurge': {}, 'f:maxUnavailable': {} }, 'f:type': {} },
        'f:template': {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } },
          'f:spec': {
            'f:containers': { 'k:{"name":"main"}': main }, 'f:initContainers': { '.': {}, 'k:{"name":"first"}': main },
            'f:dnsPolicy': {}, 'f:restartPolicy': {}, 'f:schedulerName': {}, 'f:securityContext': {}, 'f:terminationGracePeriodSeconds': {},
          },
        },
      },
    });
  });

  test('A53 A55 the first status of an object owns its parts alone', async () => {
    await using world = await openWorld();
    const { object } = await world.api.create(Deployment, here(), web);

    const written = await world.api.update(Deployment, { ...here('web'), subresource: 'status' }, { ...object, status: { replicas: 1, conditions: [{ type: 'Available', status: 'True' }] } });

    expect(owned(written.object, 'status')).toEqual({ 'f:status': { 'f:conditions': { '.': {}, 'k:{"type":"Available"}': { '.': {}, 'f:lastTransitionTime': {}, 'f:lastUpdateTime': {}, 'f:status': {}, 'f:type': {} } }, 'f:replicas': {} } });
  });
});
