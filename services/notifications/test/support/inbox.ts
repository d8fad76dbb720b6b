import { eventually, type Json, type TestUser } from '@belay/testing'

/** A person's newest twenty notifications, of one type or of all. */
export async function listInbox(owner: TestUser, type?: string): Promise<Json[]> {
  const answer = await owner.api.get(`/api/notifications/${type === undefined ? '' : `?type=${type}`}`)
  if (answer.status !== 200) throw new Error(`the inbox responded ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.results
}

/** The types in a person's inbox, oldest first. */
export async function typesIn(owner: TestUser): Promise<string[]> {
  return (await listInbox(owner)).map((item) => item.type).toReversed()
}

/** The newest notification of this type that satisfies the predicate, as soon as there is one. */
export function arrived(owner: TestUser, type: string, predicate: (item: Json) => boolean = () => true): Promise<Json> {
  return eventually(
    async () => {
      const items = await listInbox(owner, type)
      const found = items.find(predicate)
      if (found === undefined) throw new Error(`no such ${type} among ${JSON.stringify(items)}`)
      return found
    },
    { withinMs: 10_000 }
  )
}
