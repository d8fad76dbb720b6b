import { describe, expect, test } from 'vitest'
import { list, listFolder, read, serviceNames, servicesWithDatabase } from './lib/repository.ts'

const kebabCase = /^_?[a-z0-9]+(-[a-z0-9]+)*$/
const doors = ['gateway', 'realtime-gateway']

describe.each(serviceNames)('services/%s', (name) => {
  const source = listFolder(`services/${name}/src`)

  test('has what every service has', () => {
    expect(listFolder(`services/${name}`)).toEqual(
      expect.arrayContaining(['README.md', 'package.json', 'src/', 'test/', 'tsconfig.build.json'])
    )
    expect(source).toEqual(expect.arrayContaining(['app.ts', 'config.ts', 'main.ts']))
  })

  test('keeps a database if it is not a door', () => {
    const withDatabase = servicesWithDatabase.includes(name)
    expect(withDatabase).toBe(!doors.includes(name))
    expect(list(`services/${name}/migrations/index.ts`)).toHaveLength(withDatabase ? 1 : 0)
  })

  test('starts in main.ts, in under 30 lines', () => {
    expect(read(`services/${name}/src/main.ts`).split('\n').length).toBeLessThan(30)
  })

  test('has one endpoint per file, named after its verb, in folders named after its path', () => {
    const strays = list(`services/${name}/src/doors/*/routes/**/*`).filter((path) => {
      const steps = path.split('/').slice(6)
      const file = steps.pop() ?? ''
      return !/^(get|post|put|patch|delete)\.ts$/.test(file) || !steps.every((step) => /^[._]?[\w.-]+$/.test(step))
    })
    expect(strays).toEqual([])
  })

  test('gives every endpoint away by its default export: a file without one would be passed over', () => {
    const silent = list(`services/${name}/src/doors/*/routes/**/*.ts`).filter(
      (path) => !/^export default /m.test(read(path))
    )
    expect(silent).toEqual([])
  })

  test.each(['subscribers', 'questions'])('lists all its %s in their index', (folder) => {
    const files = list(`services/${name}/src/${folder}/*.ts`).map((path) => path.split('/').at(-1))
    const others = files.filter((file) => file !== 'index.ts')
    const index = files.includes('index.ts') ? read(`services/${name}/src/${folder}/index.ts`) : ''
    expect(others.filter((file) => !index.includes(`'./${file}'`))).toEqual([])
  })

  test('numbers its migrations by the minute they were written, and runs them all', () => {
    const files = list(`services/${name}/migrations/*.ts`).map((path) => path.split('/').at(-1) ?? '')
    const migrations = files.filter((file) => file !== 'index.ts')
    const index = files.includes('index.ts') ? read(`services/${name}/migrations/index.ts`) : ''
    expect(migrations.filter((file) => !/^\d{8}T\d{4}[_-][a-z0-9]+([_-][a-z0-9]+)*\.ts$/.test(file))).toEqual([])
    expect(migrations.filter((file) => !index.includes(`'./${file}'`))).toEqual([])
  })
})

test('every package says what it is and is not', () => {
  const packages = listFolder('packages').filter((name) => name.endsWith('/'))
  expect(packages.filter((name) => list(`packages/${name}README.md`).length === 0)).toEqual([])
})

test('files are named in kebab case', () => {
  const files = list('{packages,services}/*/{src,test}/**/*.ts', '{e2e,bench,tools,scripts}/**/*.ts')
  const name = (path: string) =>
    path
      .split('/')
      .at(-1)
      ?.replace(/(\.(repository|test|table))?\.(d\.)?ts$/, '') ?? ''
  expect(files.filter((path) => !kebabCase.test(name(path)) && !path.endsWith('vitest.config.ts'))).toEqual([])
})

test('a source file fits in the head: 300 lines at most, half of them in 80', () => {
  const files = list('{packages,services}/*/src/**/*.ts')
  const lengths = files
    .map((path) => ({ path, lines: read(path).split('\n').length }))
    .toSorted((a, b) => a.lines - b.lines)
  expect(lengths.filter(({ lines }) => lines > 300)).toEqual([])
  expect(lengths[Math.floor(lengths.length / 2)]?.lines).toBeLessThanOrEqual(80)
})
