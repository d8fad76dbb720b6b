import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a page of this origin may open a socket. Browsers always name the origin, and a foreign page could use the
 * person's network or credentials (cross-site WebSocket hijacking); native clients name none and are let through.
 */
export function isAllowedOrigin(headers: IncomingHttpHeaders, allowed: ReadonlySet<string>): boolean {
  const { origin } = headers
  if (origin === undefined || allowed.has('*') || allowed.has(origin)) return true
  const host = firstOf(headers['x-forwarded-host']) ?? headers.host
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}

function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header
  return text?.split(',')[0]?.trim()
}
