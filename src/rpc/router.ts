import { implement } from '@orpc/server'
import { contract } from '#contract/contract.ts'
import type { Engine } from '#engine/engine-api.ts'
import { mapStream, stream } from './stream.ts'
import { toOrpcError } from './wire-errors.ts'

/** What the procedures act on. */
// A type, not an interface: only an alias fits the open record that oRPC asks of a context.
export type RouterContext = {
  readonly engine: Engine
  /** Ends the process that holds the engine, after the answer is out. */
  readonly shutdown: () => void
}

const os = implement(contract)
  .$context<RouterContext>()
  .use(async ({ next }) => {
    try {
      return await next()
    } catch (error) {
      throw toOrpcError(error)
    }
  })

const engine = os.engine.router({
  info: os.engine.info.handler(({ context }) => context.engine.info),
  shutdown: os.engine.shutdown.handler(({ context }) => {
    context.shutdown()
    return { pid: context.engine.info.pid }
  }),
})

const pipelines = os.pipelines.router({
  list: os.pipelines.list.handler(({ context }) => context.engine.pipelines.list()),
  validate: os.pipelines.validate.handler(({ context, input }) => context.engine.pipelines.validate(input)),
  start: os.pipelines.start.handler(({ context, input }) => context.engine.pipelines.start(input)),
  stop: os.pipelines.stop.handler(({ context, input }) => context.engine.pipelines.stop(input)),
  status: os.pipelines.status.handler(({ context, input }) => context.engine.pipelines.status(input)),
  watch: os.pipelines.watch.handler(({ context, input, signal }) =>
    stream((both) => context.engine.pipelines.watch(input.name, both), signal),
  ),
  waitIdle: os.pipelines.waitIdle.handler(({ context, input, signal }) =>
    stream((both) => context.engine.pipelines.waitIdle(input.name, both), signal),
  ),
  resetPreview: os.pipelines.resetPreview.handler(({ context, input }) =>
    context.engine.pipelines.resetPreview(input.name, input.what),
  ),
  reset: os.pipelines.reset.handler(({ context, input }) => context.engine.pipelines.reset(input.name, input.what)),
  replay: os.pipelines.replay.handler(({ context, input }) => context.engine.pipelines.replay(input)),
  logs: os.pipelines.logs.handler(({ context, input, signal }) =>
    stream((both) => context.engine.pipelines.logs(input, both), signal),
  ),
})

const topics = os.topics.router({
  list: os.topics.list.handler(({ context }) => context.engine.topics.list()),
  describe: os.topics.describe.handler(({ context, input }) => context.engine.topics.describe(input.topic)),
  tail: os.topics.tail.handler(({ context, input, signal }) =>
    stream((both) => context.engine.topics.tail(input, both), signal),
  ),
  produce: os.topics.produce.handler(({ context, input }) => context.engine.topics.produce(input)),
  create: os.topics.create.handler(({ context, input }) => context.engine.topics.create(input)),
  delete: os.topics.delete.handler(({ context, input }) => context.engine.topics.delete(input.topic)),
})

const files = os.files.router({
  ls: os.files.ls.handler(({ context, input }) => context.engine.lake.ls(input.path)),
  stat: os.files.stat.handler(({ context, input }) => context.engine.lake.stat(input.path)),
  cat: os.files.cat.handler(({ context, input, signal }) =>
    stream(
      (both) =>
        mapStream(context.engine.lake.cat(input, both), (bytes) => ({ base64: Buffer.from(bytes).toString('base64') })),
      signal,
    ),
  ),
  put: os.files.put.handler(({ context, input }) => context.engine.lake.put(input)),
  mkdir: os.files.mkdir.handler(({ context, input }) => context.engine.lake.mkdir(input.path)),
  mv: os.files.mv.handler(({ context, input }) => context.engine.lake.mv(input.from, input.to)),
  rm: os.files.rm.handler(({ context, input }) => context.engine.lake.rm(input.path, input.recursive ?? false)),
  chmod: os.files.chmod.handler(({ context, input }) => context.engine.lake.chmod(input.path, input.mode)),
  chown: os.files.chown.handler(({ context, input }) =>
    context.engine.lake.chown(input.path, input.owner, input.group),
  ),
  du: os.files.du.handler(({ context, input }) => context.engine.lake.du(input.path)),
})

const sql = os.sql.router({
  query: os.sql.query.handler(({ context, input, signal }) =>
    stream((both) => context.engine.sql.query(input, both), signal),
  ),
  export: os.sql.export.handler(({ context, input, signal }) => context.engine.sql.export(input, signal)),
  catalog: os.sql.catalog.handler(({ context }) => context.engine.sql.catalog()),
})

const analyses = os.analyses.router({
  list: os.analyses.list.handler(({ context, input }) => context.engine.analyses.list(input)),
  run: os.analyses.run.handler(({ context, input, signal }) =>
    stream((both) => context.engine.analyses.run(input, both), signal),
  ),
  clean: os.analyses.clean.handler(({ context, input }) => context.engine.analyses.clean(input)),
})

const alerts = os.alerts.router({
  list: os.alerts.list.handler(({ context, input }) => context.engine.alerts.list(input)),
  follow: os.alerts.follow.handler(({ context, input, signal }) =>
    stream((both) => context.engine.alerts.follow(input, both), signal),
  ),
})

/** The contract, answered by an engine. */
export const router = os.router({
  engine,
  pipelines,
  topics,
  groups: os.groups.router({
    list: os.groups.list.handler(({ context, input }) => context.engine.topics.groups(input.prefix)),
  }),
  files,
  sql,
  analyses,
  alerts,
  doctor: os.doctor.handler(({ context }) => context.engine.doctor()),
})
