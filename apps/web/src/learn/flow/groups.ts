import type { FlowStep } from '@coatcheck/protocol';

export type GroupName = 'sign-in' | 'call' | 'refresh' | 'sign-out' | 'messages';

/** Steps that belong together, in the order of time. */
export interface StepGroup {
  readonly name: GroupName;
  readonly steps: readonly FlowStep[];
}

/** Where a group begins, and what it is called. Anything else goes on with what is under way. */
const beginnings: Partial<Record<FlowStep['kind'], GroupName>> = {
  login: 'sign-in',
  'api-call': 'call',
  refresh: 'refresh',
  logout: 'sign-out',
};

/** The steps under headings. Calls in a row share one. */
export function groupSteps(steps: readonly FlowStep[]): StepGroup[] {
  const groups: { name: GroupName; steps: FlowStep[] }[] = [];
  for (const step of steps) {
    const name = step.from === 'authorization-server' ? undefined : beginnings[step.kind];
    const current = groups.at(-1);
    if (!current || (name !== undefined && name !== current.name)) {
      groups.push({ name: name ?? 'messages', steps: [step] });
    } else {
      current.steps.push(step);
    }
  }
  return groups;
}
