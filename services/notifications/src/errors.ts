import { appError } from '@belay/kit'

/** Also for other people's notifications. */
export const NotificationNotFound = appError('NOTIFICATION_NOT_FOUND', 'Notification not found', 404)
