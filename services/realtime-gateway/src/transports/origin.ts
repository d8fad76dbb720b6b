import type { IncomingHttpHeaders } from 'node:http'
import { localOrigin } from '@belay/kit'

/** Which pages may open sockets. */
export interface OriginPolicy {
  /** As browsers write them; `*` for all. */
  allowed: ReadonlySet<string>
  /** Pages on the developer's own machine may, on any port. */
  allowLocal: boolean
}

/**
 * Whether the page behind an upgrade may open a socket. Browsers always name the origin, and a foreign page could use
 * the person's network or credentials (cross-site WebSocket hijacking); native clients name none and are let through.
 */
export function isAllowedOrigin(headers: IncomingHttpHeaders, { allowed, allowLocal }: OriginPolicy): boolean {
  const { origin } = headers
  if (origin === undefined || allowed.has('*') || allowed.has(origin)) return true
  if (allowLocal && localOrigin.test(origin)) return true
  const host = firstOf(headers['x-forwarded-host']) ?? headers.host
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}

function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header
  return text?.split(',')[0]?.trim()
}
