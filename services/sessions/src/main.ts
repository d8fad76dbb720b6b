import { runService } from '@belay/kit'
import { buildApp } from './app.ts'
import { configSchema } from './config.ts'

await runService(buildApp, configSchema)
