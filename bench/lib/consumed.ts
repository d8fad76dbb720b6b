import pg from 'pg'

/** How many messages are stored, and of how many the notifications service has applied the event. */
async function countMessages(postgresUrl: string): Promise<{ sent: number; consumed: number }> {
  const client = new pg.Client({ connectionString: postgresUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ sent: string; consumed: string }>(`
      select (select count(*) from chat.messages) as sent,
             (select count(*) from notifications.inbox where durable = 'notifications-message-sent') as consumed`)
    return { sent: Number(rows[0]?.sent), consumed: Number(rows[0]?.consumed) }
  } finally {
    await client.end()
  }
}

/** Have all stored messages' events been consumed? */
export async function allConsumed(postgresUrl: string): Promise<boolean> {
  const { sent, consumed } = await countMessages(postgresUrl)
  return consumed >= sent
}
