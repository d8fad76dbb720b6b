import { type FastifyBaseLogger, type FastifyReply, type FastifyRequest, LogController } from 'fastify'

/** A request that takes longer is worth a line. */
const slowMs = 1_000

/**
 * One line per request at most: failures and slow ones at `info`, all others at `debug`, so that logging costs nothing
 * worth mentioning at thousands of requests per second.
 */
export class QuietLogController extends LogController {
  constructor() {
    super({ requestIdLogLabel: 'request_id' })
  }

  override incomingRequest(): void {}

  /** The error handler has logged what there was to say. */
  override defaultErrorLog(): void {}

  override routeNotFound(): void {}

  override requestCompleted(_error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    // Of an outage there is one line already.
    const isNotable = reply.statusCode !== 503 && (reply.statusCode >= 500 || reply.elapsedTime > slowMs)
    if (!isNotable && request.log.level !== 'debug' && request.log.level !== 'trace') return
    const details = { req: request, res: reply, ms: Math.round(reply.elapsedTime) }
    if (isNotable) request.log.info(details, 'request completed')
    else request.log.debug(details, 'request completed')
  }

  override serviceUnavailable(logger: FastifyBaseLogger): void {
    logger.info('request refused: the process is stopping')
  }
}
