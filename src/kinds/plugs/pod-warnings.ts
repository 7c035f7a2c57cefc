import { labelProblem } from '../../core/resource/names.js';
import { parseQuantity } from '../../core/resource/quantity.js';
import { quoted } from '../../core/resource/validation/causes.js';
import type { Container } from '../core-v1/container.js';
import type { PodSpec } from '../core-v1/pod-object.js';

/** Labels of nodes that have a new name, or none. */
const oldNodeLabels: { readonly [label: string]: string } = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

/** The name of what makes pods, which becomes part of their names and hostnames. Rule: A8 */
export function nameWarnings(name: string, of: 'the Pod' | 'Pods'): readonly string[] {
  const problem = labelProblem(name);
  if (problem === undefined) return [];
  const usedIn = of === 'the Pod' ? "in the Pod's hostname" : 'in Pod names and hostnames';
  return [`metadata.name: this is used ${usedIn}, which can result in surprising behavior; a DNS label is recommended: [${problem}]`];
}

/** What is accepted in a pod's spec, and hardly meant. `at` is its path. Rule: A8 */
export function podWarnings(spec: PodSpec, at: string): readonly string[] {
  const containers = [
    ...(spec.initContainers ?? []).map((container, i) => ({ container, path: `${at}.initContainers[${String(i)}]` })),
    ...spec.containers.map((container, i) => ({ container, path: `${at}.containers[${String(i)}]` })),
  ];
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((label) => oldLabel(label).map((text) => `${at}.nodeSelector[${label}]: ${text}`)),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, i) => {
      const path = `${at}.topologySpreadConstraints[${String(i)}]`;
      return [
        ...oldLabel(topologyKey).map((text) => `${path}.topologyKey: ${topologyKey} is ${text}`),
        ...(labelSelector === undefined ? [`${path}.labelSelector: a null labelSelector results in matching no pod`] : []),
      ];
    }),
    ...repeated((spec.hostAliases ?? []).map(({ ip }) => ip), (ip, i) => `${at}.hostAliases[${String(i)}].ip: duplicate ip ${quoted(ip)}`),
    ...repeated((spec.imagePullSecrets ?? []).map(({ name = '' }) => name), (name, i) => `${at}.imagePullSecrets[${String(i)}].name: duplicate name ${quoted(name)}`),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name = '' }, i) => (name === '' ? [`${at}.imagePullSecrets[${String(i)}].name: invalid empty name ""`] : [])),
    ...containers.flatMap(({ container, path }) => [...fractionalBytes(container, path), ...hiddenVariables(container, path)]),
    ...portWarnings(containers),
  ];
}

function oldLabel(label: string): readonly string[] {
  const text = Object.hasOwn(oldNodeLabels, label) ? oldNodeLabels[label] : undefined;
  return text === undefined ? [] : [text];
}

function repeated(values: readonly string[], tell: (value: string, i: number) => string): readonly string[] {
  const seen = new Set<string>();
  return values.flatMap((value, i) => {
    const again = seen.has(value);
    seen.add(value);
    return again ? [tell(value, i)] : [];
  });
}

function fractionalBytes({ resources = {} }: Container, path: string): readonly string[] {
  return ['memory', 'ephemeral-storage'].flatMap((resource) => (['limits', 'requests'] as const).flatMap((list) => {
    const amount = resources[list]?.[resource];
    const parsed = amount === undefined ? undefined : parseQuantity(amount);
    if (amount === undefined || parsed === undefined || parsed.nano % 1_000_000_000n === 0n) return [];
    return [`${path}.resources.${list}[${resource}]: fractional byte value ${quoted(amount)} is invalid, must be an integer`];
  }));
}

/** A variable that is set again is lost, unless the new value contains the old one. */
function hiddenVariables({ env = [] }: Container, path: string): readonly string[] {
  const seen = new Set<string>();
  return env.flatMap(({ name, value = '', valueFrom }, i) => {
    const again = seen.has(name);
    seen.add(name);
    const reference = `$(${name})`;
    const hides = again && (valueFrom !== undefined || value === reference || !value.includes(reference));
    return hides ? [`${path}.env[${String(i)}]: hides previous definition of ${quoted(name)}, which may be dropped when using apply`] : [];
  });
}

function portWarnings(containers: readonly { readonly container: Container; readonly path: string }[]): readonly string[] {
  const texts: string[] = [];
  const ports = containers.flatMap(({ container, path }) => (container.ports ?? []).map((port, i) => ({ ...port, hostIP: port.hostIP ?? '', hostPort: port.hostPort ?? 0, path: `${path}.ports[${String(i)}]` })));
  for (const [i, port] of ports.entries()) {
    for (const other of ports.slice(0, i)) {
      if (other.containerPort !== port.containerPort || (other.protocol ?? 'TCP') !== (port.protocol ?? 'TCP')) continue;
      if (port.hostIP === other.hostIP && port.hostPort === other.hostPort) texts.push(`${port.path}: duplicate port definition with ${other.path}`);
      else if (port.hostPort === 0 || other.hostPort === 0) texts.push(`${port.path}: overlapping port definition with ${other.path}`);
      else if (port.hostPort === other.hostPort && (port.hostIP === '') !== (other.hostIP === '')) texts.push(`${port.path}: dangerously ambiguous port definition with ${other.path}`);
    }
  }
  const names = new Map<string, string>();
  for (const { name = '', path } of ports) {
    const other = name === '' ? undefined : names.get(name);
    if (other !== undefined) texts.push(`${path}: duplicate port name ${quoted(name)} with ${other}, services and probes that select ports by name will use ${other}`);
    else if (name !== '') names.set(name, path);
  }
  return texts;
}
