import { type CompiledQuery, Kysely, PostgresDialect, type Transaction } from 'kysely'
import pg from 'pg'

/** How PostgreSQL ran a statement. */
export interface QueryPlan {
  statement: string
  /** The indexes that it read. */
  indexes: string[]
  /** The tables that it read without an index. */
  scanned: string[]
  /** How many rows it read of all tables together, also those that it did not need. */
  rowsRead: number
}

/** Shows how PostgreSQL runs the statements of a service. */
export interface QueryPlans<DB> {
  /** Runs statements that fill tables; these do not check foreign keys. */
  load(statements: readonly string[]): Promise<void>
  /** Runs the work, undoes it, and returns the plan of each statement that it sent. */
  of(work: (trx: Transaction<DB>) => Promise<unknown>): Promise<QueryPlan[]>
  close(): Promise<void>
}

/** Connects to a schema as the administrator of `url`. */
export function openQueryPlans<DB>({ url, schema }: { url: string; schema: string }): QueryPlans<DB> {
  const pool = new pg.Pool({ connectionString: url, max: 1, options: `-c search_path=${schema}` })
  // The database may be dropped while the last connection is being closed.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const sent: CompiledQuery[] = []
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    log: ({ query }) => void sent.push(query)
  })
  return {
    async load(statements) {
      for (const statement of ['set session_replication_role = replica', ...statements, 'analyze'])
        await pool.query(statement)
      await pool.query('reset session_replication_role')
    },
    async of(work) {
      sent.length = 0
      const running = await db.startTransaction().execute()
      try {
        await work(running)
      } finally {
        await running.rollback().execute()
      }
      return explainAll(pool, sent.filter(isStatement))
    },
    close: () => db.destroy()
  }
}

function isStatement({ sql }: CompiledQuery): boolean {
  return !/^(begin|start transaction|rollback)/.test(sql)
}

/** One after the other in one transaction, so that each finds what the ones before it wrote. */
async function explainAll(pool: pg.Pool, statements: readonly CompiledQuery[]): Promise<QueryPlan[]> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const plans: QueryPlan[] = []
    for (const { sql, parameters } of statements) {
      const ran = await client.query<PlanRow>(`explain (analyze, format json) ${sql}`, [...parameters])
      const nodes = ran.rows.flatMap(nodesOf)
      // Of a prepared statement PostgreSQL may keep a plan for all parameters.
      const kept = sql.startsWith('/* prepared */')
        ? await client.query<PlanRow>(`explain (generic_plan, format json) ${sql}`)
        : undefined
      const all = [...nodes, ...(kept?.rows ?? []).flatMap(nodesOf)]
      plans.push({
        statement: sql,
        indexes: [...new Set(all.flatMap((node) => node['Index Name'] ?? []))].toSorted(),
        scanned: [...new Set(all.flatMap(tableOf))].toSorted(),
        rowsRead: nodes.reduce((sum, node) => sum + rowsOf(node), 0)
      })
    }
    return plans
  } finally {
    await client.query('rollback')
    client.release()
  }
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: PlanNode[]
}

interface PlanRow {
  'QUERY PLAN': { Plan: PlanNode }[]
}

function nodesOf(row: PlanRow): PlanNode[] {
  const under = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(under)]
  return row['QUERY PLAN'].flatMap(({ Plan }) => under(Plan))
}

function tableOf(node: PlanNode): string[] {
  return node['Node Type'].endsWith('Seq Scan') ? [node['Relation Name'] ?? ''] : []
}

function rowsOf(node: PlanNode): number {
  if (!/^(Seq|Index|Index Only|Bitmap Heap) Scan$/.test(node['Node Type'])) return 0
  const {
    'Actual Rows': rows = 0,
    'Rows Removed by Filter': filtered = 0,
    'Rows Removed by Index Recheck': rechecked = 0
  } = node
  return (rows + filtered + rechecked) * (node['Actual Loops'] ?? 0)
}
