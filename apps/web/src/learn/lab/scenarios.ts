/** The apps that are attacked: two that keep their tokens in the page, and this one. */
export const victims = ['storage', 'memory', 'coatcheck'] as const;
export type Victim = (typeof victims)[number];

/** The attacks of RFC 10017 §5.1, and forged requests. What a BFF does not stop stands where nobody can miss it. */
export const scenarios = ['single', 'proxy', 'persistent', 'frame', 'logout', 'csrf'] as const;
export type ScenarioId = (typeof scenarios)[number];

/** The one that works on all three. */
export const worksEverywhere: ScenarioId = 'proxy';
