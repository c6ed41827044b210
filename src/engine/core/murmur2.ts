const SEED = 0x9747b28c
const MULTIPLIER = 0x5bd1e995

/** Kafka's murmur2 of a text's UTF-8 bytes, as a signed 32-bit number (org.apache.kafka.common.utils.Utils.murmur2). */
export function murmur2(text: string): number {
  return ofAscii(text) ?? ofBytes(new TextEncoder().encode(text))
}

/**
 * The partition that Kafka's DefaultPartitioner gives a key, in [0, partitions): so records of one key stay in order, and
 * stand where other clients look for them.
 */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions
}

// The bytes of ASCII are its char codes: nothing is allocated. Undefined where the text has others.
function ofAscii(text: string): number | undefined {
  const { length } = text
  let hash = SEED ^ length
  let seen = 0
  let at = 0
  for (; at + 4 <= length; at += 4) {
    const a = text.charCodeAt(at)
    const b = text.charCodeAt(at + 1)
    const c = text.charCodeAt(at + 2)
    const d = text.charCodeAt(at + 3)
    seen |= a | b | c | d
    hash = mix(hash, a | (b << 8) | (c << 16) | (d << 24))
  }
  let rest = 0
  for (let last = length - 1; last >= at; last--) {
    const code = text.charCodeAt(last)
    seen |= code
    rest = (rest << 8) | code
  }
  if (seen > 0x7f) return undefined
  return finish(hash, rest, length - at)
}

function ofBytes(bytes: Uint8Array): number {
  const { length } = bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  let hash = SEED ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) hash = mix(hash, view.getInt32(at, true))
  let rest = 0
  for (let last = length - 1; last >= at; last--) rest = (rest << 8) | view.getUint8(last)
  return finish(hash, rest, length - at)
}

function mix(hash: number, word: number): number {
  const k = Math.imul(word, MULTIPLIER)
  return Math.imul(hash, MULTIPLIER) ^ Math.imul(k ^ (k >>> 24), MULTIPLIER)
}

function finish(hash: number, rest: number, restBytes: number): number {
  let h = restBytes > 0 ? Math.imul(hash ^ rest, MULTIPLIER) : hash
  h = Math.imul(h ^ (h >>> 13), MULTIPLIER)
  return h ^ (h >>> 15)
}
