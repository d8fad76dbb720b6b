import { dirname, join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { read } from './repository.ts'

/** A manifest as YAML gives it, before its schema has checked it. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  [field: string]: unknown
}

interface Patch {
  path?: string
  patch?: string
  target: { kind: string; name?: string }
}

interface Operation {
  op: 'add' | 'replace' | 'remove'
  path: string
  value?: unknown
}

interface Kustomization {
  namespace?: string
  resources: string[]
  images?: { name: string; newName: string; newTag: string | number }[]
  patches?: Patch[]
}

/**
 * Returns what `kubectl kustomize` makes of a folder. No registry that the project uses has kustomize, so this does the part
 * of it that k8s/ needs: resources, namespace, images, and JSON patches by kind and name. Where kubectl is installed, a test
 * compares the two.
 */
export function render(folder: string): Manifest[] {
  const { namespace, resources, images = [], patches = [], ...others } = kustomization(`${folder}/kustomization.yaml`)
  const unknown = Object.keys(others).filter((field) => field !== 'apiVersion' && field !== 'kind')
  if (unknown.length > 0) throw new TypeError(`${folder}: not supported here: ${unknown.join(', ')}`)
  const manifests = resources.flatMap((resource) => load(join(folder, resource)))
  for (const patch of patches) apply(folder, patch, manifests)
  for (const manifest of manifests) {
    if (namespace !== undefined) manifest.metadata.namespace = namespace
    for (const { name, newName, newTag } of images) renameImage(manifest, name, `${newName}:${newTag}`)
  }
  return manifests
}

function kustomization(path: string): Kustomization {
  const parsed: Kustomization = parse(read(path))
  return parsed
}

/** Returns the manifests of a file, or of a folder with a kustomization. */
function load(path: string): Manifest[] {
  return path.endsWith('.yaml') ? manifestsOf(path) : render(path)
}

/** Returns the manifests of a YAML file as they stand there. */
export function manifestsOf(path: string): Manifest[] {
  return parseAllDocuments(read(path)).map((document): Manifest => document.toJS())
}

function apply(folder: string, { path, patch, target }: Patch, manifests: Manifest[]): void {
  const text = path === undefined ? (patch ?? '') : read(join(folder, path))
  const matching = manifests.filter(
    ({ kind, metadata }) => kind === target.kind && (target.name === undefined || metadata.name === target.name)
  )
  if (matching.length === 0) throw new TypeError(`${dirname(folder)}: no ${target.kind} to patch`)
  for (const manifest of matching) {
    const operations: Operation[] = parse(text)
    for (const operation of operations) change(manifest, operation)
  }
}

/** Applies one operation of a JSON patch. */
function change(manifest: Manifest, { op, path, value }: Operation): void {
  const keys = path.split('/').slice(1)
  const last = keys.pop() ?? ''
  const parent = keys.reduce<unknown>(childOf, manifest)
  if (typeof parent !== 'object' || parent === null || (op !== 'add' && !Object.hasOwn(parent, last)))
    throw new TypeError(`${manifest.kind} ${manifest.metadata.name} has no ${path}`)
  if (op === 'remove') Reflect.deleteProperty(parent, last)
  else Reflect.set(parent, last, value)
}

function childOf(parent: unknown, key: string): unknown {
  return typeof parent === 'object' && parent !== null ? Reflect.get(parent, key) : undefined
}

function renameImage(value: unknown, from: string, to: string): void {
  if (typeof value !== 'object' || value === null) return
  if ('image' in value && value.image === from) value.image = to
  for (const child of Object.values(value)) renameImage(child, from, to)
}
