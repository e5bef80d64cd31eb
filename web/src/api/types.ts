/** The shapes of the API by the names the screens use; all made from web/openapi.json. */
import type { Broadcast, BroadcastClass, Order, OrderedRule } from './generated'

export type {
  Account,
  Area,
  Audience,
  Broadcast,
  Bulletin,
  Claim,
  Conflict,
  HolidayName,
  HolidayPolicy,
  LatePolicy,
  Order,
  Play,
  Preview,
  ProgressRow,
  Session,
  Station,
  Step,
  Window,
} from './generated'

export type When = Broadcast['when']
export type WishedWhen = Order['when']
/** Emergencies are not ordered from this form. */
export type OrderClass = Exclude<BroadcastClass, 'emergency' | 'live'>
/** A series, with nothing left open. */
export type RuleWhen = OrderedRule
