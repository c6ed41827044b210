/** Words that DuckDB, Hive 4, Spark 4 or Postgres keep for themselves, and that people name columns by. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  `all alter analyse analyze and anti any array as asc asof asymmetric at authorization between binary boolean both by case cast char
  check collate column commit conf constraint create cross cube current current_catalog current_date current_role
  current_schema current_time current_timestamp current_user cursor database date day dayofweek decimal default
  deferrable delete desc describe distinct do double drop else end escape except exchange exists extended external
  extract false fetch filter float floor following for foreign freeze from full function generated glob grant group grouping
  having ilike import in initially inner insert int integer intersect interval into is isnull join lambda lateral leading left
  less like limit local localtime localtimestamp macro map minus more natural none not notnull null numeric of offset on
  only or order out outer over overlaps partialscan partition percent pivot placing positional precision preceding
  preserve primary procedure qualify range reads real reduce references regexp returning revoke right rlike rollback
  rollup row rows select semi session_user show set similar smallint some start struct summarize symmetric sync table tablesample
  then time timestamp to trailing transform trigger true truncate unbounded union unique uniquejoin unpivot update user
  using values varchar variadic verbose views when where window with`.split(/\s+/),
)
