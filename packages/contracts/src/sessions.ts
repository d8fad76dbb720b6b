import { Type } from 'typebox'

export const SessionStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('accepted'),
  Type.Literal('declined'),
  Type.Literal('cancelled'),
  Type.Literal('completed')
])

export const TimeBlock = Type.Union([Type.Literal('morning'), Type.Literal('afternoon'), Type.Literal('full_day')])

/** Of a session that two people who matched have scheduled. */
export const BuddySessionStatus = Type.Union([
  Type.Literal('scheduled'),
  Type.Literal('completed'),
  Type.Literal('cancelled')
])

/** Of a challenge. */
export const Difficulty = Type.Union([Type.Literal('beginner'), Type.Literal('intermediate'), Type.Literal('advanced')])
