type Json = Record<string, unknown>
/** Who writes a value: what callers send may only be accepted more widely, what Belay sends only promise more. */
type Direction = 'request' | 'response'

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const objectOf = (value: unknown): Json => (isObject(value) ? value : {})
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Returns readable descriptions of how `after` breaks a published document. Additions are not breaks. */
export function contractBreaks(before: Json, after: Json): string[] {
  return new Comparison(before, after).run()
}

class Comparison {
  readonly #before: Json
  readonly #after: Json
  /** Pairs of references that are being compared: schemas may contain themselves. */
  readonly #comparing = new Set<string>()

  constructor(before: Json, after: Json) {
    this.#before = before
    this.#after = after
  }

  run(): string[] {
    return [...this.#paths(), ...this.#channels()]
  }

  #paths(): string[] {
    return this.#pairs(this.#before.paths, this.#after.paths).flatMap(({ name: path, old, now }) => {
      if (now === undefined) return [`${path} is gone`]
      return this.#pairs(old, now).flatMap((method) => {
        const at = `${method.name.toUpperCase()} ${path}`
        return method.now === undefined
          ? [`${at} is gone`]
          : this.#operation(at, objectOf(method.old), objectOf(method.now))
      })
    })
  }

  #operation(at: string, old: Json, now: Json): string[] {
    const responses = this.#pairs(old.responses, now.responses).flatMap((status) => {
      const where = `${at} ${status.name}`
      if (status.now === undefined) return [`${where} is gone`]
      const headers = this.#pairs(objectOf(status.old).headers, objectOf(status.now).headers)
      const lost = headers.filter((one) => one.now === undefined).map(({ name }) => `${where}: header ${name} is gone`)
      return [...lost, ...this.#content(where, status.old, status.now, 'response')]
    })
    return [...this.#parameters(at, old, now), ...this.#body(at, old.requestBody, now.requestBody), ...responses]
  }

  #body(at: string, old: unknown, now: unknown): string[] {
    const isRequired = (body: unknown) => objectOf(body).required === true
    if (old === undefined) return isRequired(now) ? [`${at}: a body is now required`] : []
    if (now === undefined) return [`${at}: the body is gone`]
    const demanded = isRequired(now) && !isRequired(old) ? [`${at}: a body is now required`] : []
    return [...demanded, ...this.#content(`${at} body`, old, now, 'request')]
  }

  #content(at: string, old: unknown, now: unknown, direction: Direction): string[] {
    return this.#pairs(objectOf(old).content, objectOf(now).content).flatMap((media) =>
      media.now === undefined
        ? [`${at}: ${media.name} is gone`]
        : this.#schema(at, objectOf(media.old).schema, objectOf(media.now).schema, direction)
    )
  }

  #parameters(at: string, old: Json, now: Json): string[] {
    const byName = (operation: Json, document: Json) => {
      const resolved = listOf(operation.parameters).map((parameter) => resolve(parameter, document))
      return Object.fromEntries(resolved.map((one) => [`${String(one.in)} ${String(one.name)}`, one]))
    }
    const [before, after] = [byName(old, this.#before), byName(now, this.#after)]
    const demanded = Object.entries(after).filter(
      ([name, { required }]) => required === true && before[name]?.required !== true
    )
    return [
      ...demanded.map(([name]) => `${at}: ${name} is now required`),
      ...this.#pairs(before, after).flatMap(({ name, old: had, now: has }) =>
        has === undefined
          ? [`${at}: ${name} is gone`]
          : this.#schema(`${at} ${name}`, objectOf(had).schema, objectOf(has).schema, 'request')
      )
    ]
  }

  #channels(): string[] {
    const addresses = this.#pairs(this.#before.channels, this.#after.channels).flatMap(({ name, old, now }) => {
      if (now === undefined) return [`${name} is gone`]
      return objectOf(old).address === objectOf(now).address ? [] : [`${name} has another address`]
    })
    const [old, now] = [this.#before, this.#after].map((document) => objectOf(objectOf(document.components).messages))
    const messages = this.#pairs(old, now).flatMap((message) => {
      if (message.now === undefined) return [`${message.name} is gone`]
      const direction = message.name.includes('.client.') ? 'request' : 'response'
      return this.#schema(message.name, objectOf(message.old).payload, objectOf(message.now).payload, direction)
    })
    return [...addresses, ...messages]
  }

  #schema(at: string, old: unknown, now: unknown, direction: Direction): string[] {
    const pair = `${String(objectOf(old).$ref)} ${String(objectOf(now).$ref)} ${direction}`
    if (isObject(old) && '$ref' in old) {
      if (this.#comparing.has(pair)) return []
      this.#comparing.add(pair)
    }
    const [before, after] = [variants(old, this.#before), variants(now, this.#after)]
    const [only] = before
    const [onlyNow] = after
    let breaks: string[]
    if (before.length === 1 && after.length === 1 && only !== undefined && onlyNow !== undefined) {
      breaks = this.#single(at, only, onlyNow, direction)
    } else if (direction === 'request') {
      breaks = before.some((one) => !after.some((other) => this.#single(at, one, other, direction).length === 0))
        ? [`${at}: a form of it is no longer accepted`]
        : []
    } else {
      breaks = after.some((other) => !before.some((one) => this.#single(at, one, other, direction).length === 0))
        ? [`${at} may now have another form`]
        : []
    }
    this.#comparing.delete(pair)
    return breaks
  }

  #single(at: string, old: Json, now: Json, direction: Direction): string[] {
    const properties = this.#pairs(old.properties, now.properties).flatMap(({ name, old: had, now: has }) =>
      has === undefined ? [`${at}.${name} is gone`] : this.#schema(`${at}.${name}`, had, has, direction)
    )
    const items = old.items === undefined ? [] : this.#schema(`${at}[]`, old.items, now.items, direction)
    return [...typeBreaks(at, old, now, direction), ...requiredBreaks(at, old, now, direction), ...properties, ...items]
  }

  #pairs(old: unknown, now: unknown): { name: string; old: unknown; now: unknown }[] {
    const after = objectOf(now)
    return Object.entries(objectOf(old)).map(([name, value]) => ({ name, old: value, now: after[name] }))
  }
}

function resolve(value: unknown, document: Json): Json {
  const { $ref } = objectOf(value)
  if (typeof $ref !== 'string') return objectOf(value)
  const steps = $ref.replace(/^#\//, '').split('/')
  return objectOf(steps.reduce<unknown>((inner, step) => objectOf(inner)[step], document))
}

/** Returns the alternatives that a schema allows. */
function variants(value: unknown, document: Json): Json[] {
  const schema = resolve(value, document)
  const forms = schema.anyOf ?? schema.oneOf
  return Array.isArray(forms) ? forms.flatMap((one) => variants(one, document)) : [schema]
}

function requiredBreaks(at: string, old: Json, now: Json, direction: Direction): string[] {
  const [before, after] = [listOf(old.required).map(String), listOf(now.required).map(String)]
  return direction === 'request'
    ? after.filter((name) => !before.includes(name)).map((name) => `${at}.${name} is now required`)
    : before.filter((name) => !after.includes(name)).map((name) => `${at}.${name} may now be missing`)
}

/** Keywords that can reject a value that was accepted: those that must not decrease, and those that must not increase. */
const upperLimits = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties']
const lowerLimits = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties']

function typeBreaks(at: string, old: Json, now: Json, direction: Direction): string[] {
  const [before, after] = [typesOf(old), typesOf(now)]
  const [kept, from] = direction === 'request' ? [after, before] : [before, after]
  const isNarrowed = kept.length > 0 && (from.length === 0 || from.some((type) => !kept.includes(type)))
  const types = isNarrowed
    ? [`${at} is ${after.join(' or ') || 'anything'}, was ${before.join(' or ') || 'anything'}`]
    : []
  const values = valuesOf(now)
  const lost = values.length === 0 ? [] : valuesOf(old).filter((value) => !values.includes(value))
  const removed = lost.map((value) => `${at}: the value ${value} is gone`)
  if (direction === 'response') return [...types, ...removed]
  const limit = (name: string, fallback: number, schema: Json) => Number(schema[name] ?? fallback)
  const isNew = valuesOf(old).length === 0 && values.length > 0 ? [`${at} is now limited to some values`] : []
  const tightened = [
    ...upperLimits.filter((name) => limit(name, Infinity, now) < limit(name, Infinity, old)),
    ...lowerLimits.filter((name) => limit(name, -Infinity, now) > limit(name, -Infinity, old)),
    ...['pattern', 'format'].filter((name) => now[name] !== undefined && now[name] !== old[name]),
    ...(now.additionalProperties === false && old.additionalProperties !== false ? ['additionalProperties'] : [])
  ]
  return [...types, ...removed, ...isNew, ...tightened.map((name) => `${at}: ${name} is stricter`)]
}

/** An `integer` is a `number` as well. */
function typesOf({ type }: Json): string[] {
  return [type ?? []].flat().flatMap((one) => (one === 'number' ? ['number', 'integer'] : [String(one)]))
}

function valuesOf(schema: Json): string[] {
  return 'const' in schema ? [JSON.stringify(schema.const)] : listOf(schema.enum).map((value) => JSON.stringify(value))
}
