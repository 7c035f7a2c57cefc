import { compareQuantities, parseQuantity } from '../../core/resource/quantity.js';
import { labelProblem, qualifiedNameProblems } from '../../core/resource/names.js';
import type { StatusCause } from '../../core/resource/status.js';
import { duplicate, forbidden, invalid, notFound, required } from '../../core/resource/validation/causes.js';
import type { Container, ContainerPort, EnvVar, Probe, ResourceRequirements } from '../core-v1/container.js';
import type { PodSpec } from '../core-v1/pod-object.js';
import { atLeastZero, portNumberCauses, portNumberOrNameCauses, portNameProblems } from './ports.js';

/** What the schema cannot say about the containers of a pod's spec; `at` is the spec's path. Rule: T10. */
export function containersCauses(spec: PodSpec, at: string): readonly StatusCause[] {
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name));
  const init = spec.initContainers ?? [];
  const names = new Set<string>();
  const isRepeated = ({ name }: Container, path: string) => {
    const again = names.has(name);
    if (name !== '') names.add(name);
    return again ? [duplicate(`${path}.name`, name)] : [];
  };
  if (spec.containers.length === 0) return [required(`${at}.containers`)];
  return [
    ...spec.containers.flatMap((container, i) => {
      const path = `${at}.containers[${String(i)}]`;
      return [...containerCauses(container, path, volumes), ...isRepeated(container, path), ...probesCauses(container, path)];
    }),
    ...hostPortConflicts(spec.containers, `${at}.containers`),
    ...init.flatMap((container, i) => {
      const path = `${at}.initContainers[${String(i)}]`;
      return [
        ...containerCauses(container, path, volumes), ...isRepeated(container, path), ...hostPortConflicts([container], `${at}.initContainers`),
        ...(container.restartPolicy === 'Always' ? probesCauses(container, path) : onlyForSidecars(container, path)),
      ];
    }),
  ];
}

function containerCauses(container: Container, at: string, volumes: ReadonlySet<string>): readonly StatusCause[] {
  const { name, image = '', ports = [], env = [], volumeMounts = [], resources = {} } = container;
  const problem = name === '' ? undefined : labelProblem(name);
  const mounted = new Set<string>();
  return [
    ...(name === '' ? [required(`${at}.name`)] : []),
    ...(problem === undefined ? [] : [invalid(`${at}.name`, name, problem)]),
    ...(image === '' ? [required(`${at}.image`)] : []),
    ...portsCauses(ports, `${at}.ports`),
    ...env.flatMap((variable, i) => envCauses(variable, `${at}.env[${String(i)}]`)),
    ...volumeMounts.flatMap(({ name: volume, mountPath }, i) => {
      const path = `${at}.volumeMounts[${String(i)}]`;
      const again = mounted.has(mountPath);
      mounted.add(mountPath);
      return [
        ...(volume === '' ? [required(`${path}.name`)] : []),
        ...(volumes.has(volume) ? [] : [notFound(`${path}.name`, volume)]),
        ...(mountPath === '' ? [required(`${path}.mountPath`)] : []),
        ...(again ? [invalid(`${path}.mountPath`, mountPath, 'must be unique')] : []),
      ];
    }),
    ...resourceCauses(resources, `${at}.resources`),
  ];
}

function portsCauses(ports: readonly ContainerPort[], at: string): readonly StatusCause[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = '', containerPort, hostPort = 0 }, i) => {
    const path = `${at}[${String(i)}]`;
    const problems = name === '' ? [] : portNameProblems(name);
    const again = problems.length === 0 && names.has(name);
    if (name !== '' && problems.length === 0) names.add(name);
    return [
      ...problems.map((text) => invalid(`${path}.name`, name, text)),
      ...(again ? [duplicate(`${path}.name`, name)] : []),
      ...(containerPort === 0 ? [required(`${path}.containerPort`)] : portNumberCauses(containerPort, `${path}.containerPort`)),
      ...(hostPort === 0 ? [] : portNumberCauses(hostPort, `${path}.hostPort`)),
    ];
  });
}

/** One port of the machine goes to one container. */
function hostPortConflicts(containers: readonly Container[], at: string): readonly StatusCause[] {
  const taken = new Set<string>();
  return containers.flatMap(({ ports = [] }, i) => ports.flatMap(({ hostPort = 0, hostIP = '', protocol = 'TCP' }, j) => {
    if (hostPort === 0) return [];
    const place = `${protocol}/${hostIP}/${String(hostPort)}`;
    const again = taken.has(place);
    taken.add(place);
    return again ? [duplicate(`${at}[${String(i)}].ports[${String(j)}].hostPort`, place)] : [];
  }));
}

function envCauses({ name, value = '', valueFrom }: EnvVar, at: string): readonly StatusCause[] {
  const causes: StatusCause[] = [];
  if (name === '') causes.push(required(`${at}.name`));
  else if (!/^[ -<>-~]*$/.test(name)) causes.push(invalid(`${at}.name`, name, "a valid environment variable name must consist only of printable ASCII characters other than '='"));
  if (!valueFrom) return causes;
  const sources = Object.keys(valueFrom).length;
  if (sources === 0) causes.push(invalid(`${at}.valueFrom`, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`'));
  else if (value !== '') causes.push(invalid(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) causes.push(invalid(`${at}.valueFrom`, '', 'may not have more than one field specified at a time'));
  return causes;
}

const standardResources: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const wellKnownResources: ReadonlySet<string> = new Set([
  ...standardResources, 'pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps', 'persistentvolumeclaims', 'storage',
  'requests.cpu', 'requests.memory', 'requests.storage', 'requests.ephemeral-storage', 'limits.cpu', 'limits.memory', 'limits.ephemeral-storage',
  'services.nodeports', 'services.loadbalancers',
]);

function resourceCauses({ limits = {}, requests = {} }: ResourceRequirements, at: string): readonly StatusCause[] {
  const each = (list: { readonly [name: string]: string }, path: string) => Object.entries(list).flatMap(([name, amount]) => [
    ...resourceNameCauses(name, `${path}[${name}]`),
    ...(compareQuantities(amount, 0) < 0 ? [invalid(`${path}[${name}]`, amount, 'must be greater than or equal to 0')] : []),
    ...(isExtended(name) && !isWhole(amount) ? [invalid(`${path}[${name}]`, amount, 'must be an integer')] : []),
  ]);
  const both = Object.entries(requests).flatMap(([name, request]) => {
    const limit = Object.hasOwn(limits, name) ? limits[name] : undefined;
    if (limit === undefined) return mayExceed(name) ? [] : [required(`${at}.limits`, 'Limit must be set for non overcommitable resources')];
    const order = compareQuantities(request, limit);
    if (order !== 0 && !mayExceed(name)) return [invalid(`${at}.requests`, request, `must be equal to ${name} limit of ${limit}`)];
    return order > 0 ? [invalid(`${at}.requests`, request, `must be less than or equal to ${name} limit of ${limit}`)] : [];
  });
  return [...each(limits, `${at}.limits`), ...each(requests, `${at}.requests`), ...both];
}

function resourceNameCauses(name: string, path: string): readonly StatusCause[] {
  const problems = qualifiedNameProblems(name);
  if (problems.length > 0) return problems.map((problem) => invalid(path, name, problem));
  if (name.includes('/')) return isNative(name) || isExtended(name) ? [] : [invalid(path, name, "doesn't follow extended resource name standard")];
  const isHugePages = name.startsWith('hugepages-');
  return [
    ...(wellKnownResources.has(name) || isHugePages ? [] : [invalid(path, name, 'must be a standard resource type or fully qualified')]),
    ...(standardResources.has(name) || isHugePages ? [] : [invalid(path, name, 'must be a standard resource for containers')]),
  ];
}

function isNative(name: string): boolean {
  return !name.includes('/') || name.includes('kubernetes.io/');
}

function isExtended(name: string): boolean {
  return !isNative(name) && !name.startsWith('requests.') && qualifiedNameProblems(`requests.${name}`).length === 0;
}

/** More of it may be promised than there is. */
function mayExceed(name: string): boolean {
  return isNative(name) && !name.startsWith('hugepages-');
}

function isWhole(amount: string): boolean {
  const parsed = parseQuantity(amount);
  return parsed !== undefined && parsed.nano % 1_000_000_000n === 0n;
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

function probesCauses(container: Container, at: string): readonly StatusCause[] {
  return probes.flatMap((which) => {
    const probe = container[which];
    if (!probe) return [];
    const path = `${at}.${which}`;
    const isReadiness = which === 'readinessProbe';
    const { successThreshold = 1, terminationGracePeriodSeconds: grace } = probe;
    return [
      ...probeCauses(probe, path),
      ...(!isReadiness && successThreshold !== 1 ? [invalid(`${path}.successThreshold`, successThreshold, 'must be 1')] : []),
      ...(isReadiness && grace !== undefined ? [invalid(`${path}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes')] : []),
    ];
  });
}

const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'] as const;

function probeCauses(probe: Probe, at: string): readonly StatusCause[] {
  const [given, ...more] = handlers.filter((handler) => probe[handler] !== undefined);
  const { exec, httpGet, tcpSocket, grpc, terminationGracePeriodSeconds: grace } = probe;
  return [
    ...(given === undefined ? [required(at, 'must specify a handler type')] : []),
    ...(given === 'exec' && (exec?.command ?? []).length === 0 ? [required(`${at}.exec.command`)] : []),
    ...(given === 'httpGet' && httpGet ? portNumberOrNameCauses(httpGet.port, `${at}.httpGet.port`) : []),
    ...(given === 'tcpSocket' && tcpSocket ? portNumberOrNameCauses(tcpSocket.port, `${at}.tcpSocket.port`) : []),
    ...(given === 'grpc' && grpc ? portNumberOrNameCauses(grpc.port, `${at}.grpc.port`) : []),
    ...more.map((handler) => forbidden(`${at}.${handler}`, 'may not specify more than 1 handler type')),
    ...(['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const).flatMap((field) => atLeastZero(probe[field], `${at}.${field}`)),
    ...(grace !== undefined && grace <= 0 ? [invalid(`${at}.terminationGracePeriodSeconds`, grace, 'must be greater than 0')] : []),
  ];
}

function onlyForSidecars(container: Container, at: string): readonly StatusCause[] {
  return (['lifecycle', ...probes] as const).filter((field) => container[field] !== undefined)
    .map((field) => forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always'));
}
