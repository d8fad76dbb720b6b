/** Runs the modules it is given, one after the other, each with the environment that stands under its path. */
import { pathToFileURL } from 'node:url'

const environments = process.env
for (const main of process.argv.slice(2)) {
  // A service reads its environment when it begins, and its module is through when it listens.
  process.env = Object.fromEntries(new URLSearchParams(environments[main]))
  await import(pathToFileURL(main).href)
}
