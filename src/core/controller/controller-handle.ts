/** What `app.of(controller)` gives. */
export interface ControllerHandle {
  /** Triggers go on merging, nothing starts; runs in flight finish (R43). */
  pause(): void;
  resume(): void;
  readonly queued: number;
  readonly inFlight: number;
}
