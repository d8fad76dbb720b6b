import { domainToASCII } from 'node:url'

/** RFC 6531: what RFC 5321 allows without quotes, and every visible character beyond ASCII. */
const atom = String.raw`(?:[a-z0-9!#$%&'*+/=?^_\x60{|}~-]|[^\x00-\x7f\p{C}\p{Z}\p{Default_Ignorable_Code_Point}])+`
const localPart = new RegExp(String.raw`^${atom}(?:\.${atom})*$`, 'iu')
/** Only characters of a host name: `domainToASCII` reads ports, paths and percent signs as those of a URL. */
const writtenDomain = /^[\p{L}\p{M}\p{N}\p{S}.\u3002\u00b7-]+$/u
const asciiDomain = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Returns whether a text is an email address: `local@domain`, in any script, with a domain that is valid in DNS. */
export function isEmail(text: string): boolean {
  const { local, domain } = partsOf(text)
  return localPart.test(local) && asciiDomain.test(toAscii(domain))
}

/**
 * Returns the canonical form of an address, equal for all its spellings: lower case, a normalised local part, and the
 * domain in its DNS form (`bücher.example` is `xn--bcher-kva.example`).
 */
export function emailKey(email: string): string {
  const { local, domain } = partsOf(email)
  const folded = local.normalize('NFC').toLowerCase().normalize('NFC')
  return `${folded}@${toAscii(domain) || domain.normalize('NFC').toLowerCase()}`
}

function partsOf(email: string): { local: string; domain: string } {
  const at = email.lastIndexOf('@')
  return { local: email.slice(0, Math.max(at, 0)), domain: email.slice(at + 1) }
}

/** Returns an empty text for anything that is not a host name. */
function toAscii(domain: string): string {
  return writtenDomain.test(domain) ? domainToASCII(domain) : ''
}
