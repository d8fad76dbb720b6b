import { appError } from '@belay/kit'

/** Also the answer for other people's notifications. */
export const NotificationNotFound = appError('NOTIFICATION_NOT_FOUND', 'Notification not found', 404)
