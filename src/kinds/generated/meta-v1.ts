// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.

export interface GroupResource {
  readonly group: string;
  readonly resource: string;
}
