/** Every number and time that people read is written here. */

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** 1536 → "1.5 KiB" */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < BYTE_UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(value < 10 ? 1 : 0)} ${BYTE_UNITS[unit]}`
}

/** 1234567 → "1,234,567" */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** "1 file", "3 files" */
export function formatNumberOf(count: number, thing: string): string {
  return `${formatCount(count)} ${count === 1 ? thing : `${thing}s`}`
}

/** Records a second: "0/s", "12/s", "34.5k/s", "1.2M/s" */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(1)}M/s`
  if (perSecond >= 1e4) return `${(perSecond / 1e3).toFixed(1)}k/s`
  if (perSecond > 0 && perSecond < 1) return `${perSecond.toFixed(1)}/s`
  return `${formatCount(perSecond)}/s`
}

/** 75_000 → "1:15", 3_675_000 → "1:01:15" */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const pad = (value: number): string => String(value).padStart(2, '0')
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`
}

/** Milliseconds since 1970 → "2026-11-22 04:32:10Z" */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`
}

/** 0o755 of a folder → "drwxr-xr-x" */
export function formatMode(mode: number, folder: boolean): string {
  const bits = Array.from('rwxrwxrwx', (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-'))
  return `${folder ? 'd' : '-'}${bits.join('')}`
}
