/** Bodies of built-in kinds, as short as they may be. */

export function deployment(name: string, spec: object = {}, metadata: object = {}) {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'default', ...metadata },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'a:1' }] } }, ...spec },
  };
}

export function pod(name: string, spec: object = {}, metadata: object = {}) {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', ...metadata }, spec: { containers: [{ name: 'a', image: 'a:1' }], ...spec } };
}

export function lease(name: string, spec: object = {}, metadata: object = {}) {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, namespace: 'default', ...metadata }, spec };
}
