import { draw } from '../../../src/core/runtime/random.js';
import { configMap, deployment, lease, pod, replicaSet } from './programs.js';
import type { Program, Step } from './program.js';

/** Programs that a seed makes: short lives of a few objects, with wrong turns. The same seed makes the same ones. */
export function randomPrograms(seed: number, count: number): readonly Program[] {
  return Array.from({ length: count }, (_, i) => new Maker(seed, i).program());
}

type Object = { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string } };

/** What programs do with one kind. */
interface Subject {
  readonly kind: string;
  /** A body, good or bad. */
  body(maker: Maker, name: string): Object;
  /** What a merge patch may say besides metadata. */
  change(maker: Maker): object;
  readonly status?: (maker: Maker) => object;
}

const texts = ['', '1', '2', 'x', 'a b', 'é', 'true'];
const amounts = ['1', '500m', '0.5', '1Gi', '1024Mi', '1.5', 'x', '-1', 2];
const finalizers = ['a.io/x', 'b.io/y', 'foregroundDeletion', 'orphan', 'noslash'];

const subjects: readonly Subject[] = [
  {
    kind: 'ConfigMap',
    body: (m, name) => ({ ...configMap(name, m.some(['a', 'b', 'c', 'bad key', '..'], () => m.one(texts)), m.metadata()), ...(m.chance(0.1) ? { immutable: m.chance(0.5) } : {}) }),
    change: (m) => m.one<() => object>([() => ({ data: m.some(['a', 'b', 'c', 'd'], () => m.one([...texts, null, 5])) }), () => ({ data: null }), () => ({ binaryData: { x: m.one(['YQ==', '!', 'YQ']) } }), () => ({ immutable: m.one([true, false, null]) }), () => ({ unknown: 1 })])(),
  },
  {
    kind: 'Secret',
    body: (m, name) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name, ...m.metadata() }, ...(m.chance(0.5) ? { data: m.some(['a', 'b'], () => m.one(['YQ==', '', 'YWI=', '*'])) } : {}), ...(m.chance(0.4) ? { stringData: m.some(['b', 'c'], () => m.one(texts)) } : {}), ...(m.chance(0.3) ? { type: m.one(['Opaque', 'a/b', 'kubernetes.io/basic-auth', 'kubernetes.io/ssh-auth']) } : {}) }),
    change: (m) => m.one<() => object>([() => ({ data: m.some(['a', 'b', 'c'], () => m.one(['YQ==', null, 'x'])) }), () => ({ stringData: { s: m.one(texts) } }), () => ({ type: m.one(['x', 'Opaque']) }), () => ({ immutable: true })])(),
  },
  {
    kind: 'Pod',
    body: (m, name) => pod(name, m.podSpec(), m.metadata()),
    change: (m) => m.one<() => object>([() => ({ spec: m.podSpec() }), () => ({ spec: { activeDeadlineSeconds: m.one([null, 0, 5, 9]) } }), () => ({ spec: { tolerations: m.tolerations() } }), () => ({ spec: { containers: [{ name: m.one(['a', 'b']), image: m.one(['a:1', 'a:2', '']) }] } }), () => ({ spec: { nodeName: 'n' } })])(),
    status: (m) => ({ phase: m.one(['Pending', 'Running', 'Succeeded', 'Failed']), conditions: m.conditions(['Ready', 'PodScheduled']) }),
  },
  {
    kind: 'Deployment.apps',
    body: (m, name) => deployment(name, m.workload(), m.metadata()),
    change: (m) => m.one<() => object>([() => ({ spec: m.workload() }), () => ({ spec: { replicas: m.one([0, 1, 3, -1, null]) } }), () => ({ status: { replicas: 9 } }), () => ({ spec: { template: { metadata: { labels: { extra: m.one(texts) } } } } })])(),
    status: (m) => ({ replicas: m.int(3), readyReplicas: m.int(3), availableReplicas: m.int(3), updatedReplicas: m.int(2), conditions: m.conditions(['Available', 'Progressing']) }),
  },
  {
    kind: 'ReplicaSet.apps',
    body: (m, name) => replicaSet(name, m.chance(0.7) ? { replicas: m.one([0, 1, 2, -1]) } : { minReadySeconds: m.one([0, 3]) }),
    change: (m) => m.one<() => object>([() => ({ spec: { replicas: m.one([0, 1, 3, -1, null]) } }), () => ({ spec: { selector: { matchLabels: { app: m.one(['a', 'b']) } } } })])(),
    status: (m) => ({ replicas: m.int(3), readyReplicas: m.int(3), observedGeneration: m.int(3), conditions: m.conditions(['ReplicaFailure']) }),
  },
  {
    kind: 'Lease.coordination.k8s.io',
    body: (m, name) => lease(name, { ...m.some(['holderIdentity'], () => m.one(['x', 'y', ''])), ...(m.chance(0.5) ? { leaseDurationSeconds: m.one([15, 1, 0]) } : {}), ...(m.chance(0.4) ? { renewTime: m.one(['2020-01-01T00:00:00.000000Z', '2020-01-01T01:00:00.123456+01:00', '2020-01-01T00:00:00Z']) } : {}) }),
    change: (m) => ({ spec: m.some(['holderIdentity', 'leaseTransitions'], (field) => (field === 'leaseTransitions' ? m.one([0, 1, -1, null]) : m.one(['z', '', null]))) }),
  },
];

class Maker {
  #drawn = 0;
  readonly #stream: string;

  constructor(private readonly seed: number, private readonly index: number) {
    this.#stream = `program/${String(index)}`;
  }

  program(): Program {
    // One or two kinds, so that a program says much about few objects.
    const chosen = this.chance(0.7) ? [this.one(subjects)] : [this.one(subjects), this.one(subjects)];
    const first = this.one(chosen);
    const steps: Step[] = [this.#create(first, 'a')];
    const length = 4 + this.int(8);
    while (steps.length < length) steps.push(this.#step(this.one(chosen), steps));
    return { id: `seed ${String(this.seed)} program ${String(this.index)}`, steps };
  }

  #step(subject: Subject, before: readonly Step[]): Step {
    const { kind } = subject;
    const name = this.one(['a', 'a', 'a', 'b']);
    const from = this.int(before.length);
    switch (this.one(['create', 'get', 'list', 'merge', 'merge', 'merge', 'json', 'update', 'update', 'put', 'apply', 'apply', 'apply', 'apply', 'delete', 'delete', 'status', 'status', 'collection', 'options'])) {
      case 'create': return this.#create(subject, name);
      case 'get': return { verb: 'get', kind, name };
      case 'list': return { verb: 'list', kind, options: this.chance(0.5) ? { labelSelector: this.one(['app=x', 'app!=x', '!app', 'app', 'app in (x,y)', 'app in', 'a=']) } : {} };
      case 'merge': return { verb: 'patch', type: 'merge', kind, name, patch: { ...subject.change(this), ...(this.chance(0.3) ? { metadata: this.#metadataPatch() } : {}) }, options: this.#options() };
      case 'json': return { verb: 'patch', type: 'json', kind, name, patch: this.#operations(), options: this.#options() };
      case 'update': return { verb: 'update', kind, name, from, merge: { ...subject.change(this), ...(this.chance(0.3) ? { metadata: this.#metadataPatch() } : {}) }, options: this.#options() };
      case 'put': return { verb: 'update', kind, name, object: subject.body(this, name), options: this.#options() };
      case 'apply': return { verb: 'apply', kind, name, object: subject.body(this, name), options: { ...this.#options(), fieldManager: this.one(['one', 'two']) }, ...(this.chance(0.3) ? { force: true } : {}) };
      case 'delete': return { verb: 'delete', kind, name, options: this.#deletion() };
      case 'status': return subject.status ? { verb: 'patch', type: 'merge', kind, name, subresource: 'status', patch: { status: subject.status(this), ...(this.chance(0.2) ? { spec: { replicas: 7 } } : {}) }, options: this.#options() } : { verb: 'get', kind, name };
      case 'collection': return { verb: 'deleteCollection', kind, options: { ...this.#deletion(), ...(this.chance(0.6) ? { labelSelector: this.one(['app=x', 'app!=x', '!app']) } : {}) } };
      default: return { verb: 'list', kind, options: { limit: 1 + this.int(2) } };
    }
  }

  #create(subject: Subject, name: string): Step {
    return { verb: 'create', kind: subject.kind, object: subject.body(this, name), options: this.#options() };
  }

  metadata(): object {
    return {
      ...(this.chance(0.4) ? { labels: this.some(['app', 'tier', 'bad key'], () => this.one(['x', 'y', '', 'bad value!'])) } : {}),
      ...(this.chance(0.2) ? { annotations: this.some(['note', 'b.io/n'], () => this.one([...texts, null])) } : {}),
      ...(this.chance(0.2) ? { finalizers: this.#list(finalizers) } : {}),
    };
  }

  podSpec(): object {
    return {
      ...(this.chance(0.5) ? { containers: this.#list(['a', 'b', 'c']).map((name) => this.#container(name)) } : {}),
      ...(this.chance(0.3) ? { nodeName: 'n' } : {}),
      ...(this.chance(0.2) ? { tolerations: this.tolerations() } : {}),
      ...(this.chance(0.2) ? { terminationGracePeriodSeconds: this.one([0, 5, -1]) } : {}),
      ...(this.chance(0.1) ? { restartPolicy: this.one(['Never', 'OnFailure', 'Nope', '']) } : {}),
      ...(this.chance(0.15) ? { volumes: this.#list(['v', 'w', 'V']).map((name) => ({ name, ...(this.chance(0.5) ? { emptyDir: {} } : {}) })) } : {}),
      ...(this.chance(0.1) ? { nodeSelector: this.some(['a', 'b'], () => this.one(texts)) } : {}),
    };
  }

  #container(name: string): object {
    return {
      name, image: this.one(['a:1', 'a', 'a:latest', 'a@sha256:x']),
      ...(this.chance(0.3) ? { ports: [80, 81].slice(this.int(2)).map((containerPort) => ({ containerPort, ...(this.chance(0.3) ? { name: this.one(['http', 'BAD', 'web']) } : {}), ...(this.chance(0.2) ? { protocol: this.one(['UDP', 'TCP', 'X']) } : {}) })) } : {}),
      ...(this.chance(0.3) ? { env: this.#list(['A', 'B', 'A']).map((variable) => ({ name: variable, value: this.one(texts) })) } : {}),
      ...(this.chance(0.3) ? { resources: { requests: this.some(['cpu', 'memory', 'foo'], () => this.one(amounts)), limits: this.some(['cpu', 'memory'], () => this.one(amounts)) } } : {}),
      ...(this.chance(0.2) ? { volumeMounts: [{ name: 'v', mountPath: this.one(['/x', '']) }] } : {}),
      ...(this.chance(0.1) ? { readinessProbe: this.one([{ httpGet: { port: 80 } }, { exec: { command: ['x'] } }, {}, { tcpSocket: { port: 0 } }]) } : {}),
    };
  }

  tolerations(): readonly object[] {
    return this.#list(['a', 'b']).map((key) => ({ key, operator: this.one(['Exists', 'Equal', 'Exists']), ...(this.chance(0.3) ? { value: this.one(['', 'v']) } : {}), ...(this.chance(0.4) ? { effect: this.one(['NoSchedule', 'NoExecute']) } : {}), ...(this.chance(0.2) ? { tolerationSeconds: this.one([0, 5]) } : {}) }));
  }

  workload(): object {
    return {
      ...(this.chance(0.4) ? { replicas: this.one([0, 1, 2, -1]) } : {}),
      ...(this.chance(0.2) ? { strategy: this.one([{ type: 'Recreate' }, { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }, { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%' } }, { type: 'Nope' }]) } : {}),
      ...(this.chance(0.2) ? { minReadySeconds: this.one([0, 5, 700]) } : {}),
      ...(this.chance(0.1) ? { paused: this.chance(0.5) } : {}),
      ...(this.chance(0.1) ? { selector: this.one([{}, { matchLabels: { app: 'b' } }, { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] }]) } : {}),
    };
  }

  conditions(types: readonly string[]): readonly object[] {
    return this.#list(types).map((type) => ({ type, status: this.one(['True', 'False']), ...(this.chance(0.3) ? { reason: 'Why', message: '' } : {}) }));
  }

  #metadataPatch(): object {
    return this.one<() => object>([
      () => ({ labels: this.some(['app', 'tier'], () => this.one(['x', 'y', null])) }), () => ({ labels: null }), () => ({ annotations: { note: this.one(texts) } }),
      () => ({ finalizers: this.one([null, [], ['a.io/x'], ['a.io/x', 'b.io/y']]) }), () => ({ uid: 'other' }), () => ({ resourceVersion: this.one(['1', null, 'x']) }), () => ({ creationTimestamp: null }),
      () => ({ generation: 7 }), () => ({ deletionTimestamp: '2020-01-01T00:00:00Z' }), () => ({ managedFields: this.one([[], [{}], null]) }), () => ({ name: 'b' }), () => ({ generateName: 'g-' }),
    ])();
  }

  #operations(): readonly object[] {
    const place = () => this.one(['/data/a', '/data/x', '/metadata/labels', '/metadata/labels/app', '/spec/replicas', '/spec/tolerations/0', '/spec/tolerations/-', '/metadata/finalizers/0', '/metadata/finalizers']);
    const value = () => this.one<unknown>(['1', 2, { app: 'x' }, ['a.io/x'], 'a.io/x', { key: 'k', operator: 'Exists' }, null]);
    return Array.from({ length: 1 + this.int(2) }, () => {
      const op = this.one(['add', 'add', 'replace', 'remove', 'test', 'copy', 'move']);
      return { op, path: place(), ...(op === 'copy' || op === 'move' ? { from: place() } : op === 'remove' ? {} : { value: value() }) };
    });
  }

  #options(): object {
    return {
      ...(this.chance(0.1) ? { dryRun: true } : {}), ...(this.chance(0.3) ? { fieldManager: this.one(['one', 'two', 'three']) } : {}),
      ...(this.chance(0.15) ? { fieldValidation: this.one(['Strict', 'Ignore', 'Warn']) } : {}),
    };
  }

  #deletion(): object {
    return {
      ...(this.chance(0.3) ? { propagationPolicy: this.one(['Foreground', 'Background', 'Orphan']) } : {}), ...(this.chance(0.4) ? { gracePeriodSeconds: this.one([0, 0, 5, 60]) } : {}),
      ...(this.chance(0.1) ? { preconditions: this.one([{ uid: '${0.metadata.uid}' }, { uid: 'other' }, { resourceVersion: '1' }]) } : {}), ...(this.chance(0.1) ? { dryRun: true } : {}),
    };
  }

  /** Some of the keys, in their order. */
  some<V>(keys: readonly string[], value: (key: string) => V): { readonly [key: string]: V } {
    return Object.fromEntries(keys.filter(() => this.chance(0.5)).map((key) => [key, value(key)]));
  }

  #list<T>(values: readonly T[]): readonly T[] {
    return values.filter(() => this.chance(0.55));
  }

  one<T>(values: readonly T[]): T {
    return values[this.int(values.length)] as T; // no list here is empty
  }

  chance(share: number): boolean {
    return this.#next() < share;
  }

  int(below: number): number {
    return Math.floor(this.#next() * below);
  }

  #next(): number {
    return draw(this.seed, this.#stream, this.#drawn++);
  }
}
