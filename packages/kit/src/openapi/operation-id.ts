import type { Place } from './document.ts'

/**
 * The name of an operation in generated clients: the method and the path, `POST /api/sessions/{id}/mark-read` is
 * `postApiSessionsByIdMarkRead`. As stable as the path.
 */
export function operationId({ method, path }: Place): string {
  const parts = path.split('/').map((part) => (part.startsWith('{') ? `By ${part}` : part))
  return method + parts.map(toPascalCase).join('')
}

function toPascalCase(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}
