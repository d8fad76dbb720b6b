import { Type } from 'typebox'

export const GatheringStatus = Type.Union([Type.Literal('scheduled'), Type.Literal('cancelled')])

/** The status of a guest's request to join a gathering. */
export const RequestStatus = Type.Union([
  Type.Literal('SUBMITTED'),
  Type.Literal('ACCEPTED'),
  Type.Literal('DECLINED'),
  Type.Literal('WITHDRAWN')
])

/** The status of the booking that an accepted request has. */
export const BookingStatus = Type.Union([Type.Literal('CONFIRMED'), Type.Literal('CANCELLED')])
