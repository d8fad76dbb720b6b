import { isBlank } from '@belay/contracts'
import sanitizeHtml from 'sanitize-html'

const noMarkup = { allowedTags: [], allowedAttributes: {} }
const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }
/** A URL that would run as a script; the word with a space after it is prose. */
const scriptUrl = /(?:java|vb)script:(?=\S)/giu

/**
 * Removes markup: tags with their attributes, the contents of scripts and styles, and `javascript:` URLs. All other text
 * is unchanged, entities and lone `<` included. Empty if no visible character is left.
 */
export function withoutMarkup(text: string): string {
  let clean = text
  // What is left can form markup again. Each round makes it shorter, so this ends.
  for (let before = ''; before !== clean;) {
    before = clean
    clean = plain(clean).replaceAll(scriptUrl, '')
  }
  return isBlank(clean) ? '' : clean.trim()
}

/** The sanitiser decodes entities and returns HTML; ours stay as they were typed, and the result is text. */
function plain(text: string): string {
  const html = sanitizeHtml(text.replaceAll('&', '&amp;'), noMarkup)
  return html.replaceAll(/&(?:amp|lt|gt);/g, (entity) => entities[entity] ?? entity)
}
