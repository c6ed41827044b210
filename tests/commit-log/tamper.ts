import type { Entry } from '#engine/core/commit-log/entry.ts'
import { parseTmpName } from '#engine/core/commit-log/log-paths.ts'
import type { Act, Acts, Answer, Ask } from '#engine/core/commit-log/protocol.ts'
import type { Broken, ModelActor, ModelLake, Steps } from './model-lake.ts'

/** What a run of the protocol has asked so far, the last act included. */
type Asked = readonly Ask[]

type Tamper = (lake: ModelLake, act: Ask, asked: Asked) => Steps<Answer> | undefined

/** Takes rules out of the protocol from outside, by what its acts are answered. The other rules are broken in the lake or by the writer. */
const TAMPERS: Partial<Record<Broken, Tamper>> = {
  'no check after the put': (_lake, act, asked) => {
    const put = lastPut(asked)
    if (act.do !== 'get' || !put || asked.at(-2)?.do !== 'put') return undefined
    return answer([{ ...put, n: put.n - 1, id: put.prev ?? '' }])
  },
  'takes a look for one moment': (lake, act, asked) => {
    const put = lastPut(asked)
    return act.do === 'list' && put && asked.at(-3)?.do === 'put' ? upTo(put.n, lake) : undefined
  },
  'sweeps beyond the fence': (lake, act, asked) => {
    if (act.do === 'listTmp') return lowered(lastPut(asked)?.n ?? 0, lake)
    return act.do === 'sweep'
      ? lake.sweep({ ...act, names: act.names.map((name) => name.replace(LOWERED, '')) })
      : undefined
  },
  'finishes the last entry only': (_lake, act, asked) => {
    const fence = opens(asked) ? (lastPut(asked)?.n ?? 0) : 0
    return act.do === 'place' && act.n < fence - 1 ? answer(act.files.map(() => 'placed' as const)) : undefined
  },
  'never finishes its own entries': (_lake, act, asked) =>
    act.do === 'place' && !opens(asked) ? answer(act.files.map(() => 'placed' as const)) : undefined,
}

/** Does on the lake what was asked; a run with a broken rule is answered wrongly where that rule would hold. */
export function answered(broken: Broken | undefined, lake: ModelLake, asked: Asked): Steps<Answer> {
  const act = asked.at(-1) ?? { do: 'list' }
  const tampered = broken && TAMPERS[broken]?.(lake, act, asked)
  return tampered ?? perform(lake, act)
}

function perform<A extends Act>(lake: ModelActor, act: Ask<A>): Steps<Acts[A]['answer']> {
  return lake[act.do](act)
}

function opens(asked: Asked): boolean {
  return asked[0]?.do === 'list'
}

function lastPut(asked: Asked): Entry | undefined {
  return asked.findLast((act) => act.do === 'put')?.entry
}

function* answer(value: Answer): Steps<Answer> {
  yield
  return value
}

function* upTo(n: number, lake: ModelLake): Steps<Answer> {
  return (yield* lake.list()).filter((other) => other <= n)
}

const LOWERED = /^0-of-/

function* lowered(fence: number, lake: ModelLake): Steps<Answer> {
  const names = yield* lake.listTmp()
  return names.map((name) => ((parseTmpName(name) ?? 0) > fence ? `0-of-${name}` : name))
}
