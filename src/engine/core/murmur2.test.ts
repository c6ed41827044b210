import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { murmur2, partitionOf } from './murmur2.ts'

describe('murmur2', () => {
  // From org.apache.kafka.common.utils.UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %j as Kafka does', (text, hash) => {
    expect(murmur2(text)).toBe(hash)
  })

  it('hashes the UTF-8 bytes of what is not ASCII, wherever in the text it stands', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => murmur2(text) === literally(text)))
    expect(murmur2('näive')).toBe(literally('näive'))
    expect(murmur2('abcdé')).toBe(literally('abcdé'))
  })
})

describe('partitionOf', () => {
  it('stays within the partitions, whatever the sign of the hash', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 100 }), (key, partitions) => {
        const partition = partitionOf(key, partitions)
        return Number.isInteger(partition) && partition >= 0 && partition < partitions
      }),
    )
  })

  it('clears the sign bit as Kafka does, instead of taking the absolute value', () => {
    expect(partitionOf('21', 7)).toBe((-973932308 & 0x7fffffff) % 7)
  })
})

/** Kafka's Java, line by line, over 64-bit integers: slow, and the oracle for the fast one. */
function literally(text: string): number {
  const data = new TextEncoder().encode(text)
  const int = (value: bigint): bigint => BigInt.asIntN(32, value)
  const shift = (value: bigint, by: bigint): bigint => BigInt.asUintN(32, value) >> by
  const byte = (index: number): bigint => BigInt(data[index] ?? 0)
  const m = 0x5bd1e995n
  let h = int(0x9747b28cn ^ BigInt(data.length))
  const words = data.length >> 2
  for (let i = 0; i < words; i++) {
    let k = int(byte(4 * i) + (byte(4 * i + 1) << 8n) + (byte(4 * i + 2) << 16n) + (byte(4 * i + 3) << 24n))
    k = int(k * m)
    k = int(k ^ shift(k, 24n))
    k = int(k * m)
    h = int(int(h * m) ^ k)
  }
  const rest = data.length % 4
  const tail = data.length - rest
  if (rest === 3) h = int(h ^ (byte(tail + 2) << 16n))
  if (rest >= 2) h = int(h ^ (byte(tail + 1) << 8n))
  if (rest >= 1) h = int(int(h ^ byte(tail)) * m)
  h = int(h ^ shift(h, 13n))
  h = int(h * m)
  return Number(int(h ^ shift(h, 15n)))
}
