import { randomUUID } from 'node:crypto'
import { type Bus, connectBus } from '@belay/bus'
import {
  AnswerLike,
  applyEventIn,
  ConversationStarted,
  type EventDefinition,
  type EventOf,
  ListMessagesBetween,
  type Message,
  MessageRequestAccepted,
  MessageRequestSent,
  type QuestionInput
} from '@belay/contracts'
import { createLogger } from '@belay/kit'
import { eventOf } from '@belay/testing'

interface Pair {
  sender_id: string
  receiver_id: string
}

/** Stands in for the chat service: allots the id of each pair once, and accepts pending requests when they are liked back. */
export class StandInChat {
  readonly #natsUrl: string
  readonly #ids = new Map<string, string>()
  readonly #pending = new Map<string, string>()
  readonly #messages: (Message & { receiver_id: string })[] = []
  /** Every like that it was asked about. */
  readonly asked: QuestionInput<typeof AnswerLike>[] = []
  /** Awaited between reading its state and answering about a like. */
  beforeAnswer: () => Promise<void> = async () => undefined
  #bus: Bus | undefined

  constructor(natsUrl: string) {
    this.#natsUrl = natsUrl
  }

  /** Answers questions from now on. */
  async start(): Promise<void> {
    const log = createLogger({ service: 'chat', level: 'silent' })
    const bus = await connectBus({ url: this.#natsUrl, name: 'stand-in-chat', log })
    this.#bus = bus
    await bus.answer(applyEventIn('chat', 'people'), async () => ({ applied: true as const }))
    await bus.answer(AnswerLike, async (like) => ({ conversation_id: await this.#answerLike(like) }))
    await bus.answer(ListMessagesBetween, async ({ sender_id, receiver_id, until = '9999', limit }) => {
      const messages = this.#messages.filter(
        (one) => one.sender_id === sender_id && one.receiver_id === receiver_id && one.created_at <= until
      )
      return { messages: messages.slice(-limit) }
    })
  }

  async stop(): Promise<void> {
    await this.#bus?.close()
    this.#bus = undefined
  }

  /** The id of a pair's conversation and match. */
  idOf(one: string, other: string): string {
    const pair = [one, other].toSorted().join(' ')
    const id = this.#ids.get(pair) ?? randomUUID()
    this.#ids.set(pair, id)
    return id
  }

  /** One person asks another to chat. */
  async request(from: { id: string }, to: { id: string }): Promise<void> {
    const request_id = randomUUID()
    this.#pending.set(`${from.id} ${to.id}`, request_id)
    await this.#deliver(MessageRequestSent, { request_id, ...this.#conversation(from.id, to.id) })
  }

  /** The receiver accepts the request of a sender. */
  async accept(from: { id: string }, to: { id: string }): Promise<void> {
    await (
      await this.decideToAccept(from, to)
    )()
  }

  /** Accepts a pending request, and returns how to publish that. */
  async decideToAccept(from: { id: string }, to: { id: string }): Promise<() => Promise<void>> {
    const request_id = this.#pending.get(`${from.id} ${to.id}`) ?? randomUUID()
    this.#pending.delete(`${from.id} ${to.id}`)
    const event = eventOf(MessageRequestAccepted, { request_id, ...this.#conversation(from.id, to.id) })
    return () => this.#apply(event)
  }

  /** A premium person writes to another without a match. */
  async openConversation(from: { id: string }, to: { id: string }): Promise<void> {
    await this.#deliver(ConversationStarted, this.#conversation(from.id, to.id))
  }

  /** One person wrote to another. */
  write(from: { id: string }, to: { id: string }, body: string, at = new Date()): void {
    this.#messages.push({
      id: randomUUID(),
      thread_id: this.idOf(from.id, to.id),
      seq: this.#messages.length + 1,
      kind: 'user',
      sender_id: from.id,
      sender_name: 'Reported person',
      receiver_id: to.id,
      body,
      client_msg_id: null,
      created_at: at.toISOString(),
      message_type: 'text'
    })
  }

  async #answerLike(like: QuestionInput<typeof AnswerLike>): Promise<string | null> {
    this.asked.push(like)
    const { liker_id: liker, liked_id: liked, is_mutual } = like
    const isAsked = this.#pending.has(`${liked} ${liker}`)
    const id = isAsked || is_mutual ? this.idOf(liker, liked) : null
    if (isAsked) await this.accept({ id: liked }, { id: liker })
    await this.beforeAnswer()
    return id
  }

  #conversation(sender_id: string, receiver_id: string): Pair & { conversation_id: string } {
    return { conversation_id: this.idOf(sender_id, receiver_id), sender_id, receiver_id }
  }

  #deliver<Definition extends EventDefinition>(definition: Definition, data: EventOf<Definition>['data']) {
    return this.#apply(eventOf(definition, data))
  }

  async #apply(event: ReturnType<typeof eventOf>): Promise<void> {
    if (this.#bus === undefined) throw new Error('the chat is away')
    await this.#bus.ask(applyEventIn('people', 'chat'), event)
  }
}
