import { definition, qualifiedKind, type AnyKind } from '../resource/kind.js';
import { Event } from '../resource/event.js';
import { Lease } from '../resource/lease.js';
import { qualifiedNameProblems } from '../resource/names.js';
import { Namespace } from '../resource/namespace.js';
import type { StatusCause } from '../resource/status.js';
import { invalid, required } from '../resource/validation/causes.js';
import { namespacePlugs } from './admission/namespace-lifecycle.js';
import { scaleHandler } from './scale.js';
import { plugsOf, type KindPlugs, type MutableObject, type Strategy } from './plugs.js';

/** The reference's strategies of leases that elect among candidates are not on by default. */
const gated = ['strategy', 'preferredHolder'] as const;

const leaseStrategy: Strategy = {
  prepareForCreate: dropGated,
  prepareForUpdate: dropGated,
  validate(object) {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions } = (object as Lease).spec ?? {};
    return [
      ...(seconds !== undefined && seconds <= 0 ? [invalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')] : []),
      ...(transitions !== undefined && transitions < 0 ? [invalid('spec.leaseTransitions', transitions, 'must be greater than or equal to 0')] : []),
    ];
  },
};

function dropGated(object: MutableObject): void {
  const { spec } = object;
  if (typeof spec !== 'object' || spec === null || !gated.some((field) => field in spec)) return;
  object['spec'] = Object.fromEntries(Object.entries(spec).filter(([field]) => !(gated as readonly string[]).includes(field)));
}

const eventStrategy: Strategy = { validate: (object) => eventCauses(object as Event) };

/** An event is in the namespace of what it is about; one with `eventTime` also says who reports it. Rule: T10 */
function eventCauses({ metadata: { namespace }, involvedObject, eventTime, reportingComponent = '', reportingInstance = '', action = '', reason = '', message = '' }: Event): readonly StatusCause[] {
  const about = involvedObject.namespace ?? '';
  const elsewhere = invalid('involvedObject.namespace', about, 'does not match event.namespace');
  if (!eventTime) return (about === '' ? namespace === 'default' : namespace === about) ? [] : [elsewhere];
  const short = (field: string, text: string, limit: number) => (text.length > limit ? [invalid(field, '', `can have at most ${String(limit)} characters`)] : []);
  return [
    ...(about === '' && namespace !== 'default' && namespace !== 'kube-system' ? [elsewhere] : []),
    ...(reportingComponent === '' ? [required('reportingComponent')] : []),
    ...qualifiedNameProblems(reportingComponent).map((problem) => invalid('reportingComponent', reportingComponent, problem)),
    ...(reportingInstance === '' ? [required('reportingInstance')] : []), ...short('reportingInstance', reportingInstance, 128),
    ...(action === '' ? [required('action')] : []), ...short('action', action, 128),
    ...(reason === '' ? [required('reason')] : []), ...short('reason', reason, 128),
    ...short('message', message, 1_024),
  ];
}

/** Core itself writes these kinds, so what they have besides a schema lives here and not with the kinds. */
const ofCore: { readonly [kind: string]: KindPlugs } = Object.freeze({
  [qualifiedKind(Event)]: { strategy: eventStrategy },
  [qualifiedKind(Lease)]: { strategy: leaseStrategy },
  [qualifiedKind(Namespace)]: namespacePlugs,
});

/** All that a kind brings along. */
export function allPlugsOf(kind: AnyKind): KindPlugs {
  const name = qualifiedKind(kind);
  const plugs = Object.hasOwn(ofCore, name) ? { ...plugsOf(kind), ...ofCore[name] } : plugsOf(kind);
  return kind[definition].scale ? { ...plugs, subresources: { ...plugs.subresources, scale: scaleHandler } } : plugs;
}
