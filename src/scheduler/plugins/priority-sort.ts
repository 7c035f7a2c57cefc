import type { QueuedPod } from '../queue/queued-pod.js';

/** Higher priority first, then who entered the queue earlier, then arrival. Equals PrioritySort of 1.36. Rule: K34. */
export function prioritySort(a: QueuedPod, b: QueuedPod): boolean {
  const [first, second] = [a.pod.spec.priority ?? 0, b.pod.spec.priority ?? 0];
  if (first !== second) return first > second;
  return a.enteredAt < b.enteredAt || (a.enteredAt === b.enteredAt && a.sequence < b.sequence);
}
