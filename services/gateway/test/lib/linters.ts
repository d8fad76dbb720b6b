import { Parser } from '@asyncapi/parser'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import spectralCore from '@stoplight/spectral-core'
import spectralRulesets from '@stoplight/spectral-rulesets'

// CommonJS modules: their exports are properties of the default export.
const { Ruleset, Spectral } = spectralCore
const { asyncapi, oas } = spectralRulesets

/**
 * Returns the findings of Redocly's recommended rules, each as one line. Ambiguous paths are allowed: source APIs have some
 * (`/messages/{id}/read` and `/messages/request/{id}`), of which the router takes the one that is spelled out further.
 */
export async function redoclyFindings(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'], rules: { 'no-ambiguous-paths': 'off' } })
  const problems = await lintFromString({ source: JSON.stringify(document), absoluteRef: '/openapi.json', config })
  return problems.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} (${at?.pointer ?? ''})`)
}

/** The errors and warnings of Spectral's recommended rules for a kind of document, each as one line. */
export async function spectralFindings(kind: 'openapi' | 'asyncapi', document: object): Promise<string[]> {
  const spectral = new Spectral()
  spectral.setRuleset(new Ruleset({ extends: [[kind === 'openapi' ? oas : asyncapi, 'recommended']] }))
  return faultsOf(await spectral.run(JSON.stringify(document)))
}

/** The errors and warnings of AsyncAPI's own parser, each as one line. */
export async function asyncApiFindings(document: object): Promise<string[]> {
  return faultsOf(await new Parser().validate(JSON.stringify(document)))
}

interface Finding {
  code: string | number
  message: string
  path: (string | number)[]
  /** 0 is an error and 1 a warning; above is information, such as a newer AsyncAPI version. */
  severity: number
}

function faultsOf(findings: readonly Finding[]): string[] {
  const faults = findings.filter(({ severity }) => severity <= 1)
  return faults.map(({ code, message, path }) => `${code}: ${message} (${path.join('/')})`)
}
