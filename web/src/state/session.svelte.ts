import { api } from '../api'
import { keepCsrf } from '../api/client'
import type { Account } from '../api/types'

let account = $state.raw<Account>()

/** Who is signed in; screens show only once this is known. */
export function currentAccount(): Account | undefined {
  return account
}

export async function openSession(): Promise<void> {
  const session = await api.session()
  keepCsrf(session.csrf, openSession)
  account = session.account
}
