/** What Ajv says of one broken keyword. */
export interface Fault {
  keyword: string
  instancePath: string
  schemaPath: string
  message?: string | undefined
  params: Record<string, unknown>
}

/**
 * Ajv reports every branch of a union that failed. Left is what the sender meant: the faults of the one branch that
 * fits in kind, or the values that the union would take, or that nothing fits.
 */
export function resolveUnions(faults: readonly Fault[]): Fault[] {
  const unions = faults.filter((fault) => fault.keyword === 'anyOf')
  const outer = unions.filter((union) => !unions.some((other) => isInside(union, other)))
  const rest = faults.filter((fault) => !outer.some((union) => fault === union || isInside(fault, union)))
  return [...rest, ...outer.flatMap((union) => resolveUnion(union, faults))]
}

function resolveUnion(union: Fault, faults: readonly Fault[]): Fault[] {
  const inside = faults.filter((fault) => isInside(fault, union))
  const branches = [...Map.groupBy(inside, (fault) => branchOf(fault, union)).values()]
  const fitting = branches.filter((branch) => !branch.some((fault) => isOtherKind(fault, union)))
  if (fitting.length === 1) return fitting.flatMap(resolveUnions)
  return [allowedValues(inside) ?? wrongType(inside) ?? union]
}

function isInside(fault: Fault, union: Fault): boolean {
  return fault.schemaPath.startsWith(`${union.schemaPath}/`) && fault.instancePath.startsWith(union.instancePath)
}

function branchOf(fault: Fault, union: Fault): string {
  return fault.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? ''
}

/** Whether a fault shows that its branch was not meant: another constant, another type altogether. */
function isOtherKind(fault: Fault, union: Fault): boolean {
  return fault.keyword === 'const' || (fault.keyword === 'type' && fault.instancePath === union.instancePath)
}

/** The constants of all branches as one `enum`, if they are about the same place. */
function allowedValues(inside: readonly Fault[]): Fault | undefined {
  const constants = inside.filter((fault) => fault.keyword === 'const')
  const [first] = constants
  if (first === undefined || constants.some((fault) => fault.instancePath !== first.instancePath)) return undefined
  return { ...first, keyword: 'enum', params: { allowedValues: constants.map((fault) => fault.params.allowedValue) } }
}

function wrongType(inside: readonly Fault[]): Fault | undefined {
  return inside.find((fault) => fault.keyword === 'type' && fault.params.type !== 'null')
}
