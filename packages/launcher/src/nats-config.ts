import { busLogins, type BusLogin, type BusPermissions, permissionsOf } from '@belay/contracts'

/** A login of a nats-server. */
export interface NatsUser {
  name: string
  password: string
  /** Without them it may do everything (tests). */
  permissions?: BusPermissions
}

/** The logins of a system: each may do what the contracts say, and nothing else. */
export function natsUsers(passwords: Readonly<Record<BusLogin, string>>): NatsUser[] {
  return busLogins.map((name) => ({ name, password: passwords[name], permissions: permissionsOf(name) }))
}

/** The block `authorization` of a nats-server's configuration. Holds passwords: keep it where nobody else can read. */
export function authorizationBlock(users: readonly NatsUser[]): string {
  return `authorization: {\n  users: [\n${users.map(userBlock).join('')}  ]\n}\n`
}

function userBlock({ name, password, permissions }: NatsUser): string {
  const login = `user: ${quoted(name)}, password: ${quoted(password)}`
  if (permissions === undefined) return `    { ${login} }\n`
  const { publish, subscribe } = permissions
  return `    {
      ${login}
      permissions: {
        publish: {
          allow: ${listed(publish.allow)}
          deny: ${listed(publish.deny)}
        }
        subscribe: { allow: ${listed(subscribe.allow)} }
      }
    }
`
}

function listed(subjects: readonly string[]): string {
  return `[${subjects.map((subject) => `\n            ${quoted(subject)}`).join('')}\n          ]`
}

/** Always quoted: without it a word that looks like a number or a variable would be one. */
function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A server's URL with a login in it. */
export function withLogin(serverUrl: string, name: string, password: string): string {
  const url = new URL(serverUrl)
  url.username = name
  url.password = password
  return url.href.replace(/\/$/, '')
}
