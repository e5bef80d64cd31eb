import type { Account, Area, Grant, Role } from '../api/generated'
import { listInWords } from '../format/time'
import { t } from '../i18n/index.svelte'
import { pathOf } from './tree'

export const ROLES: Role[] = ['author', 'approver', 'operator', 'area_admin', 'province_admin', 'auditor']

/** A role at a place as a form holds it. */
export interface GrantForm {
  role: Role
  area: string
}

/** Whether I may give this role there: an upper administrator's only where I am one above it. */
export function mayGive(account: Account | undefined, areas: Area[], role: Role, area: string): boolean {
  if (role !== 'province_admin') return true
  const equals = (account?.grants ?? []).filter((each) => each.role === 'province_admin')
  return pathOf(areas, area).some((above) => equals.some((each) => each.area === above.id))
}

/** «Xã Phù Cát: viết và xếp lịch, duyệt», one line for each place. */
export function rolesByPlace(grants: Grant[]): string[] {
  const places = new Map<string, Grant[]>()
  for (const grant of grants) places.set(grant.area, [...(places.get(grant.area) ?? []), grant])
  return [...places.values()].map((held) => {
    const roles = ROLES.filter((role) => held.some((each) => each.role === role))
    return t('people.at', { area: held[0]?.area_name ?? '', roles: listInWords(roles.map((role) => t(`role.${role}`))) })
  })
}

/** The grants as the server takes them, each once. */
export function grantsOf(forms: GrantForm[]): GrantForm[] {
  const keys = new Set<string>()
  return forms
    .filter(({ role, area }) => area !== '' && !keys.has(`${role} ${area}`) && keys.add(`${role} ${area}`))
    .map(({ role, area }) => ({ role, area }))
}
