const DURATIONS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const DURATION_WORDS: Readonly<Record<string, string>> = {
  millisecond: 'ms',
  second: 's',
  sec: 's',
  minute: 'm',
  min: 'm',
  hour: 'h',
  day: 'd',
}

const SIZES: Readonly<Record<string, number>> = {
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
}

/** Milliseconds of "1 minute", "30 seconds", "1 s", "5m", "250 ms", "1.5 h", "7 days"; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [amount, unit] = amountAndUnit(text)
  const short = DURATION_WORDS[unit.replace(/s$/, '')] ?? unit
  return whole(amount, own(DURATIONS, short))
}

/** Bytes of "128 MiB", "10 GB", "512b"; undefined for anything else. */
export function parseSize(text: string): number | undefined {
  const [amount, unit] = amountAndUnit(text)
  return whole(amount, own(SIZES, unit))
}

function amountAndUnit(text: string): [number, string] {
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(text)
  return [Number(match?.[1]), (match?.[2] ?? '').toLowerCase()]
}

function own(table: Readonly<Record<string, number>>, unit: string): number | undefined {
  return Object.hasOwn(table, unit) ? table[unit] : undefined
}

function whole(amount: number, factor: number | undefined): number | undefined {
  const value = Math.round(amount * (factor ?? NaN))
  return Number.isSafeInteger(value) && value > 0 ? value : undefined
}
