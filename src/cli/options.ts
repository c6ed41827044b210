import { usage } from './verb.ts'

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** "30s", "5m", "1h", "250ms", or seconds without a unit → milliseconds. */
export function durationOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?$/.exec(text.trim()) ?? []
  const factor = UNITS[unit]
  if (amount === undefined || factor === undefined)
    throw usage(`--${name} ${text} is no duration; write 30s, 5m or 1h.`)
  return Number(amount) * factor
}

interface NumberRule {
  readonly min?: number
  /** It need not be whole. */
  readonly fraction?: boolean
}

/** A number ≥ `min` (0), whole unless `fraction`; "1_000_000" is fine. */
export function numberOption(name: string, text: string | undefined, rule: NumberRule = {}): number | undefined {
  if (text === undefined) return undefined
  const { min = 0, fraction = false } = rule
  const value = /^[\d_]+(\.\d+)?$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
  if (value >= min && (fraction || Number.isSafeInteger(value))) return value
  throw usage(`--${name} ${text} is no ${fraction ? '' : 'whole '}number from ${min} on.`)
}
