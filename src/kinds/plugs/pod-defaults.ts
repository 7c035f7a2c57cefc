import { fill, treeOf, treesOf, type Tree } from './tree.js';

const defaultGraceSeconds = 30;

/** What a pod gets beyond what its template would: requests where only limits were given, service variables. Rule: T9. */
export function defaultPod(pod: Tree): void {
  const spec = treeOf(pod['spec']);
  if (!spec) return;
  for (const container of [...treesOf(spec['initContainers']), ...treesOf(spec['containers'])]) requestsFromLimits(container);
  fill(spec, 'enableServiceLinks', true);
  defaultPodSpec(spec);
}

/**
 * Defaults of a pod's spec or a template's that depend on other fields, and all fixed ones again: a spec that came
 * without a schema's help (a copied template) reads the same. Rules: T9, N13.
 */
export function defaultPodSpec(spec: Tree): void {
  fill(spec, 'restartPolicy', 'Always');
  fill(spec, 'terminationGracePeriodSeconds', defaultGraceSeconds);
  // Less than none is the least.
  if (typeof spec['terminationGracePeriodSeconds'] === 'number' && spec['terminationGracePeriodSeconds'] < 0) spec['terminationGracePeriodSeconds'] = 1;
  fill(spec, 'dnsPolicy', 'ClusterFirst');
  fill(spec, 'securityContext', {});
  fill(spec, 'schedulerName', 'default-scheduler');
  // The old name of the field is kept equal.
  if (spec['serviceAccountName'] === undefined) {
    if (spec['serviceAccount'] !== undefined) spec['serviceAccountName'] = spec['serviceAccount'];
  } else {
    spec['serviceAccount'] = spec['serviceAccountName'];
  }
  const hostNetwork = spec['hostNetwork'] === true;
  for (const container of [...treesOf(spec['initContainers']), ...treesOf(spec['containers'])]) defaultContainer(container, hostNetwork);
  for (const volume of treesOf(spec['volumes'])) defaultVolume(volume);
}

function defaultContainer(container: Tree, hostNetwork: boolean): void {
  fill(container, 'resources', {});
  fill(container, 'terminationMessagePath', '/dev/termination-log');
  fill(container, 'terminationMessagePolicy', 'File');
  fill(container, 'imagePullPolicy', pullPolicy(typeof container['image'] === 'string' ? container['image'] : ''));
  for (const port of treesOf(container['ports'])) {
    fill(port, 'protocol', 'TCP');
    if (hostNetwork) fill(port, 'hostPort', port['containerPort']);
  }
}

/** A volume without a source is an empty directory. */
function defaultVolume(volume: Tree): void {
  if (Object.keys(volume).every((field) => field === 'name')) volume['emptyDir'] = {};
}

function requestsFromLimits(container: Tree): void {
  const resources = treeOf(container['resources']);
  const limits = treeOf(resources?.['limits']);
  if (!resources || !limits) return;
  const requests = treeOf(resources['requests']) ?? {};
  for (const [resource, limit] of Object.entries(limits)) fill(requests, resource, limit);
  resources['requests'] = requests;
}

/** `Always` for the tag `latest` or none, unless a digest pins the image. */
export function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  if (image === '' || image.includes('@')) return 'IfNotPresent';
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}
