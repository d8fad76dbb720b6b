export { followGateways, type FollowParts, type Present } from './follow-gateways.ts'
export type { Announcement } from './gateway.ts'
