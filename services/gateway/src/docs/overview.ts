/** The introduction of the API reference, in Markdown. */
export const overview = `
The backend for apps where people meet up: invitations, chat, notifications. Every conversation is tied to a plan.

## Conventions

- Every path works with and without a trailing slash. Ids are UUIDs. Times are RFC 3339 in UTC with milliseconds, dates
  are \`YYYY-MM-DD\`.
- Bodies are JSON, up to 256 KiB. Numbers are numbers and texts are texts: nothing is converted. Texts are trimmed, and
  their lengths count Unicode code points.
- \`POST /auth/login\` returns an access token; send it as \`Authorization: Bearer …\`. It lasts 15 minutes;
  \`POST /api/auth/refresh/\` returns the next one for the refresh cookie.

## Errors

Errors are problem documents (RFC 9457, \`application/problem+json\`): \`detail\` is for people, \`code\` is stable and
machine-readable, \`request_id\` (also the header \`X-Request-Id\`) identifies the call in the logs. Invalid input adds
\`errors: [{ field, message }]\`. Paths under \`/api/v1\` return \`{ "success": false, "error": { "code", "message" } }\`
instead.

- \`503\` with \`Retry-After\`: a service is temporarily unavailable. Retrying is safe with a \`GET\`, and with a \`POST\`
  that carries an \`Idempotency-Key\`.
- \`503\` with the code \`NOT_YET_EFFECTIVE\`: the change is stored and will take effect; the same call again returns what the
  first one would have.
- \`429\` with \`Retry-After\`, \`RateLimit\` and \`RateLimit-Policy\`: a rate limit. Only calls that succeed count.

## Repeating a POST safely

With an \`Idempotency-Key\` header the same call within 24 hours returns the first answer, marked with
\`Idempotency-Replayed: true\`, and does nothing again.

## WebSockets

\`/ws/sessions/{id}/?token=<access token>\` is the live conversation of a session, \`/ws/{user_id}?token=<access token>\` all
threads of one person. Frames are JSON, up to 64 KiB; their schemas, and those of the events that
other services can subscribe to, are on a [page of their own](/docs/events/) and in the [AsyncAPI document](/asyncapi.json).
In a session:

- You send \`{"type": "message", "content", "client_msg_id"?}\` and \`{"type": "typing", "is_typing"}\`.
- You receive \`message\`, \`typing\`, \`session\` (its status changed), \`read\`, \`reset\` (read the conversation again),
  \`notification\` and \`error\`.
- Every \`message\` has a \`seq\`, from 1 and without gaps. After a lost connection, \`?after_seq=<last seq>\` replays what
  was missed, in order, and then continues live.
- The handshake always succeeds; a refusal then closes with 4001 (no token), 4002 (no such user), 4003 (bad or expired
  token) or 4004 (no such session, or not yours).

On \`/ws/{user_id}\` you send \`join_thread\` (with \`after_seq\` to catch up) and \`leave_thread\`, and receive \`joined_thread\`,
\`left_thread\`, \`new_message\`, \`reset\`, \`notification\` and \`error\`.

\`/socket.io/\` is for Socket.IO 4 clients: all conversations of two people of one person, by polling, WebSocket or both.

## For existing clients

Existing clients work unchanged; these calls exist for them, as their descriptions state:

| they call | equivalent to |
|---|---|
| \`POST /api/auth/register/\`, \`/api/auth/login/\`, \`/api/auth/token/refresh/\` | \`POST /auth/register\`, \`/auth/login\`, \`/api/auth/refresh/\`, with \`{user, access}\` or \`{access}\` |
| \`POST\`, \`DELETE /api/users/{id}/block/\` | \`/api/v1/users/{id}/block\`, with 201 and 204 |
| \`POST /api/users/{id}/report/\` | a report to the administrators, with 201 |
| \`GET /api/sessions/?status=\` | the list without that filter |
| \`destination: "red-river-gorge"\` in a trip | a slug alone; its name comes from your newest trip there, or is derived from the slug |
| \`GET /users\` | \`GET /auth/me\` |
| \`POST /auth/logout\` | \`POST /api/auth/logout/\`, by the access token |
| \`GET /requests/all\` | \`GET /requests\`, with \`user_id\`, \`user_name\` and \`event_title\` too |
| \`GET /events?tag_filter=\` | \`GET /events?tag=\` for a part of the tag's name |
`.trim()
