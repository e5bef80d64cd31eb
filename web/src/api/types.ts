/** The shapes of the API by the names the screens use; all made from web/openapi.json. */
import type { Broadcast, BroadcastClass, Order, OrderedRule } from './generated'

export type {
  Account,
  Area,
  AreaPrecedence,
  Audience,
  Broadcast,
  Bulletin,
  Claim,
  Conflict,
  Deed,
  HolidayName,
  HolidayPolicy,
  LatePolicy,
  NewProgramme,
  NewShare,
  Order,
  Part,
  PlaceRequest,
  Play,
  PrecedenceRow,
  Preview,
  Programme,
  ProgrammeChange,
  ProgrammeItem,
  ProgressRow,
  Session,
  Share,
  ShareClass,
  ShareReply,
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
