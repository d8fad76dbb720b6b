import { makeSecrets, natsUsers, startNats, withLogin } from '../src/index.ts'
import { expect, onTestFinished, test } from 'vitest'
import { natsBinary } from '../src/nats-binary.ts'
import { freePort } from '../src/ports.ts'
import { useNats } from '../src/servers.ts'
import { startSupervised } from '../src/supervisor.ts'
import { temporaryFolder } from './lib/stand-ins.ts'

const log = () => undefined
const { natsPasswords } = makeSecrets()

test('a NATS of the caller that requires logins gets ours when its URL has none', async () => {
  const { url } = await startOwnNats()
  const { urlOf, server } = await useNats({ natsUrl: url }, temporaryFolder(), natsPasswords, { log })
  expect(urlOf('chat')).toBe(withLogin(url, 'chat', natsPasswords.chat))
  expect(server).toBeUndefined()
})

test('a login in the URL of the caller is used by every service', async () => {
  const natsUrl = withLogin((await startOwnNats()).url, 'chat', natsPasswords.chat)
  const { urlOf } = await useNats({ natsUrl }, temporaryFolder(), natsPasswords, { log })
  expect([urlOf('chat'), urlOf('people')]).toEqual([natsUrl, natsUrl])
})

test('of several servers of the caller one that responds is enough', async () => {
  const natsUrl = `nats://127.0.0.1:1,${withLogin((await startOwnNats()).url, 'chat', natsPasswords.chat)}`
  const { urlOf } = await useNats({ natsUrl }, temporaryFolder(), natsPasswords, { log })
  expect(urlOf('chat')).toBe(natsUrl)
})

test('a NATS of the caller without JetStream is refused', async () => {
  const port = await freePort()
  const server = await startSupervised(
    {
      name: 'nats',
      command: await natsBinary({ log }),
      args: ['-a', '127.0.0.1', '-p', String(port)],
      env: {},
      cwd: '/',
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
      readyWithinMs: 20_000,
      ready: /Server is ready/
    },
    { log }
  )
  onTestFinished(() => server.stop())
  await expect(
    useNats({ natsUrl: `nats://127.0.0.1:${port}` }, temporaryFolder(), natsPasswords, { log })
  ).rejects.toThrow('the NATS of NATS_URL has no JetStream; start it with -js')
})

async function startOwnNats() {
  const nats = await startNats({ dataDir: temporaryFolder(), users: natsUsers(natsPasswords), log })
  onTestFinished(() => nats.stop())
  return nats
}
