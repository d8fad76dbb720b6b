import { appError } from '@belay/kit'

export const ForeignOrigin = appError('FOREIGN_ORIGIN', 'Pages of this origin may not open sockets', 403)
export const TooManyConnections = appError('TOO_MANY_CONNECTIONS', 'Too many connections from this address', 429)
