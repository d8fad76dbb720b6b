import type { Migration } from '@belay/db'
import * as people from './20261121T0900_people.ts'
import * as trips from './20261121T0910_trips.ts'
import * as sessions from './20261121T0920_sessions.ts'
import * as feedback from './20261121T0930_feedback.ts'
import * as events from './20261122T0900_events.ts'
import * as requests from './20261122T0910_requests.ts'
import * as tagNames from './20261125T1000_tag-names.ts'
import * as tripsBySlug from './20261125T1010_trips-by-slug.ts'
import * as namesInOneForm from './20261125T1040_names-in-one-form.ts'
import * as buddySessions from './20261201T0100_buddy-sessions.ts'

export const migrations: Record<string, Migration> = {
  '20261121T0900_people': people,
  '20261121T0910_trips': trips,
  '20261121T0920_sessions': sessions,
  '20261121T0930_feedback': feedback,
  '20261122T0900_events': events,
  '20261122T0910_requests': requests,
  '20261125T1000_tag-names': tagNames,
  '20261125T1010_trips-by-slug': tripsBySlug,
  '20261125T1040_names-in-one-form': namesInOneForm,
  '20261201T0100_buddy-sessions': buddySessions
}
