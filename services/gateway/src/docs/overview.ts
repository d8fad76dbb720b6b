/** What the reference says before the first endpoint, in Markdown. */
export const overview = `
The backend for apps where people meet up: invitations, chat, notifications. Every conversation is tied to a plan.

## Conventions

- Every path works with and without a trailing slash. Ids are UUIDs. Times are RFC 3339 in UTC with milliseconds, dates
  are \`YYYY-MM-DD\`.
- Bodies are JSON, up to 256 KiB. Numbers are numbers and texts are texts: nothing is converted. Texts are trimmed, and
  their lengths count Unicode code points.
- \`POST /auth/login\` gives an access token; send it as \`Authorization: Bearer …\`. It lasts 15 minutes;
  \`POST /api/auth/refresh/\` gives the next one for the refresh cookie.

## Errors

Errors are problem documents (RFC 9457, \`application/problem+json\`): \`detail\` is for people, \`code\` is stable and for
programs, \`request_id\` (also the header \`X-Request-Id\`) finds the call in the logs. Invalid input adds
\`errors: [{ field, message }]\`. Paths under \`/api/v1\` answer \`{ "success": false, "error": { "code", "message" } }\`
instead.

- \`503\` with \`Retry-After\`: a service is away for the moment. Trying again is safe with a \`GET\`, and with a \`POST\`
  that carries an \`Idempotency-Key\`.
- \`429\` with \`Retry-After\`, \`RateLimit\` and \`RateLimit-Policy\`: a rate limit. Only calls that succeed count.

## Repeating a POST safely

With an \`Idempotency-Key\` header the same call within 24 hours returns the first answer, marked with
\`Idempotency-Replayed: true\`, and does nothing again.

## WebSockets

\`/ws/sessions/{id}/?token=<access token>\` is the live conversation of a session. Frames are JSON, up to 64 KiB; the
[AsyncAPI document](/asyncapi.json) has their schemas, and those of the events that other services can subscribe to.

- You send \`{"type": "message", "content", "client_msg_id"?}\` and \`{"type": "typing", "is_typing"}\`.
- You receive \`message\`, \`typing\`, \`session\` (its status changed), \`read\`, \`notification\` and \`error\`.
- Every \`message\` has a \`seq\`, from 1 and without gaps. After a lost connection, \`?after_seq=<last seq>\` replays what
  was missed, in order, and goes on live.
- The handshake always succeeds; a refusal then closes with 4001 (no token), 4002 (no such user), 4003 (bad or expired
  token) or 4004 (no such session, or not yours).
`.trim()
