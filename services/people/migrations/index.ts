import type { Migration } from '@belay/db'
import * as accounts from './20261121T0900_accounts.ts'
import * as signIns from './20261121T0901_sign-ins.ts'
import * as signingKeys from './20261121T0902_signing-keys.ts'
import * as blocks from './20261121T0903_blocks.ts'
import * as refreshGrace from './20261125T0930_refresh-grace.ts'
import * as emailKeys from './20261125T0940_email-keys.ts'
import * as reports from './20261125T1000_reports.ts'
import * as outboxBySubject from './20261125T1100_outbox-by-subject.ts'
import * as republication from './20261201T0020_republication.ts'
import * as likesAndMatches from './20261201T0030_likes-and-matches.ts'
import * as discoverableUsers from './20261201T0031_discoverable-users.ts'
import * as reportContexts from './20261201T0040_report-contexts.ts'
import * as tiesByBoth from './20261201T0070_ties-by-both.ts'

/** The history of the people schema: forward only, never edited. */
export const migrations: Record<string, Migration> = {
  '20261121T0900_accounts': accounts,
  '20261121T0901_sign-ins': signIns,
  '20261121T0902_signing-keys': signingKeys,
  '20261121T0903_blocks': blocks,
  '20261125T0930_refresh-grace': refreshGrace,
  '20261125T0940_email-keys': emailKeys,
  '20261125T1000_reports': reports,
  '20261125T1100_outbox-by-subject': outboxBySubject,
  '20261201T0020_republication': republication,
  '20261201T0030_likes-and-matches': likesAndMatches,
  '20261201T0031_discoverable-users': discoverableUsers,
  '20261201T0040_report-contexts': reportContexts,
  '20261201T0070_ties-by-both': tiesByBoth
}
