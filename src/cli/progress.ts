import type { PipelineStatus } from '#contract/status.ts'
import { formatCount, formatElapsed, formatRate } from './format.ts'
import { edgeLines } from './ledger-table.ts'
import { table } from './table.ts'
import type { Sink } from './terminal.ts'

/** Live progress of a pipeline: one block on a terminal that is drawn again and again, nothing in a pipe. */
export interface Progress {
  show(status: PipelineStatus, nowMs: number): Promise<void>
  /** Leaves nothing of the block behind. */
  clear(): Promise<void>
}

const SMOOTHING = 0.5

/** `startedMs`: when the counting of time began, on the same clock as `nowMs`. */
export function createProgress(sink: Sink, startedMs: number): Progress {
  if (!sink.isTty) return { show: () => Promise.resolve(), clear: () => Promise.resolve() }
  const rates = new Rates()
  let drawn = 0
  const erase = (): string => (drawn === 0 ? '' : `\u001b[${drawn}A\u001b[0J`)
  return {
    show: async (status, nowMs) => {
      const block = blockOf(status, {
        rates: rates.update(status, nowMs),
        elapsed: nowMs - startedMs,
        width: sink.columns,
      })
      await sink.write(erase() + block)
      drawn = block.split('\n').length - 1
    },
    clear: async () => {
      await sink.write(erase())
      drawn = 0
    },
  }
}

interface Frame {
  readonly rates: ReadonlyMap<string, number>
  readonly elapsed: number
  readonly width: number
}

function blockOf(status: PipelineStatus, { rates, elapsed, width }: Frame): string {
  const rows = edgeLines(status).map(({ edge, records, became }) => [
    edge,
    formatCount(records),
    formatRate(rates.get(edge) ?? 0),
    became,
  ])
  const head = [`${status.name} ${status.state}`, 'records', formatElapsed(elapsed), '']
  // A line that the terminal would break counts as two: the next drawing would erase one too few.
  return table({ head, rows, right: [1, 2] })
    .split('\n')
    .map((line) => line.slice(0, Math.max(20, width - 1)))
    .join('\n')
}

/** Records a second of each edge, smoothed over a few looks. */
class Rates {
  readonly #rates = new Map<string, number>()
  #before = new Map<string, number>()
  #at: number | undefined

  update(status: PipelineStatus, nowMs: number): ReadonlyMap<string, number> {
    const now = new Map(edgeLines(status).map(({ edge, records }) => [edge, records]))
    const seconds = this.#at === undefined ? 0 : (nowMs - this.#at) / 1000
    if (seconds > 0) {
      for (const [edge, records] of now) {
        const fresh = Math.max(0, records - (this.#before.get(edge) ?? records)) / seconds
        this.#rates.set(edge, fresh * SMOOTHING + (this.#rates.get(edge) ?? fresh) * (1 - SMOOTHING))
      }
    }
    if (seconds > 0 || this.#at === undefined) {
      this.#before = now
      this.#at = nowMs
    }
    return this.#rates
  }
}
