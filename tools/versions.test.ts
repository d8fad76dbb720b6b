import { expect, test } from 'vitest'
import { list, read } from './lib/repository.ts'

const manifests = list('package.json', '{packages,services}/*/package.json', '{e2e,bench,tools}/package.json')
const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const

interface Manifest extends Partial<Record<(typeof kinds)[number], Record<string, string>>> {
  name: string
  license?: string
  private?: boolean
  type?: string
}

const parse = (path: string): Manifest => JSON.parse(read(path))

test('every dependency takes its version from the catalog or from the workspace', () => {
  const strays = manifests.flatMap((path) =>
    kinds.flatMap((kind) =>
      Object.entries(parse(path)[kind] ?? {})
        .filter(([name, version]) => version !== (name.startsWith('@belay/') ? 'workspace:*' : 'catalog:'))
        .map(([name, version]) => `${path}: ${name} ${version}`)
    )
  )
  expect(manifests.length).toBeGreaterThan(10)
  expect(strays).toEqual([])
})

test('the catalog names exact versions', () => {
  const catalog = /^catalog:\n((?: .*\n)+)/m.exec(read('pnpm-workspace.yaml'))?.[1] ?? ''
  const versions = catalog
    .trim()
    .split('\n')
    .map((line) => line.trim())
  expect(versions.length).toBeGreaterThan(10)
  expect(versions.filter((line) => !/^'?[@\w/.-]+'?: \d+\.\d+\.\d+(-[\w.]+)?$/.test(line))).toEqual([])
})

test('every member is a private ES module under the licence of the whole', () => {
  const odd = manifests.filter((path) => {
    const { license, private: isPrivate, type } = parse(path)
    return license !== 'Apache-2.0' || isPrivate !== true || type !== 'module'
  })
  expect(odd).toEqual([])
})

test('actions of workflows are pinned to a commit, with the release beside it', () => {
  const uses = list('.github/workflows/*.yml').flatMap((path) => read(path).match(/uses: .*/g) ?? [])
  expect(uses.length).toBeGreaterThan(0)
  expect(uses.filter((line) => !/^uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
})
