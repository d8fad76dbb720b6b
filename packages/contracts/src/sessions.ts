import { Type } from 'typebox'

export const SessionStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('accepted'),
  Type.Literal('declined'),
  Type.Literal('cancelled'),
  Type.Literal('completed')
])

export const TimeBlock = Type.Union([Type.Literal('morning'), Type.Literal('afternoon'), Type.Literal('full_day')])
