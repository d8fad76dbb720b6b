import { domainToASCII } from 'node:url'

/** RFC 6531: what RFC 5321 allows without quotes, and every visible character beyond ASCII. */
const atom = String.raw`(?:[a-z0-9!#$%&'*+/=?^_\x60{|}~-]|[^\x00-\x7f\p{C}\p{Z}\p{Default_Ignorable_Code_Point}])+`
const localPart = new RegExp(String.raw`^${atom}(?:\.${atom})*$`, 'iu')
/** Only what can stand in a name: `domainToASCII` reads ports, paths and percent signs as those of a URL. */
const writtenDomain = /^[\p{L}\p{M}\p{N}\p{S}.\u3002\u00b7-]+$/u
const asciiDomain = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Whether a text is an email address: `local@domain`, of any script, with a domain that DNS can hold. */
export function isEmail(text: string): boolean {
  const { local, domain } = partsOf(text)
  return localPart.test(local) && asciiDomain.test(toAscii(domain))
}

/**
 * What two spellings of one address have in common: the case of letters, the normal form of the local part, and the
 * domain as DNS knows it (`bücher.example` is `xn--bcher-kva.example`).
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

/** Empty for what is no name of a host. */
function toAscii(domain: string): string {
  return writtenDomain.test(domain) ? domainToASCII(domain) : ''
}
