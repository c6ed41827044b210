import type { Slice } from '#engine/ports/transform.ts'

/** One job on one partition: a checker, filter, sink or aggregate. Opened, it knows where it stands. */
export interface PartitionReader extends AsyncDisposable {
  /** The next offset that it takes. */
  readonly next: number
  /** When `tick` wants to be called: milliseconds on the job's clock; Infinity: not before the next take. */
  readonly due: number
  /** Takes records from `next` on and moves `next` behind them. What it keeps it retains; the caller releases the slice. */
  take(slice: Slice): Promise<void>
  /** Commits what is due at `now`. */
  tick(now: number): Promise<void>
  /** Commits what is open. */
  flush(): Promise<void>
  /** Records below `low` are gone: counts them as lost and goes on there. */
  lose(low: number): void
}
