import { api } from '../api'
import { keepCsrf } from '../api/client'
import type { Account } from '../api/types'

let account = $state.raw<Account>()
let mail = $state(false)

/** Who is signed in; screens show only once this is known. */
export function currentAccount(): Account | undefined {
  return account
}

/** Whether this server sends letters at all. */
export function mailPossible(): boolean {
  return mail
}

/** What the server answered when somebody changed what is written of them. */
export function keepAccount(changed: Account): void {
  account = changed
}

export async function openSession(): Promise<void> {
  const session = await api.session()
  keepCsrf(session.csrf, openSession)
  account = session.account
  mail = session.mail_possible
}
