const TWO_32 = 2 ** 32

/** 32 random bits of record n: a pure function of the seed, the stream and n. */
export type RandomBits = (n: number) => number

/**
 * One stream of random numbers, addressed by the number of the record and not by what was drawn before: what resumes in
 * the middle goes on with the same numbers. Two rounds of the `lowbias32` finalizer (C. Wellons, "Hash Prospector"),
 * each under a key of its own, so that no stream is another one shifted.
 */
export function randomBits(seed: number, stream: string): RandomBits {
  const first = keyOf(seed, stream)
  const second = mix(first ^ 0x9e3779b9)
  return (n) => {
    const low = (n | 0) ^ first
    const start = n < TWO_32 ? low : low + Math.imul(Math.floor(n / TWO_32), 0x85ebca6b)
    return mix(mix(start) + second) >>> 0
  }
}

/** 32 bits as a number in (0, 1): neither end is ever given. */
export function unit(bits: number): number {
  return (bits + 0.5) / TWO_32
}

/** 32 bits as one of 0 … count − 1. */
export function below(bits: number, count: number): number {
  return Math.floor((bits / TWO_32) * count)
}

/** The bits below which an event of this probability happens. */
export function threshold(probability: number): number {
  return Math.round(probability * TWO_32)
}

function keyOf(seed: number, stream: string): number {
  let key = mix((seed | 0) ^ Math.imul(Math.floor(seed / TWO_32), 0xc2b2ae35))
  for (let index = 0; index < stream.length; index++) key = mix(key + stream.charCodeAt(index) + 1)
  return key
}

function mix(value: number): number {
  let bits = value | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return bits ^ (bits >>> 16)
}
