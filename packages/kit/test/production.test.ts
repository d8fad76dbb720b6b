import { loadConfig } from '@belay/config'
import { expect, test } from 'vitest'
import { checkServerConfig, createServer, registerBus, serverConfigSchema } from '../src/index.ts'

const production = (env: Record<string, string> = {}) =>
  loadConfig(serverConfigSchema, { NODE_ENV: 'production', LOG_LEVEL: 'silent', ...env })

test('production refuses services that cannot know the gateway', () => {
  expect(() => checkServerConfig(production())).toThrow('GATEWAY_SECRET')
  const GATEWAY_SECRET = 'the-secret-that-the-gateway-shows-to-services'
  expect(() => checkServerConfig(production({ GATEWAY_SECRET }))).not.toThrow()
})

test('production refuses a NATS without a login', async () => {
  const config = production({ NATS_URL: 'nats://127.0.0.1:4222' })
  const app = createServer({ service: 'chat', config })
  await expect(registerBus(app, config)).rejects.toThrow('NATS_URL must hold a login in production')
  await app.close()
})
