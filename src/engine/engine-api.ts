import type { Alert, AlertPage, AlertsRequest } from '#contract/alerts.ts'
import type { AnalysisEvent, AnalysisSummary, Cleaned, WhichAnalyses } from '#contract/analyses.ts'
import type { DoctorReport, EngineInfo } from '#contract/engine-info.ts'
import type { Cat, FileEntry, Put, Usage } from '#contract/files.ts'
import type {
  LogLine,
  LogsRequest,
  PipelineSummary,
  Replay,
  ReplayReport,
  ResetParts,
  ResetReport,
  Start,
  Validate,
  Validation,
} from '#contract/pipelines.ts'
import type { Export, Exported, Query, SqlCatalog, SqlPage } from '#contract/sql.ts'
import type { PipelineStatus, Status } from '#contract/status.ts'
import type {
  CreateTopic,
  Group,
  Produce,
  Produced,
  RecordPage,
  Tail,
  TopicDetail,
  TopicSummary,
} from '#contract/topics.ts'

/** What a pipeline can be asked for. Names are those of `list`, or absolute paths of files where a start takes them. */
export interface Pipelines {
  list(): Promise<PipelineSummary[]>
  /** Never starts anything; mistakes are in the answer. FILE_UNREADABLE, PIPELINE_UNKNOWN. */
  validate(request: Validate): Promise<Validation>
  /** Resolves when every job runs. PIPELINE_INVALID with all problems; USAGE where `untilIdle` meets an endless producer. */
  start(request: Start): Promise<{ name: string }>
  /** Resolves when every job has finished its open batch. */
  stop(request: { name: string }): Promise<{ name: string }>
  status(request: { name?: string | undefined }): Promise<Status>
  /** At once, then as it changes, at most four a second, until aborted or stopped. */
  watch(name: string, signal: AbortSignal): AsyncIterable<PipelineStatus>
  /** As `watch`; ends when the pipeline is idle. Throws the failure of a job that stopped for good. */
  waitIdle(name: string, signal: AbortSignal): AsyncIterable<PipelineStatus>
  resetPreview(name: string, what?: ResetParts): Promise<ResetReport>
  /** Stops the pipeline first. What it removed. */
  reset(name: string, what?: ResetParts): Promise<ResetReport>
  replay(request: Replay): Promise<ReplayReport>
  logs(request: LogsRequest, signal: AbortSignal): AsyncIterable<LogLine>
}

export interface Topics {
  list(): Promise<TopicSummary[]>
  describe(topic: string): Promise<TopicDetail>
  tail(request: Tail, signal: AbortSignal): AsyncIterable<RecordPage>
  produce(request: Produce): Promise<Produced>
  create(request: CreateTopic): Promise<TopicDetail>
  delete(topic: string): Promise<{ topic: string; records: number }>
  groups(prefix?: string): Promise<Group[]>
}

export interface LakeFiles {
  ls(path: string): Promise<FileEntry[]>
  stat(path: string): Promise<FileEntry>
  cat(request: Cat, signal: AbortSignal): AsyncIterable<Uint8Array>
  put(request: Put): Promise<FileEntry>
  mkdir(path: string): Promise<FileEntry>
  mv(from: string, to: string): Promise<FileEntry>
  rm(path: string, recursive: boolean): Promise<Usage>
  chmod(path: string, mode: number): Promise<FileEntry>
  chown(path: string, owner: string, group?: string): Promise<FileEntry>
  du(path: string): Promise<Usage>
}

export interface Sql {
  query(request: Query, signal: AbortSignal): AsyncIterable<SqlPage>
  export(request: Export, signal?: AbortSignal): Promise<Exported>
  catalog(): Promise<SqlCatalog>
}

export interface Analyses {
  list(which: WhichAnalyses): Promise<AnalysisSummary[]>
  run(which: WhichAnalyses, signal: AbortSignal): AsyncIterable<AnalysisEvent>
  clean(which: WhichAnalyses): Promise<Cleaned[]>
}

export interface Alerts {
  list(request: AlertsRequest): Promise<AlertPage>
  follow(request: { pipeline?: string | undefined }, signal: AbortSignal): AsyncIterable<Alert>
}

/** One data folder's engine: what every door speaks to. */
export interface Engine extends AsyncDisposable {
  readonly info: EngineInfo
  readonly pipelines: Pipelines
  readonly topics: Topics
  readonly lake: LakeFiles
  readonly sql: Sql
  readonly analyses: Analyses
  readonly alerts: Alerts
  doctor(): Promise<DoctorReport>
  /** Idempotent: stops every job after its open batch, closes every part, frees the folder. */
  close(): Promise<void>
}

/** How an engine is opened on a data folder. ENGINE_RUNNING where another one has it. */
export interface EngineOptions {
  /** The data folder, absolute; made if it isn't there. */
  readonly home: string
  /** Start what ran when the last engine ended. A command that only asks leaves it alone. */
  readonly resume: boolean
  /** What opens it, for the message that a second opener sees, e.g. "sluice run". */
  readonly openedBy: string
}

export type CreateEngine = (options: EngineOptions) => Promise<Engine>
