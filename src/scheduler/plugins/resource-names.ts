/**
 * Whether a resource is one of a vendor's devices and the like, not Kubernetes' own: it has a domain other than
 * kubernetes.io.
 */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.');
}
