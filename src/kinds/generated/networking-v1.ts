// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.
import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';
import type { Kind } from '../../core/resource/kind.js';
import type { KubeObject, ObjectMeta } from '../../core/resource/object.js';
import { kindSchema } from '../messages/table.js';
import { networkPolicyPlugs } from '../plugs/plain.js';
import type { Condition } from '../../core/resource/object.js';
import type { LabelSelector } from '../meta-v1.js';
import type { TypedLocalObjectReference } from './core-v1.js';

export interface NetworkPolicy extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec?: NetworkPolicySpec;
}
export const NetworkPolicy: Kind<NetworkPolicy> = defineBuiltinKind<NetworkPolicy>({
  group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy', plural: 'networkpolicies', namespaced: true, schema: () => kindSchema('networking/v1.NetworkPolicy'),
  shortNames: ['netpol'], hasGeneration: true, plugs: networkPolicyPlugs,
});

export interface Ingress extends KubeObject {
  readonly metadata: ObjectMeta<string>;
  readonly spec?: IngressSpec;
  readonly status?: IngressStatus;
}
export const Ingress: Kind<Ingress> = defineBuiltinKind<Ingress>({
  group: 'networking.k8s.io', version: 'v1', kind: 'Ingress', plural: 'ingresses', namespaced: true, schema: () => kindSchema('networking/v1.Ingress'),
  shortNames: ['ing'], statusSubresource: true, hasGeneration: true, storageKey: 'ingress',
});

export interface IngressClass extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec?: IngressClassSpec;
}
export const IngressClass: Kind<IngressClass> = defineBuiltinKind<IngressClass>({
  group: 'networking.k8s.io', version: 'v1', kind: 'IngressClass', plural: 'ingressclasses', namespaced: false, schema: () => kindSchema('networking/v1.IngressClass'),
  hasGeneration: true,
});

export interface ServiceCIDR extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec?: ServiceCIDRSpec;
  readonly status?: ServiceCIDRStatus;
}
export const ServiceCIDR: Kind<ServiceCIDR> = defineBuiltinKind<ServiceCIDR>({
  group: 'networking.k8s.io', version: 'v1', kind: 'ServiceCIDR', plural: 'servicecidrs', namespaced: false, schema: () => kindSchema('networking/v1.ServiceCIDR'),
  statusSubresource: true,
});

export interface IPAddress extends KubeObject {
  readonly metadata: ObjectMeta<undefined>;
  readonly spec: IPAddressSpec;
}
export const IPAddress: Kind<IPAddress> = defineBuiltinKind<IPAddress>({
  group: 'networking.k8s.io', version: 'v1', kind: 'IPAddress', plural: 'ipaddresses', namespaced: false, schema: () => kindSchema('networking/v1.IPAddress'),
  shortNames: ['ip'],
});

export interface HTTPIngressPath {
  readonly path?: string;
  readonly pathType: string;
  readonly backend: IngressBackend;
}

export interface HTTPIngressRuleValue {
  readonly paths: readonly HTTPIngressPath[];
}

export interface IPAddressSpec {
  readonly parentRef: ParentReference;
}

export interface IPBlock {
  readonly cidr: string;
  readonly except?: readonly string[];
}

export interface IngressBackend {
  readonly service?: IngressServiceBackend;
  readonly resource?: TypedLocalObjectReference;
}

export interface IngressClassParametersReference {
  readonly apiGroup?: string;
  readonly kind: string;
  readonly name: string;
  readonly scope?: string;
  readonly namespace?: string;
}

export interface IngressClassSpec {
  readonly controller?: string;
  readonly parameters?: IngressClassParametersReference;
}

export interface IngressLoadBalancerIngress {
  readonly ip?: string;
  readonly hostname?: string;
  readonly ports?: readonly IngressPortStatus[];
}

export interface IngressLoadBalancerStatus {
  readonly ingress?: readonly IngressLoadBalancerIngress[];
}

export interface IngressPortStatus {
  readonly port?: number;
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP';
  readonly error?: string;
}

export interface IngressRule {
  readonly host?: string;
  readonly http?: HTTPIngressRuleValue;
}

export interface IngressServiceBackend {
  readonly name: string;
  readonly port?: ServiceBackendPort;
}

export interface IngressSpec {
  readonly ingressClassName?: string;
  readonly defaultBackend?: IngressBackend;
  readonly tls?: readonly IngressTLS[];
  readonly rules?: readonly IngressRule[];
}

export interface IngressStatus {
  readonly loadBalancer?: IngressLoadBalancerStatus;
}

export interface IngressTLS {
  readonly hosts?: readonly string[];
  readonly secretName?: string;
}

export interface NetworkPolicyEgressRule {
  readonly ports?: readonly NetworkPolicyPort[];
  readonly to?: readonly NetworkPolicyPeer[];
}

export interface NetworkPolicyIngressRule {
  readonly ports?: readonly NetworkPolicyPort[];
  readonly from?: readonly NetworkPolicyPeer[];
}

export interface NetworkPolicyPeer {
  readonly podSelector?: LabelSelector;
  readonly namespaceSelector?: LabelSelector;
  readonly ipBlock?: IPBlock;
}

export interface NetworkPolicyPort {
  readonly protocol?: 'SCTP' | 'TCP' | 'UDP';
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface NetworkPolicySpec {
  readonly podSelector?: LabelSelector;
  readonly ingress?: readonly NetworkPolicyIngressRule[];
  readonly egress?: readonly NetworkPolicyEgressRule[];
  readonly policyTypes?: readonly ('Egress' | 'Ingress')[];
}

export interface ParentReference {
  readonly group?: string;
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface ServiceBackendPort {
  readonly name?: string;
  readonly number?: number;
}

export interface ServiceCIDRSpec {
  readonly cidrs?: readonly string[];
}

export interface ServiceCIDRStatus {
  readonly conditions?: readonly Condition[];
}
