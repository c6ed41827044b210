import { formatCount } from '#cli/format.ts'
import { answer } from '#cli/print.ts'
import { openSession } from '#cli/session.ts'
import { table } from '#cli/table.ts'
import { verb } from '#cli/verb.ts'

export const groups = verb({
  usage: 'groups [prefix]',
  about: 'Consumer groups: the next offset of each partition, and how many records are still to be read.',
  examples: [['sluice groups sluice.customers', "one pipeline's"]],
  args: { prefix: { type: 'positional', required: false, description: 'Only groups whose names start so' } },
  run: async ({ prefix }, context) => {
    await using session = await openSession(context)
    const found = await session.client.groups.list({ prefix })
    const rows = found.flatMap(({ group, positions }) =>
      positions.map(({ topic, partition, next, lag }) => [
        group,
        topic,
        String(partition),
        formatCount(next),
        formatCount(lag),
      ]),
    )
    const head = ['group', 'topic', 'partition', 'next', 'lag']
    return await answer(context, found, () =>
      rows.length === 0 ? 'No groups.\n' : table({ head, rows, right: [2, 3, 4] }),
    )
  },
})
